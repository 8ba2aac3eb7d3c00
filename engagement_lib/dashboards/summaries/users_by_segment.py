"""How many users each segment has."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.analytics.segments import SEGMENTS
from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.gold.report_user_segments import report_user_segments


@table(
    inputs=(report_user_segments,),
    grain=("segment", "split", "split_value"),
    fields=(
        Field("segment", "string", "The first of the segments that fits, in this order.", required=True, allowed=SEGMENTS),
        v.SPLIT,
        v.SPLIT_VALUE.but(description="The platform, country or access type of the users' last event; total or unknown."),
        Field("users", "bigint", "Users in the segment; a user is in one, so they add up.", required=True),
        Field("new_users", "bigint", "Of these, users first active in the last 14 dates.", required=True),
        Field("completions", "bigint", "Their item-finished events in the 28 dates.", required=True),
        Field("is_partial_window", "boolean", "Whether the dates they are told by begin before the first data.", required=True),
    ),
    write=Rebuild(),
)
def users_by_segment(report_user_segments: DataFrame) -> DataFrame:
    """One row per segment and split value: its users at the as-of date."""
    return (
        m.by_split(report_user_segments)
        .groupBy("segment", "split", "split_value")
        .agg(
            F.count("*").alias("users"),
            F.count_if("is_new").alias("new_users"),
            F.sum("completions").alias("completions"),
            F.bool_or("is_partial_window").alias("is_partial_window"),
        )
    )
