"""How many trials are paid for."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.analytics.trials import CONVERTED, OPEN, REFUNDED, UNPAID, trial_outcomes
from engagement_lib.columns.time import local_date
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.silver.payments import payments
from engagement_lib.tables.silver.subscriptions import subscriptions
from engagement_lib.tables.silver.users import at_signup, users

SPLITS = (v.TOTAL, "plan", "platform", "country_code", "acquisition_channel", "trial_week")


@table(
    inputs=(subscriptions, payments, users),
    grain=("split", "split_value"),
    fields=(
        v.SPLIT.but(allowed=SPLITS),
        v.SPLIT_VALUE.but(
            description="The plan, the platform, country or channel at the sign-up, or the week (its Monday) in which the trial "
            "began; total or unknown.",
        ),
        v.count("trials", "Trials that began up to the as-of date."),
        v.count("open_trials", "Of these, whose end and 7 days are not over: running, not lost, even if paid for already."),
        v.count("open_trials_paid", "Of the open, those paid for so far and not refunded."),
        v.count("decided_trials", "Trials whose end and 7 days are over."),
        v.count("converted_trials", "Of the decided, those paid for in time and not refunded within 14 days."),
        v.count("refunded_trials", "Of the decided, those paid for in time and refunded within 14 days."),
        v.count("unpaid_trials", "Of the decided, those not paid for in time."),
        v.count("refundable_trials", "Of the converted, those whose 14 days are not over: they may be refunded yet."),
        Field("trial_to_paid_rate", "double", "Converted / decided trials; null while none is decided."),
        Field("median_seconds_to_pay", "double", "Median seconds from the start of the converted trials to the first payment."),
        Field("is_mature", "boolean", "No trial is open and no converted one can be refunded in time.", required=True),
    ),
    rules=(
        Rule("trials_add_up", "trials = open_trials + decided_trials"),
        Rule("decided_add_up", "decided_trials = converted_trials + refunded_trials + unpaid_trials"),
    ),
    write=Rebuild(),
)
def report_subscription_funnel(
    subscriptions: DataFrame,
    payments: DataFrame,
    users: DataFrame,
    *,
    as_of: date = v.NO_DAY,
    report_time_zone: str = "UTC",
    trial_grace_days: int = 7,
    refund_days: int = 14,
) -> DataFrame:
    """One row per split value: what became of the trials that began up to the as-of date.

    Converted: the subscription's first successful payment of more than nothing lies between the start of the trial and 7 days
    after its end, and is not refunded within 14 days. A user may have several trials. Those of test users do not count.
    Values of a split add up. Without files of subscriptions there are no rows.
    """
    outcomes = trial_outcomes(
        subscriptions.where("is_current").select("subscription_id", "user_id", "plan", "trial_start_at", "trial_end_at"),
        payments.where("is_current"),
        as_of=as_of,
        grace_days=trial_grace_days,
        refund_days=refund_days,
        time_zone=report_time_zone,
    )
    week = F.date_trunc("week", local_date(F.col("trial_start_at"), report_time_zone)).cast("date").cast("string")
    judged = outcomes.join(at_signup(users), "user_id", "left").where(~F.coalesce("is_test", F.lit(False)))
    named = judged.withColumns({"platform": F.col("signup_platform"), "trial_week": week})
    outcome, is_kept = F.col("outcome"), F.col("is_paid_in_time") & ~F.col("is_refunded")
    seconds = F.unix_seconds("first_paid_at") - F.unix_seconds("trial_start_at")
    counts = (
        m.by_split(named, SPLITS)
        .groupBy("split", "split_value")
        .agg(
            F.count("*").alias("trials"),
            F.count_if(outcome == OPEN).alias("open_trials"),
            F.count_if((outcome == OPEN) & is_kept).alias("open_trials_paid"),
            F.count_if(outcome != OPEN).alias("decided_trials"),
            F.count_if(outcome == CONVERTED).alias("converted_trials"),
            F.count_if(outcome == REFUNDED).alias("refunded_trials"),
            F.count_if(outcome == UNPAID).alias("unpaid_trials"),
            F.count_if((outcome == CONVERTED) & F.col("is_refundable")).alias("refundable_trials"),
            F.median(F.when(outcome == CONVERTED, seconds)).alias("median_seconds_to_pay"),
        )
    )
    rate = F.try_divide("converted_trials", "decided_trials")
    is_mature = (F.col("open_trials") == 0) & (F.col("refundable_trials") == 0)
    return counts.withColumns({"trial_to_paid_rate": rate, "is_mature": is_mature})
