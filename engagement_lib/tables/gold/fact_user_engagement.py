"""What each user did on each day."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users

GRAIN = ("activity_date", "user_id", "platform", "country_code", "user_access_type")


@table(
    inputs=(events, identity_map, fact_session),
    grain=GRAIN,
    fields=(
        v.ACTIVITY_DATE,
        v.USER_ID,
        v.PLATFORM,
        v.COUNTRY_CODE,
        v.USER_ACCESS_TYPE,
        Field("events", "bigint", "Events.", required=True),
        Field("active_events", "bigint", "Events that count as activity: all but the passive ones.", required=True),
        Field("content_events", "bigint", "Events that start or finish an item.", required=True),
        Field("items_started", "bigint", "Item-started events.", required=True),
        Field("items_finished", "bigint", "Item-finished events.", required=True),
        Field("sessions_started", "bigint", "Sessions that start on the day, at their first event's values.", required=True),
        Field("first_event_at", "timestamp", "First event of the row.", required=True),
        Field("last_event_at", "timestamp", "Last event of the row.", required=True),
        Field("first_active_at", "timestamp", "First event of the row that is not passive; null unless is_active."),
        Field("last_active_at", "timestamp", "Last event of the row that is not passive; null unless is_active."),
        Field("is_active", "boolean", "Whether a known user did anything that is not passive.", required=True),
        Field("is_learner", "boolean", "Whether a known user started or finished an item.", required=True),
        Field(
            "is_last_of_day",
            "boolean",
            "The one row with the user's last active event of the day; of a day without any, with the last event.",
            required=True,
        ),
    ),
    rules=(
        Rule("content_within_events", "content_events <= events"),
        Rule("anonymous_is_never_active", "user_id IS NOT NULL OR NOT (is_active OR is_learner OR is_last_of_day)"),
        Rule("last_after_first", "last_event_at >= first_event_at"),
        Rule("active_at_some_time", "is_active = (first_active_at IS NOT NULL) AND is_active = (last_active_at IS NOT NULL)"),
    ),
    write=ReplaceDays("activity_date", partitioned=True, user="user_id"),
)
def fact_user_engagement(
    events: DataFrame,
    identity_map: DataFrame,
    fact_session: DataFrame,
    *,
    passive_events: Sequence[str] = (),
    content_events: Sequence[str] = v.CONTENT_EVENTS,
) -> DataFrame:
    """One row per day, user, platform, country and access type, as they were at the events.

    A user with two countries on a day has two rows; ``is_last_of_day`` marks the one row that counts where parts must
    add up to the total. Events without a known user are in rows with a null user and never count as active users.
    """
    happened = with_resolved_users(events, identity_map).select(
        F.col("event_date").alias("activity_date"),
        F.col("resolved_user_id").alias("user_id"),
        *GRAIN[2:],
        F.lit(1).alias("events"),
        (~F.col("event_name").isin(*passive_events)).cast("int").alias("active_events"),
        F.col("event_name").isin(*content_events).cast("int").alias("content_events"),
        (F.col("event_name") == v.ITEM_STARTED).cast("int").alias("items_started"),
        (F.col("event_name") == v.ITEM_FINISHED).cast("int").alias("items_finished"),
        F.lit(0).alias("sessions_started"),
        F.col("event_timestamp").alias("_at"),
    )
    started = fact_session.select(
        F.col("session_date").alias("activity_date"),
        *GRAIN[1:],
        *[F.lit(0).alias(n) for n in ("events", "active_events", "content_events", "items_started", "items_finished")],
        F.lit(1).alias("sessions_started"),
        F.col("started_at").alias("_at"),
    )
    measures = ("events", "active_events", "content_events", "items_started", "items_finished", "sessions_started")
    active_at = F.when(F.col("user_id").isNotNull() & (F.col("active_events") > 0), F.col("_at"))
    rows = (
        happened.unionByName(started)
        .groupBy(*GRAIN)
        .agg(
            *[F.sum(name).alias(name) for name in measures],
            F.min("_at").alias("first_event_at"),
            F.max("_at").alias("last_event_at"),
            F.min(active_at).alias("first_active_at"),
            F.max(active_at).alias("last_active_at"),
        )
    )
    # A user who was active must not be last seen in a row that counts for nobody.
    latest_first = Window.partitionBy("activity_date", "user_id").orderBy(
        F.desc_nulls_last("last_active_at"), F.desc("last_event_at"), "platform", "country_code", "user_access_type"
    )
    known = F.col("user_id").isNotNull()
    return rows.select(
        *GRAIN,
        *measures,
        "first_event_at",
        "last_event_at",
        "first_active_at",
        "last_active_at",
        (known & (F.col("active_events") > 0)).alias("is_active"),
        (known & (F.col("content_events") > 0)).alias("is_learner"),
        (known & (F.row_number().over(latest_first) == 1)).alias("is_last_of_day"),
    )
