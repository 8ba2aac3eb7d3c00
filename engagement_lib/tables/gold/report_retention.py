"""Which share of users comes back after their first active day: after a day, a week and a month, or in one of the weeks."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.gold.fact_user_retention_cohorts import (
    COHORT,
    COUNTS,
    IS_MATURE,
    RULES,
    fact_user_retention_cohorts,
)

_AT = tuple(field.name for field in COHORT)
_RATES = {
    "retention_rate": ("retained_on", "eligible"),
    "retention_rate_on_or_after": ("retained_on_or_after", "eligible"),
    "retention_rate_24h": ("retained_24h", "eligible_24h"),
}


@table(
    inputs=(fact_user_retention_cohorts,),
    grain=_AT,
    fields=(
        *COHORT,
        COUNTS["cohort_size"],
        COUNTS["eligible"],
        COUNTS["retained_on"],
        Field("retention_rate", "double", "Retained on the day or in the bracket / eligible; null where nobody is eligible."),
        COUNTS["retained_on_or_after"],
        Field("retention_rate_on_or_after", "double", "Retained on or after it / eligible; null where nobody is eligible."),
        COUNTS["eligible_24h"],
        COUNTS["retained_24h"],
        Field("retention_rate_24h", "double", "Retained / eligible by the 24-hour clock; null where nobody is eligible."),
        IS_MATURE,
    ),
    rules=RULES,
    write=Rebuild(),
)
def report_retention(fact_user_retention_cohorts: DataFrame) -> DataFrame:
    """One row per cohort, and day or bracket of days after its first day that has begun.

    A cohort are the users whose first observed active day is in one day, week or month; also those who signed up before the
    first data, and test users. Days are local dates, so day 1 is the date after the first one; the 24-hour clock runs from
    each user's own first active event. The rate of several cohorts of one type is the sum of the retained / the sum of the
    eligible, never a mean of rates.
    """
    cohorts = fact_user_retention_cohorts.groupBy(*_AT).agg(
        *[F.sum(name).alias(name) for name in COUNTS], F.bool_and("is_mature").alias("is_mature")
    )
    return cohorts.withColumns({name: F.try_divide(part, whole) for name, (part, whole) in _RATES.items()})
