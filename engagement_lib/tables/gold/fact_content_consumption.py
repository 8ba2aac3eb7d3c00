"""Attempts at content items: which start and which finish belong together."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.content_attempts import content_attempts
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users

AT_FIRST_EVENT = ("item_type", "platform", "country_code", "user_access_type")


@table(
    inputs=(events, identity_map),
    grain=("user_id", "item_id", "content_format", "attempt"),
    fields=(
        v.USER_ID.but(required=True),
        v.ITEM_ID.but(required=True),
        Field("content_format", "string", "text or audio; null where the tracker does not say, which is a format of its own."),
        Field("attempt", "int", "Number of the attempt at the item, from 1.", required=True),
        v.ITEM_TYPE,
        v.PLATFORM.but(description="Where the attempt began."),
        v.COUNTRY_CODE.but(description="Country at the attempt's first event; null = unknown."),
        v.USER_ACCESS_TYPE.but(description="Access type at the attempt's first event."),
        Field("started_at", "timestamp", "First item-started event; null = an attempt without a start."),
        Field("finished_at", "timestamp", "The item-finished event that closes the attempt; null = not finished."),
        Field("starts", "bigint", "Item-started events: reading on starts again.", required=True),
        Field("last_event_at", "timestamp", "Latest event of the attempt.", required=True),
        Field("max_progress", "double", "Furthest progress reported, 0 to 100; null = none reported."),
        Field("is_orphan_finish", "boolean", "Finished without a start before.", required=True),
        Field("seconds_to_finish", "bigint", "Seconds from the first start to the finish."),
        Field("is_completed", "boolean", "Finished within the window of the start; null without a start."),
        Field("is_mature", "boolean", "The window is over at the end of the as-of day; null without a start."),
    ),
    rules=(
        Rule("finish_after_start", "finished_at >= started_at OR finished_at IS NULL OR started_at IS NULL"),
        Rule("orphans_have_no_start", "NOT is_orphan_finish OR started_at IS NULL"),
    ),
    write=Rebuild(),
)
def fact_content_consumption(
    events: DataFrame,
    identity_map: DataFrame,
    *,
    as_of: date = v.NO_DAY,
    report_time_zone: str = "UTC",
    completion_window_days: int = 30,
) -> DataFrame:
    """One row per known user, item, format and attempt, from the first event of the attempt to its finish.

    Each item-started and item-finished event of a known user belongs to one attempt; a finish without a start is an orphan
    and no completion. Reading on is the same attempt, reading again after the finish a new one. Test users are in it.
    """
    content = events.where(F.col("event_name").isin(*v.CONTENT_EVENTS, v.ITEM_PROGRESS))
    return content_attempts(
        with_resolved_users(content, identity_map),
        user="resolved_user_id",
        item="item_id",
        timestamp="event_timestamp",
        event_name="event_name",
        content_format="content_format",
        progress="progress_pct",
        as_of=as_of,
        window_days=completion_window_days,
        time_zone=report_time_zone,
        by=AT_FIRST_EVENT,
    ).withColumnRenamed("resolved_user_id", "user_id")
