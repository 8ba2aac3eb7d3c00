"""How many users of each cohort come back: on a day, in one of the first weeks, or later; by what they were when they came."""

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.periods import Period, period_number, period_start
from engagement_lib.analytics.retention import retention
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.fact_user_lifecycle import PERIODS
from engagement_lib.tables.silver.users import at_signup, users

DAYS = (1, 7, 30)
#: W1 to W4, by their first and last day.
WEEKS = ((1, 7), (8, 14), (15, 21), (22, 28))
#: What a row is about, apart from who the users were.
COHORT = (
    Field("cohort_type", "string", "How many first days make a cohort: a day, week or month.", required=True, allowed=PERIODS),
    Field(
        "cohort_date",
        "date",
        "First day of the cohort: of the users' first active days, the Monday of their week, the first of their month.",
        required=True,
    ),
    Field("day_n", "int", "Days since each user's own first active day: 1, 7 or 30; of a bracket the first.", required=True),
    Field(
        "last_day_n",
        "int",
        "Equal to day_n for a single day; the last of a bracket: W1 = days 1 to 7, W2 = 8 to 14, W3 = 15 to 21, W4 = 22 to 28.",
        required=True,
    ),
)
#: Sums of users.
COUNTS = {
    field.name: field
    for field in (
        Field("cohort_size", "bigint", "Users of the cohort so far.", required=True),
        Field("eligible", "bigint", "Users for whom the day, or the bracket's last, is over at the as-of date.", required=True),
        Field(
            "retained_on",
            "bigint",
            "Eligible users active on exactly that day, or on any day of the bracket; null where nobody is eligible.",
        ),
        Field(
            "retained_on_or_after",
            "bigint",
            "Eligible users active on the day, or the bracket's first day, or on any later one; may still grow.",
        ),
        Field(
            "eligible_24h",
            "bigint",
            "Users whose hours 24 day_n to 24 (last_day_n + 1) after the first active event are over.",
            required=True,
        ),
        Field("retained_24h", "bigint", "Of these, users active in those hours; null where nobody is eligible."),
    )
}
IS_MATURE = Field(
    "is_mature",
    "boolean",
    "Whether the day, or the bracket's last day, is over for everybody who can belong to the cohort.",
    required=True,
)
RULES = (
    Rule("first_day_first", "1 <= day_n AND day_n <= last_day_n"),
    Rule("on_or_after_contains_on", "retained_on_or_after IS NULL OR retained_on <= retained_on_or_after"),
    Rule("retained_within_eligible", "retained_on_or_after IS NULL OR retained_on_or_after <= eligible"),
    Rule("retained_24h_within_eligible", "retained_24h IS NULL OR retained_24h <= eligible_24h"),
    Rule("immature_is_null", "(eligible = 0) = (retained_on IS NULL)"),
    Rule("all_of_a_mature_cohort_are_eligible", "eligible <= cohort_size AND (NOT is_mature OR eligible = cohort_size)"),
)
_BY = ("country_code", "user_access_type", "acquisition_channel")
_AT = tuple(field.name for field in COHORT)
#: What each way of counting gives, by the name that `retention` has for it.
_KINDS = {
    "exact": {"cohort_size": "cohort_size", "eligible": "eligible", "retained_on": "retained"},
    "on_or_after": {"retained_on_or_after": "retained"},
    "24h": {"eligible_24h": "eligible", "retained_24h": "retained"},
}
_ENTRY = (0, 0)
_SPANS = (*((n, n) for n in DAYS), *WEEKS)


@table(
    inputs=(fact_user_engagement, users),
    grain=(*_AT, *_BY),
    fields=(
        *COHORT,
        v.COUNTRY_CODE.but(description="Country at the user's first active event; null = unknown."),
        v.USER_ACCESS_TYPE.but(description="Access type at the user's first active event."),
        Field("acquisition_channel", "string", "Channel that brought the user, as known at the sign-up; null = unknown."),
        *COUNTS.values(),
        IS_MATURE,
    ),
    rules=RULES,
    write=Rebuild(),
)
def fact_user_retention_cohorts(
    fact_user_engagement: DataFrame, users: DataFrame, *, as_of: date = v.NO_DAY, report_time_zone: str = "UTC"
) -> DataFrame:
    """One row per cohort, day or bracket of days after its first day that has begun, and country, access type and channel.

    A cohort is a day, week or month of first observed activity; country, access type and channel are those at entry. Counts
    add up over all of them but the cohort types and the days, of which a reader takes one: each user is in a cohort of each
    type, and a day in its bracket. A rate is the sum of the retained / the sum of the eligible. Days are local dates; in a
    week or month, too, they are counted from each user's own first day, and the 24-hour clock from the own first active event.
    Who signed up before the first data and test users are in it.
    """
    active = fact_user_engagement.where("is_active").join(
        at_signup(users).select("user_id", "acquisition_channel"), "user_id", "left"
    )
    # The first and the last active event of a day tell whether a user came within 24 hours that begin or end on it. (On a day of
    # 25 hours three such spans may meet; of who came in all three, they do not tell of the middle one.)
    moments = F.explode(F.array("first_active_at", "last_active_at")).alias("first_active_at")
    counted = [
        retention(
            active.select("user_id", *_BY, moments) if kind == "24h" else active,
            user="user_id",
            timestamp="first_active_at",
            as_of=as_of,
            kind=kind,
            brackets=(_ENTRY, *_SPANS) if kind == "exact" else _SPANS,
            time_zone=report_time_zone,
            by=_BY,
        ).select(*_named({"first_day": "cohort", "day_n": "n", "last_day_n": "last_n"} | names), *_BY)
        for kind, names in _KINDS.items()
    ]
    # Not joined, because unknown values are null and equal each other only in groups.
    by_day = _sized(reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), counted))
    sums = (
        by_day.select("*", F.inline(F.array(*map(_cohort, PERIODS))))
        .groupBy(*_AT, *_BY, "next_cohort_date")
        .agg(*[F.sum(name).alias(name) for name in COUNTS])
        .fillna(0, ["eligible", "eligible_24h"])
    )
    is_over = F.date_add("next_cohort_date", F.col("last_day_n") - 1) <= F.lit(as_of)
    return sums.where(F.date_add("cohort_date", F.col("day_n")) <= F.lit(as_of)).select(
        *_AT, *_BY, *COUNTS, is_over.alias("is_mature")
    )


def _named(names: dict[str, str]) -> list[Column]:
    return [F.col(given).alias(name) for name, given in names.items()]


def _sized(counted: DataFrame) -> DataFrame:
    """The size of a day's cohort at every day and bracket, also those that have not begun for it: in a week or month they may
    have begun for others. It is taken from the day of entry, which has begun for all, and which has no row itself."""
    is_entry = F.col("day_n") == 0
    span = F.struct("day_n", "last_day_n")
    every = [F.struct(F.lit(first).alias("day_n"), F.lit(last).alias("last_day_n")) for first, last in _SPANS]
    return counted.select(
        "first_day",
        *_BY,
        F.inline(F.when(is_entry, F.array(*every)).otherwise(F.array(span))),
        *[F.when(is_entry == (name == "cohort_size"), F.col(name)).alias(name) for name in COUNTS],
    )


def _cohort(cohort_type: Period) -> Column:
    number = period_number(F.col("first_day"), cohort_type)
    return F.struct(
        F.lit(cohort_type).alias("cohort_type"),
        period_start(number, cohort_type).alias("cohort_date"),
        period_start(number + 1, cohort_type).alias("next_cohort_date"),
    )
