"""How late events arrive."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.columns.time import local_date
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.silver.events import events

_HOUR, _DAY = 3600, 86_400


@table(
    inputs=(events,),
    grain=("event_date", "platform"),
    fields=(
        Field("event_date", "date", "Day of the events in the report time zone.", required=True),
        v.PLATFORM.but(required=True),
        v.count("events", "Events, deduplicated: each as it arrived first."),
        v.count("arrived_before_the_event", "Of these, events that the collector received before they happened: a wrong clock."),
        v.count("arrived_on_a_later_date", "Events received after their day was over: they changed its numbers afterwards."),
        v.count("over_1_hour", "Events received more than 1 hour after they happened."),
        v.count("over_1_day", "The same, more than 24 hours."),
        v.count("over_7_days", "The same, more than 7 times 24 hours."),
        v.count("over_60_days", "The same, more than 60 times 24 hours."),
        Field("latest_arrival_at", "timestamp", "When the last of the day's events was received, UTC.", required=True),
    ),
    rules=(
        Rule("longer_waits_are_fewer", "over_60_days <= over_7_days AND over_7_days <= over_1_day AND over_1_day <= over_1_hour"),
    ),
    write=ReplaceDays("event_date"),
)
def late_events(events: DataFrame, *, report_time_zone: str = "UTC") -> DataFrame:
    """One row per day and platform: how many of the day's events arrived late, and how late.

    Late events always count, on the day on which they happened. What counts here is when the collector received them, not
    when their file was delivered: of an event that was delivered several times, the earliest arrival.
    """
    waited_micros = F.unix_micros("arrival_timestamp") - F.unix_micros("event_timestamp")

    def over(seconds: int) -> Column:
        return F.count_if(waited_micros > seconds * 1_000_000)

    return events.groupBy("event_date", "platform").agg(
        F.count("*").alias("events"),
        F.count_if(F.col("arrival_timestamp") < F.col("event_timestamp")).alias("arrived_before_the_event"),
        F.count_if(local_date(F.col("arrival_timestamp"), report_time_zone) > F.col("event_date")).alias(
            "arrived_on_a_later_date"
        ),
        over(_HOUR).alias("over_1_hour"),
        over(_DAY).alias("over_1_day"),
        over(7 * _DAY).alias("over_7_days"),
        over(60 * _DAY).alias("over_60_days"),
        F.max("arrival_timestamp").alias("latest_arrival_at"),
    )
