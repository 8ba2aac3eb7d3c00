"""Records that broke a rule."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, SetAside, table
from engagement_lib.vocabulary import LOAD, PLATFORM, SOURCE_FILE, SOURCE_RECORD


@table(
    grain=("source_file", "source_record", "_load"),
    fields=(
        SOURCE_FILE,
        SOURCE_RECORD,
        PLATFORM,
        Field("rule", "string", "The first rule that the record broke.", required=True),
        Field("reason", "string", "What a person needs to know about it.", required=True),
        Field("raw", "string", "The record: whole text where it could not be split, else its columns as JSON.", pii=True),
        LOAD,
    ),
    write=SetAside(),
)
def quarantine(records: DataFrame) -> DataFrame:
    """One row per record that broke a rule, with its raw text and the reason.

    A record is judged in the order of these rules, and stands here with the first that it broke: `unparsable_record`,
    `event_name_missing`, `event_name_unknown`, `event_timestamp_missing`, `event_timestamp_invalid`, `arrival_timestamp_missing`,
    `arrival_timestamp_invalid`, `event_timestamp_ahead`, `event_timestamp_behind`, `user_missing`, `item_missing`,
    `feature_missing`, `experiment_missing`.
    """
    return records.where(F.col("_rule").isNotNull()).select(
        "source_file",
        "source_record",
        "platform",
        F.col("_rule").alias("rule"),
        F.col("_reason").alias("reason"),
        F.col("_raw").alias("raw"),
        "_load",
    )
