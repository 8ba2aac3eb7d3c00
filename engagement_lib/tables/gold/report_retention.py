"""Which share of the new users comes back after a day, a week and a month."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.retention import retention
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

DAYS = (1, 7, 30)


@table(
    inputs=(fact_user_engagement,),
    grain=("cohort_date", "day_n"),
    fields=(
        Field("cohort_date", "date", "First active day of the cohort's users.", required=True),
        Field("day_n", "int", "Days since that day: 1, 7 or 30.", required=True),
        Field("cohort_size", "bigint", "Users of the cohort.", required=True),
        Field("eligible", "bigint", "Users for whom the day is over at the as-of date.", required=True),
        Field("retained_on", "bigint", "Eligible users active on exactly that day; null where nobody is eligible."),
        Field("retention_rate", "double", "Retained on the day / eligible; null where nobody is eligible."),
        Field("retained_on_or_after", "bigint", "Eligible users active on that day or any later one; may still grow."),
        Field("retention_rate_on_or_after", "double", "Retained on or after the day / eligible; null where nobody is eligible."),
        Field("is_mature", "boolean", "Whether the day is over for the cohort.", required=True),
    ),
    rules=(
        Rule("on_or_after_contains_on", "retained_on_or_after IS NULL OR retained_on <= retained_on_or_after"),
        Rule("retained_within_eligible", "retained_on_or_after IS NULL OR retained_on_or_after <= eligible"),
        Rule("immature_is_null", "(eligible = 0) = (retained_on IS NULL)"),
    ),
    write=Rebuild(),
)
def report_retention(fact_user_engagement: DataFrame, *, as_of: date = v.NO_DAY) -> DataFrame:
    """One row per cohort of users by their first active day, and day 1, 7 or 30 after it that has begun.

    Days are local dates, so day 1 is the date after the first one. The rate of several cohorts is the sum of the retained
    / the sum of the eligible, never a mean of rates.
    """
    active = fact_user_engagement.where("is_active")
    brackets = tuple((n, n) for n in DAYS)
    exact, later = (
        retention(active, user="user_id", timestamp="activity_date", as_of=as_of, kind=kind, brackets=brackets)
        for kind in ("exact", "on_or_after")
    )
    both = exact.join(later.select("cohort", "n", F.col("retained").alias("retained_on_or_after")), ["cohort", "n"])
    return both.select(
        F.col("cohort").alias("cohort_date"),
        F.col("n").alias("day_n"),
        "cohort_size",
        "eligible",
        F.col("retained").alias("retained_on"),
        F.when(F.col("eligible") > 0, F.col("retained") / F.col("eligible")).alias("retention_rate"),
        "retained_on_or_after",
        F.when(F.col("eligible") > 0, F.col("retained_on_or_after") / F.col("eligible")).alias("retention_rate_on_or_after"),
        "is_mature",
    )
