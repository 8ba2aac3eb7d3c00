"""What becomes of the users that each channel brings."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.analytics.trials import CONVERTED, OPEN, trial_outcomes
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_funnel import FIRST_CONTENT, fact_funnel
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.silver.payments import payments
from engagement_lib.tables.silver.subscriptions import subscriptions

COUNTS = (
    "new_users",
    "first_content_eligible",
    "first_content_users",
    "d7_eligible",
    "d7_retained",
    "open_trials",
    "decided_trials",
    "converted_trials",
    "refundable_trials",
)


@table(
    inputs=(fact_funnel, fact_user_engagement, subscriptions, payments),
    grain=("cohort_week", "acquisition_channel"),
    fields=(
        Field("cohort_week", "date", "Monday of the week of the users' day 0; null = all weeks together."),
        Field(
            "acquisition_channel", "string", "Channel as known on day 0; unknown where not said; total for all.", required=True
        ),
        v.count("new_users", "Users whose day 0, the sign-up or else the first activity, lies in the week."),
        v.count("first_content_eligible", "Of these, whose first 7 days are over."),
        v.count("first_content_users", "Of the eligible, who finished an item in their first 7 days."),
        Field("first_content_rate", "double", "First-content users / eligible; null where nobody is eligible."),
        v.count("d7_eligible", "New users whose day 7 is over at the as-of date."),
        v.count("d7_retained", "Of the eligible, who were active on exactly that day."),
        Field("d7_rate", "double", "Retained / eligible; null where nobody is eligible."),
        v.count("open_trials", "Trials of the new users that are not decided yet."),
        v.count("decided_trials", "Trials of the new users whose end and 7 days are over."),
        v.count("converted_trials", "Of the decided, those paid for in time and not refunded."),
        v.count("refundable_trials", "Of the converted, those whose 14 days are not over: they may be refunded yet."),
        Field("trial_to_paid_rate", "double", "Converted / decided trials; null while none is decided."),
        Field(
            "is_mature",
            "boolean",
            "All new users are eligible, no trial is open and no converted one can be refunded in time.",
            required=True,
        ),
    ),
    rules=(
        Rule("parts_of_the_eligible", "first_content_users <= first_content_eligible AND d7_retained <= d7_eligible"),
        Rule("eligible_are_new_users", "first_content_eligible <= new_users AND d7_eligible <= new_users"),
        Rule("converted_within_decided", "refundable_trials <= converted_trials AND converted_trials <= decided_trials"),
    ),
    write=Rebuild(),
)
def report_acquisition(
    fact_funnel: DataFrame,
    fact_user_engagement: DataFrame,
    subscriptions: DataFrame,
    payments: DataFrame,
    *,
    as_of: date = v.NO_DAY,
    report_time_zone: str = "UTC",
    trial_grace_days: int = 7,
    refund_days: int = 14,
) -> DataFrame:
    """One row per week of day 0 and acquisition channel: new users, and what became of them.

    Day 0 is the local date of the sign-up, else of the first activity; who signed up before the first day with data is not
    in it. Every user counts in one week and channel, so counts add up; a rate of several is the sum of the numerators / the
    sum of the denominators. A user may have several trials. Test users do not count.
    """
    day_7 = F.date_add("entry_date", 7)
    new = fact_funnel.where((F.col("funnel") == FIRST_CONTENT) & (F.col("entry") == 1) & ~F.col("is_test"))
    active = fact_user_engagement.where("is_active").select("user_id", F.col("activity_date").alias("_day_7")).distinct()
    outcomes = trial_outcomes(
        subscriptions.where("is_current").select("subscription_id", "user_id", "trial_start_at", "trial_end_at"),
        payments.where("is_current"),
        as_of=as_of,
        grace_days=trial_grace_days,
        refund_days=refund_days,
        time_zone=report_time_zone,
    )
    is_open, is_converted = F.col("outcome") == OPEN, F.col("outcome") == CONVERTED
    trials = outcomes.groupBy("user_id").agg(
        F.count_if(is_open).alias("open_trials"),
        F.count_if(~is_open).alias("decided_trials"),
        F.count_if(is_converted).alias("converted_trials"),
        F.count_if(is_converted & F.col("is_refundable")).alias("refundable_trials"),
    )
    came_back = active.withColumn("_is_back", F.lit(True))
    joined = new.withColumn("_day_7", day_7).join(came_back, ["user_id", "_day_7"], "left").join(trials, "user_id", "left")
    is_over = F.col("_day_7") <= F.lit(as_of)
    users = joined.select(
        F.date_trunc("week", "entry_date").cast("date").alias("_week"),
        m.told_from_total(F.col("acquisition_channel")).alias("_channel"),
        F.lit(1).alias("new_users"),
        (~F.col("window_open")).cast("int").alias("first_content_eligible"),
        (~F.col("window_open") & F.col("is_converted")).cast("int").alias("first_content_users"),
        is_over.cast("int").alias("d7_eligible"),
        (is_over & F.coalesce("_is_back", F.lit(False))).cast("int").alias("d7_retained"),
        *[F.coalesce(name, F.lit(0)).alias(name) for name in COUNTS[-4:]],
    )
    return _with_rates(_with_totals(users))


def _with_totals(users: DataFrame) -> DataFrame:
    cells = users.groupBy("_week", "_channel").agg(*[F.sum(name).alias(name) for name in COUNTS])
    weeks = F.explode(F.array("_week", F.lit(None).cast("date"))).alias("cohort_week")
    by_week = cells.select(weeks, "_channel", *COUNTS)
    channels = F.explode(F.array("_channel", F.lit(v.TOTAL))).alias("acquisition_channel")
    levels = by_week.select("cohort_week", channels, *COUNTS).groupBy("cohort_week", "acquisition_channel")
    return levels.agg(*[F.sum(name).alias(name) for name in COUNTS])


def _with_rates(counted: DataFrame) -> DataFrame:
    is_mature = (
        (F.col("first_content_eligible") == F.col("new_users"))
        & (F.col("d7_eligible") == F.col("new_users"))
        & (F.col("open_trials") == 0)
        & (F.col("refundable_trials") == 0)
    )
    return counted.withColumns(
        {
            "first_content_rate": F.try_divide("first_content_users", "first_content_eligible"),
            "d7_rate": F.try_divide("d7_retained", "d7_eligible"),
            "trial_to_paid_rate": F.try_divide("converted_trials", "decided_trials"),
            "is_mature": is_mature,
        }
    )
