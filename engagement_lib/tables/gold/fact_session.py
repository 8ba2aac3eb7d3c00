"""Sessions, made by inactivity."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.sessions import engaged_seconds, sessionize
from engagement_lib.columns.time import local_date
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users


@table(
    inputs=(events, identity_map),
    grain=("session_key",),
    fields=(
        v.SESSION_KEY,
        Field("session_date", "date", "Local date on which the session starts.", required=True),
        v.USER_ID,
        v.PLATFORM,
        v.COUNTRY_CODE.but(description="Country at the session's first event; null = unknown."),
        v.USER_ACCESS_TYPE.but(description="Access type at the session's first event."),
        Field("started_at", "timestamp", "First event.", required=True),
        Field("ended_at", "timestamp", "Last event.", required=True),
        Field("events", "bigint", "Events in the session.", required=True),
        Field("content_events", "bigint", "Events that start or finish an item.", required=True),
        Field("items_started", "bigint", "Item-started events.", required=True),
        Field("items_finished", "bigint", "Item-finished events.", required=True),
        Field("duration_seconds", "bigint", "Whole seconds that passed from the first event to the last.", required=True),
        Field("engaged_seconds", "bigint", "Sum of the gaps between events, each at most the cap.", required=True),
        Field("is_single_event", "boolean", "Whether the session is one event.", required=True),
        Field("is_engaged", "boolean", "At least 2 events, or 10 seconds, or a content event.", required=True),
        Field("has_completion", "boolean", "Whether an item was finished in the session.", required=True),
        Field("exit_event", "string", "Name of the last event.", required=True),
        Field("exit_screen", "string", "Screen of the last event, where the tracker names it."),
        Field("last_progress_pct", "double", "Last progress mark that an event of the session reports, 0 to 100; null = none."),
    ),
    rules=(
        Rule("ends_after_start", "ended_at >= started_at"),
        Rule("no_longer_than_a_day", "duration_seconds <= 86400"),
        Rule("engaged_within_duration", "engaged_seconds <= duration_seconds"),
    ),
    write=ReplaceDays("session_date", reads=(-2, 1), partitioned=True, user="user_id"),
)
def fact_session(
    events: DataFrame,
    identity_map: DataFrame,
    *,
    report_time_zone: str = "UTC",
    session_gap_minutes: int = 30,
    session_max_hours: int = 24,
    engaged_gap_seconds: int = 300,
    use_tracker_session_id: bool = False,
    content_events: Sequence[str] = v.CONTENT_EVENTS,
) -> DataFrame:
    """One row per session: events of one user (or anonymous id) on one platform without a gap of more than 30 minutes.

    Exactly 30:00 is still the same session. A session belongs to the day it starts on; one without a pause is cut after
    24 hours and, from its third day on, at midnight. With ``use_tracker_session_id`` the tracker's id decides where it is given.
    """
    narrow = with_resolved_users(events, identity_map).select(
        "platform",
        # No user id begins with a blank, so that nobody's sessions hold no event of a user.
        F.coalesce("resolved_user_id", F.concat(F.lit(" anonymous:"), "anonymous_id")).alias("_actor"),
        *(["session_id"] if use_tracker_session_id else []),
        "event_timestamp",
        # A column of its own: by a field of a structure Spark would sort once for each window.
        F.xxhash64("event_id").alias("_tie"),
        F.col("resolved_user_id").alias("user_id"),
        "event_name",
        "screen_name",
        "progress_pct",
        "country_code",
        "user_access_type",
    )
    in_sessions = sessionize(
        narrow,
        user=("platform", "_actor"),
        timestamp="event_timestamp",
        session_id="session_id" if use_tracker_session_id else None,
        tie_break=("_tie",),
        gap_minutes=session_gap_minutes,
        max_hours=session_max_hours,
        time_zone=report_time_zone,
    )
    in_sessions = in_sessions.withColumn("_order", F.struct("event_timestamp", "_tie"))
    identity = ["platform", "_actor", *(["session_id"] if use_tracker_session_id else []), "session_anchor"]
    first, last = (lambda c: F.min_by(c, "_order")), (lambda c: F.max_by(c, "_order"))
    sessions = in_sessions.groupBy(*identity).agg(
        F.min("event_timestamp").alias("started_at"),
        F.max("event_timestamp").alias("ended_at"),
        F.count("*").alias("events"),
        F.count_if(F.col("event_name").isin(*content_events)).alias("content_events"),
        F.count_if(F.col("event_name") == v.ITEM_STARTED).alias("items_started"),
        F.count_if(F.col("event_name") == v.ITEM_FINISHED).alias("items_finished"),
        engaged_seconds(F.col("gap_seconds"), F.col("_order"), cap_seconds=engaged_gap_seconds).alias("engaged_seconds"),
        first("user_id").alias("user_id"),
        first(F.struct("country_code", "user_access_type")).alias("_first"),
        last(F.struct("event_name", "screen_name")).alias("_last"),
        F.max_by("progress_pct", F.when(F.col("progress_pct").isNotNull(), F.col("_order"))).alias("last_progress_pct"),
    )
    return _with_meaning(sessions, identity, report_time_zone)


def _with_meaning(sessions: DataFrame, identity: Sequence[str], report_time_zone: str) -> DataFrame:
    duration = F.floor((F.unix_micros("ended_at") - F.unix_micros("started_at")) / 1_000_000).alias("duration_seconds")
    key_parts = [F.coalesce(F.col(name).cast("string"), F.lit("")) for name in identity[:-1]]
    return sessions.select(
        F.md5(F.concat_ws("\u001f", *key_parts, F.unix_micros("started_at"))).alias("session_key"),
        local_date(F.col("started_at"), report_time_zone).alias("session_date"),
        "user_id",
        "platform",
        "_first.country_code",
        "_first.user_access_type",
        "started_at",
        "ended_at",
        "events",
        "content_events",
        "items_started",
        "items_finished",
        duration,
        "engaged_seconds",
        (F.col("events") == 1).alias("is_single_event"),
        ((F.col("events") >= 2) | (F.col("content_events") > 0)).alias("is_engaged"),
        (F.col("items_finished") > 0).alias("has_completion"),
        F.col("_last.event_name").alias("exit_event"),
        F.col("_last.screen_name").alias("exit_screen"),
        "last_progress_pct",
    )
