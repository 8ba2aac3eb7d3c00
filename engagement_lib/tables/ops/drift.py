"""Days on which the data are not what the days before let expect."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.drift import unusual_days
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from engagement_lib.tables.ops.event_quality import event_quality
from engagement_lib.tables.ops.late_events import late_events

#: Dates before a day that say what to expect of it: four weeks, so that a lasting change is normal after two.
DAYS_BEFORE = 28
#: Each measure in words. The first two are counts, the others shares of the day's events.
COUNTS = {"events": "events", "active_users": "active users"}
SHARES = {
    "anonymous_share": "events without a user id",
    "unknown_country_share": "events without a country",
    "late_share": "events that arrived after their day",
    "repaired_share": "events with a quality flag",
}
MEASURES = {**COUNTS, **SHARES}


@table(
    inputs=(report_daily_engagement, late_events, event_quality),
    grain=("activity_date", "platform", "measure"),
    fields=(
        v.ACTIVITY_DATE,
        v.PLATFORM,
        Field(
            "measure",
            "string",
            "Events, distinct active users, or a share (0 to 1) of the day's events: of those that came without a user id, have "
            "no country, were received after their day, or have a quality flag.",
            required=True,
            allowed=tuple(MEASURES),
        ),
        Field("value", "double", "The day's number; a share of a day without events is null."),
        Field("expected", "double", "Median of the days before that are alike; null with too little history."),
        Field("lowest_expected", "double", "A value below this is an alarm; null where nobody can say."),
        Field("highest_expected", "double", "A value above this is an alarm; null where nobody can say."),
        Field("deviation", "double", "(Value - expected) / (1.4826 * median absolute deviation); null where that is 0."),
        Field("compared_days", "int", "Days before that are alike and have a value.", required=True),
        Field("is_alarm", "boolean", "Whether the value is outside of the expected range.", required=True),
        Field("direction", "string", "Of an alarm: drop or rise; null otherwise.", allowed=("drop", "rise")),
        Field(
            "reason",
            "string",
            "Why it is an alarm, or none; no value = a share of a day without events.",
            required=True,
            allowed=("as expected", "unusual", "too little history", "no value"),
        ),
        Field("message", "string", "The alarm in words, with the value and the range that was expected; null if it is none."),
    ),
    rules=(Rule("an_alarm_says_what", "is_alarm = (message IS NOT NULL) AND is_alarm = (direction IS NOT NULL)"),),
    write=ReplaceDays("activity_date", reads=(-DAYS_BEFORE, 0)),
)
def drift(
    report_daily_engagement: DataFrame,
    late_events: DataFrame,
    event_quality: DataFrame,
    *,
    drift_threshold: float = 3.5,
    drift_least_history: int = 14,
    drift_least_alike: int = 6,
    drift_least_count_change: float = 10.0,
    drift_least_relative_change: float = 0.4,
    drift_least_share_change: float = 0.05,
    drift_weekend: Sequence[int] = (6, 7),
) -> DataFrame:
    """One row per day, platform and measure: the day's number, what the days before let expect, and whether it is an alarm.

    Expected is the median of the days of the same kind (workday or weekend) in the 28 dates before; an alarm is more than 3.5
    robust deviations away from it, and counts by 40 % of the expected and by more than 10, shares by more than 5 points and by
    more than chance can do with so few events. A day with less than a tenth of the expected (of the usual, while nobody can say
    what to expect of its kind) is an alarm too, unless a fifth of the days before had as little or less than 10 are missing.

    A lasting change is an alarm until half of the days before have it. The newest day is judged by what has come of it so far.
    Platforms stand alone, because a feed fails on one of them; a total would only say it again.
    """
    key = ["activity_date", "platform"]
    late = late_events.select(F.col("event_date").alias("activity_date"), "platform", "arrived_on_a_later_date")
    quality = event_quality.withColumnRenamed("event_date", "activity_date").drop("events")
    days = (
        report_daily_engagement.where("split = 'platform'")
        .select("activity_date", F.col("split_value").alias("platform"), "events", "daily_active_users")
        .join(late, key, "left")
        .join(quality, key, "left")
    )
    is_share = F.col("measure").isin(*SHARES)
    # Half a root of the events is the most that the number of events with a property varies by chance alone.
    by_chance = drift_threshold * 0.5 / F.sqrt(F.when(F.col("_events") > 0, F.col("_events")))
    judged = unusual_days(
        days.select(*key, F.col("events").alias("_events"), F.inline(F.array(*_measured()))),
        day="activity_date",
        value="value",
        by=("platform", "measure"),
        days=DAYS_BEFORE,
        least_history=drift_least_history,
        least_alike=drift_least_alike,
        threshold=drift_threshold,
        least_change=F.when(is_share, F.greatest(F.lit(drift_least_share_change), by_chance)).otherwise(drift_least_count_change),
        least_relative_change=F.when(is_share, 0.0).otherwise(drift_least_relative_change),
        weekend=drift_weekend,
    ).withColumns(
        {
            "lowest_expected": F.when(F.col("lowest_expected").isNotNull(), F.greatest("lowest_expected", F.lit(0.0))),
            "highest_expected": F.when(is_share, F.least("highest_expected", F.lit(1.0))).otherwise(F.col("highest_expected")),
        }
    )
    return judged.withColumn("message", F.when(F.col("is_alarm"), _message())).drop("_events")


def _measured() -> list[Column]:
    """Per measure its name and the day's value. Days without events have no row in two of the tables: nothing to count."""
    numbers = {
        "events": F.col("events"),
        "active_users": F.col("daily_active_users"),
        "anonymous_share": F.col("without_user"),
        "unknown_country_share": F.col("without_country"),
        "late_share": F.col("arrived_on_a_later_date"),
        "repaired_share": F.col("repaired"),
    }
    shared = {
        name: F.coalesce(number, F.lit(0)) / F.when(F.col("events") > 0, F.col("events")) for name, number in numbers.items()
    }
    values = {name: shared[name] if name in SHARES else number.cast("double") for name, number in numbers.items()}
    return [F.struct(F.lit(name).alias("measure"), value.alias("value")) for name, value in values.items()]


def _message() -> Column:
    """Like: events fell to 8; 27 to 537 were expected. Limits of counts are the last whole numbers that are no alarm."""
    is_share = F.col("measure").isin(*SHARES)

    def words(share: Column, count: Column) -> Column:
        return F.when(is_share, F.format_string("%.1f%%", share * 100)).otherwise(F.format_number(count, 0))

    value, lowest, highest = F.col("value"), F.col("lowest_expected"), F.col("highest_expected")
    names = F.create_map(*[F.lit(word) for pair in MEASURES.items() for word in pair])
    fell = F.when(F.col("direction") == "drop", " fell to ").otherwise(" rose to ")
    from_lowest = words(lowest, F.ceil(lowest))
    to_highest = F.concat(from_lowest, F.lit(" to "), words(highest, F.floor(highest)))
    expected = F.coalesce(to_highest, F.concat(F.lit("at least "), from_lowest))
    return F.concat(
        F.element_at(names, F.col("measure")), fell, words(value, value), F.lit("; "), expected, F.lit(" were expected")
    )
