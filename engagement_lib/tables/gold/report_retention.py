"""Which share of the new users comes back after a day, a week and a month."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_retention_cohorts import fact_user_retention_cohorts


@table(
    inputs=(fact_user_retention_cohorts,),
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
        Field(
            "eligible_24h",
            "bigint",
            "Users whose hours 24 n to 24 (n + 1) after the first event are over.",
            required=True,
        ),
        Field("retained_24h", "bigint", "Of these, users active in those 24 hours; null where nobody is eligible."),
        Field("retention_rate_24h", "double", "Retained / eligible by the 24-hour clock; null where nobody is eligible."),
        Field("is_mature", "boolean", "Whether the day is over for the cohort.", required=True),
    ),
    rules=(
        Rule("on_or_after_contains_on", "retained_on_or_after IS NULL OR retained_on <= retained_on_or_after"),
        Rule("retained_within_eligible", "retained_on_or_after IS NULL OR retained_on_or_after <= eligible"),
        Rule("immature_is_null", "(eligible = 0) = (retained_on IS NULL)"),
    ),
    write=Rebuild(),
)
def report_retention(fact_user_retention_cohorts: DataFrame) -> DataFrame:
    """One row per cohort of users by their first active day, and day 1, 7 or 30 after it that has begun.

    Days are local dates, so day 1 is the date after the first one; the 24-hour clock runs from each user's own first event.
    The rate of several cohorts is the sum of the retained / the sum of the eligible, never a mean of rates.
    """
    counts = ("cohort_size", "eligible", "retained_on", "retained_on_or_after", "eligible_24h", "retained_24h")
    cohorts = fact_user_retention_cohorts.groupBy("cohort_date", "day_n").agg(
        *[F.sum(name).alias(name) for name in counts], F.bool_and("is_mature").alias("is_mature")
    )
    rates = {
        "retention_rate": ("retained_on", "eligible"),
        "retention_rate_on_or_after": ("retained_on_or_after", "eligible"),
        "retention_rate_24h": ("retained_24h", "eligible_24h"),
    }
    return cohorts.withColumns({name: F.try_divide(part, whole) for name, (part, whole) in rates.items()})
