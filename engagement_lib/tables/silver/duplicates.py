"""Deliveries of an event beyond the one that is kept."""

from pyspark.sql import DataFrame

from engagement_lib.engine.table import Field, SetAside, table
from engagement_lib.vocabulary import LOAD, PLATFORM, SOURCE_FILE, SOURCE_RECORD


@table(
    grain=("source_file", "source_record", "_load"),
    fields=(
        SOURCE_FILE,
        SOURCE_RECORD,
        PLATFORM,
        Field("event_id", "string", "Key of the event that was delivered again.", required=True),
        Field("event_date", "date", "Day of the event in the report time zone.", required=True),
        Field("arrival_timestamp", "timestamp", "When this delivery arrived.", required=True),
        Field("delivered_load", "bigint", "Number of the load that brought this delivery.", required=True),
        LOAD.but(description="Number of the load in which the delivery was set aside."),
    ),
    write=SetAside(),
)
def duplicates(records: DataFrame) -> DataFrame:
    """One row per delivery of an event that is not the kept one: the kept one arrived first.

    A delivery that was kept until an earlier one came in stands here from then on.
    """
    return records.select(
        "source_file",
        "source_record",
        "platform",
        "event_id",
        "event_date",
        "arrival_timestamp",
        "delivered_load",
        "_load",
    )
