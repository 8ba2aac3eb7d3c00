"""What events lack, and how many are flagged."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.silver.events import events


@table(
    inputs=(events,),
    grain=("event_date", "platform"),
    fields=(
        Field("event_date", "date", "Day of the events in the report time zone.", required=True),
        v.PLATFORM,
        v.count("events", "Events, deduplicated."),
        v.count("without_user", "Events that the tracker sent without a user id, whether or not a login tells whose they are."),
        v.count("without_country", "Events without a country, or with one that is none."),
        v.count(
            "repaired",
            "Events with a quality flag: a value was repaired, contradicts another, or is missing or unreadable.",
        ),
    ),
    rules=(Rule("parts_within_events", "greatest(without_user, without_country, repaired) <= events"),),
    write=ReplaceDays("event_date"),
)
def event_quality(events: DataFrame) -> DataFrame:
    """One row per day and platform: how many of the day's events lack a value or are flagged.

    An event may lack several values and count in several columns. Days without events have no row.
    """
    return events.groupBy("event_date", "platform").agg(
        F.count("*").alias("events"),
        F.count_if(F.col("user_id").isNull()).alias("without_user"),
        F.count_if(F.col("country_code").isNull()).alias("without_country"),
        F.count_if(F.size("quality_flags") > 0).alias("repaired"),
    )
