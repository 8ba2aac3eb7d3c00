"""Identities: which user an anonymous id (a device, a browser) belongs to, and when."""

from collections.abc import Sequence
from typing import Literal, get_args

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

SharedDevice = Literal["last_known", "unresolved"]


def stitch_identities(
    events: DataFrame,
    *,
    user: str,
    anonymous_id: str,
    timestamp: str,
    shared_device: SharedDevice = "last_known",
) -> DataFrame:
    """One row per ``anonymous_id`` and unbroken time with one ``user_id``: ``first_seen`` and ``last_seen`` (the first and the
    last event with both ids), and when the anonymous id stands for the user: from ``valid_from`` (null: since ever) until
    before ``valid_to`` (null: for ever). The times of one anonymous id never overlap. ``is_shared``: it had several users.

    A user is known backwards and forwards: events before the first identified one and after the last belong to that user.
    ``shared_device`` says what happens where several users had one anonymous id: last_known = it stands for each from the
    user's own first event (the first user: since ever) until another's, which gives a device that changes hands to its
    new owner and a family's device to whoever used it last; unresolved = it has no rows and stands for nobody.

    ``events`` without one of the ids or a time say nothing about identities. Of several users at one instant the
    smallest user id comes first.
    """
    if shared_device not in get_args(SharedDevice):
        raise ValueError(f"shared_device is {shared_device!r}; it can be {', '.join(get_args(SharedDevice))}")
    device = Window.partitionBy("anonymous_id")
    in_time = device.orderBy("_at", "user_id")
    identified = events.select(
        F.col(anonymous_id).alias("anonymous_id"), F.col(user).alias("user_id"), F.col(timestamp).alias("_at")
    ).dropna()
    is_same_user = F.lag("user_id").over(in_time).eqNullSafe(F.col("user_id"))
    changes = identified.select("*", (~is_same_user).alias("_changes"))
    stints = (
        changes.select("*", F.count_if("_changes").over(in_time.rowsBetween(Window.unboundedPreceding, 0)).alias("_stint"))
        .groupBy("anonymous_id", "user_id", "_stint")
        .agg(F.min("_at").alias("first_seen"), F.max("_at").alias("last_seen"))
    )
    by_stint = device.orderBy("_stint")
    owners = stints.select(
        "anonymous_id",
        "user_id",
        "first_seen",
        "last_seen",
        F.when(F.col("_stint") > 1, F.col("first_seen")).alias("valid_from"),
        F.lead("first_seen").over(by_stint).alias("valid_to"),
        (F.max("_stint").over(device) > 1).alias("is_shared"),
    )
    return owners if shared_device == "last_known" else owners.where(~F.col("is_shared"))


def resolve_identities(
    events: DataFrame,
    identities: DataFrame,
    *,
    user: str,
    anonymous_id: str,
    timestamp: str,
    same: Sequence[str] = (),
    resolved: str = "resolved_user_id",
) -> DataFrame:
    """The events, each once, with the column ``resolved`` (replaced where there is one): the event's own user, else the user
    that its anonymous id stood for at that time, else null. ``identities``: rows of ``stitch_identities``; where they are
    given once for each value of other columns, such as the day, these are ``same`` in both."""
    owners = identities.select(
        F.col("anonymous_id").alias("_anonymous_id"),
        F.col("user_id").alias("_user_id"),
        F.col("valid_from").alias("_valid_from"),
        F.col("valid_to").alias("_valid_to"),
        *[F.col(name).alias("_same_" + name) for name in same],
    )
    at = F.col(timestamp)
    stands_for = (
        (F.col(anonymous_id) == F.col("_anonymous_id"))
        & F.col(user).isNull()
        & (F.col("_valid_from").isNull() | (at >= F.col("_valid_from")))
        & (F.col("_valid_to").isNull() | (at < F.col("_valid_to")))
    )
    for name in same:
        stands_for = stands_for & (F.col(name) == F.col("_same_" + name))
    joined = events.join(owners, stands_for, "left")
    others = [name for name in events.columns if name != resolved]
    return joined.select(*others, F.coalesce(user, "_user_id").alias(resolved))
