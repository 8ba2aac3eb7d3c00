"""Which user an anonymous id stands for, where events need to know."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.analytics.identities import resolve_identities, stitch_identities
from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.silver.events import events


@table(
    inputs=(events,),
    # Of several users at one instant each is first seen then.
    grain=("event_date", "anonymous_id", "user_id", "first_seen"),
    fields=(
        Field("event_date", "date", "Day with events of the anonymous id that name no user.", required=True),
        Field("anonymous_id", "string", "Mobile client id or web fingerprint.", required=True, pii=True),
        Field("user_id", "string", "The user whom it stands for in these events.", required=True, pii=True),
        Field("first_seen", "timestamp", "First event with both ids in an unbroken time with this user.", required=True),
        Field("last_seen", "timestamp", "Last event of that time with both ids.", required=True),
        Field("valid_from", "timestamp", "Since when the id stands for the user; null = since ever."),
        Field("valid_to", "timestamp", "When another user takes over, not included; null = never."),
        Field("is_shared", "boolean", "Whether the anonymous id had several users.", required=True),
        Field("events", "bigint", "Events of the day without a user that get this one.", required=True),
    ),
    # A device that is used every day is seen with its user every day: no reason to compute its first days again each time.
    write=Rebuild(day="event_date", unread=("first_seen", "last_seen", "is_shared", "events"), resolves="user_id"),
)
def identity_map(events: DataFrame, *, shared_device: str = "last_known") -> DataFrame:
    """One row per day, anonymous id and user whom the id stands for in events of that day which name no user.

    An anonymous id belongs to the user who was seen with it, before and after; a shared device changes hands with each
    user's own first event (``shared_device: last_known``) or stands for nobody (``unresolved``). Ids that never come without
    a user need no row. A login that comes in late changes the days of the events that it explains, and no others.
    """
    unnamed = events.where(F.col("user_id").isNull() & F.col("anonymous_id").isNotNull()).select(
        "event_date", "anonymous_id", "event_timestamp"
    )
    # Of millions of ids few come without a user: their hashes are small enough to be sent to every task.
    wanted = unnamed.select(F.xxhash64("anonymous_id").alias("_hash")).distinct()
    seen = events.where("user_id IS NOT NULL").select("anonymous_id", "user_id", "event_timestamp")
    evidence = seen.withColumn("_hash", F.xxhash64("anonymous_id")).join(F.broadcast(wanted), "_hash", "left_semi")
    owners = stitch_identities(
        evidence, user="user_id", anonymous_id="anonymous_id", timestamp="event_timestamp", shared_device=shared_device
    )
    at = F.col("event_timestamp")
    is_valid = (F.col("valid_from").isNull() | (at >= F.col("valid_from"))) & (
        F.col("valid_to").isNull() | (at < F.col("valid_to"))
    )
    known = ("user_id", "first_seen", "last_seen", "valid_from", "valid_to", "is_shared")
    explained = unnamed.join(owners, "anonymous_id").where(is_valid)
    return explained.groupBy("event_date", "anonymous_id", *known).agg(F.count("*").alias("events"))


def with_resolved_users(events: DataFrame, identity_map: DataFrame) -> DataFrame:
    """The events with ``resolved_user_id``: the user that the tracker names, else the one whom its anonymous id stands for."""
    return resolve_identities(
        events,
        identity_map,
        user="resolved_user_id",
        anonymous_id="anonymous_id",
        timestamp="event_timestamp",
        same=("event_date",),
    )
