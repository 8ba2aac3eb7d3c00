"""How many users of each cohort come back after a day, a week and a month, by what they were when they came."""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.retention import retention
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.silver.users import at_signup, users

DAYS = (1, 7, 30)
_BY = ("country_code", "user_access_type", "acquisition_channel")
_GRAIN = ("cohort_date", "day_n", *_BY)
#: What each way of counting gives, by the name that `retention` has for it.
_KINDS = {
    "exact": {"cohort_size": "cohort_size", "eligible": "eligible", "retained_on": "retained", "is_mature": "is_mature"},
    "on_or_after": {"retained_on_or_after": "retained"},
    "24h": {"eligible_24h": "eligible", "retained_24h": "retained"},
}


@table(
    inputs=(fact_user_engagement, users),
    grain=_GRAIN,
    fields=(
        Field("cohort_date", "date", "First active day of the cohort's users.", required=True),
        Field("day_n", "int", "Days since that day: 1, 7 or 30.", required=True),
        v.COUNTRY_CODE.but(description="Country at the user's first event; null = unknown."),
        v.USER_ACCESS_TYPE.but(description="Access type at the user's first event."),
        Field("acquisition_channel", "string", "Channel that brought the user, as known at the sign-up; null = unknown."),
        Field("cohort_size", "bigint", "Users of the cohort.", required=True),
        Field("eligible", "bigint", "Users for whom the day is over at the as-of date.", required=True),
        Field("retained_on", "bigint", "Eligible users active on exactly that day; null where nobody is eligible."),
        Field("retained_on_or_after", "bigint", "Eligible users active on that day or any later one; may still grow."),
        Field(
            "eligible_24h",
            "bigint",
            "Users whose hours 24 n to 24 (n + 1) after the first event are over.",
            required=True,
        ),
        Field("retained_24h", "bigint", "Of these, users active in those 24 hours; null where nobody is eligible."),
        Field("is_mature", "boolean", "Whether the day is over for the cohort.", required=True),
    ),
    rules=(
        Rule("on_or_after_contains_on", "retained_on_or_after IS NULL OR retained_on <= retained_on_or_after"),
        Rule("retained_within_eligible", "retained_on_or_after IS NULL OR retained_on_or_after <= eligible"),
        Rule("retained_24h_within_eligible", "retained_24h IS NULL OR retained_24h <= eligible_24h"),
        Rule("immature_is_null", "(eligible = 0) = (retained_on IS NULL)"),
    ),
    write=Rebuild(),
)
def fact_user_retention_cohorts(
    fact_user_engagement: DataFrame, users: DataFrame, *, as_of: date = v.NO_DAY, report_time_zone: str = "UTC"
) -> DataFrame:
    """One row per first active day, day 1, 7 or 30 after it that has begun, and country, access type and channel at entry.

    Counts add up over all of them; a rate is the sum of the retained / the sum of the eligible. Days are local dates; the
    24-hour clock runs from each user's own first event. Longer cohorts are sums of days. Test users are in it.
    """
    active = fact_user_engagement.where("is_active").join(
        at_signup(users).select("user_id", "acquisition_channel"), "user_id", "left"
    )
    # The first and the last event of a day tell whether a user came within 24 hours that begin or end on it.
    moments = F.explode(F.array("first_event_at", "last_event_at")).alias("first_event_at")
    counted = [
        retention(
            active.select("user_id", *_BY, moments) if kind == "24h" else active,
            user="user_id",
            timestamp="first_event_at",
            as_of=as_of,
            kind=kind,
            brackets=tuple((n, n) for n in DAYS),
            time_zone=report_time_zone,
            by=_BY,
        ).select(F.col("cohort").alias("cohort_date"), F.col("n").alias("day_n"), *_BY, *_named(names))
        for kind, names in _KINDS.items()
    ]
    # Not joined, because unknown values are null and equal each other only in groups.
    together = reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), counted)
    return together.groupBy(*_GRAIN).agg(*[F.max(name).alias(name) for names in _KINDS.values() for name in names])


def _named(names: dict[str, str]) -> list:
    return [F.col(given).alias(name) for name, given in names.items()]
