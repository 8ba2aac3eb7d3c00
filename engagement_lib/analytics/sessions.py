"""Sessions by inactivity: which events belong together, and what a session was.

The gap rule is the field's (GA4, Snowplow: 30 minutes). The cap is ours, made so that a session can be found from a
few days of events: a chain of events without a gap is cut ``max_hours`` after its start and, from its third calendar
day on, at each midnight, and a date without an event ends it. No session is longer than ``max_hours``, and what an
event belongs to depends on no event more than two days older.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import day_number

#: A date may be over in less than 24 hours, where a clock is set forward.
_SHORTEST_DAY_SECONDS = 22 * 3600
_DAY_SECONDS = 86_400


def sessionize(
    events: DataFrame,
    *,
    user: Sequence[str],
    timestamp: str,
    session_id: str | None = None,
    tie_break: Sequence[str] = (),
    gap_minutes: int = 30,
    max_hours: int = 24,
    time_zone: str = "UTC",
) -> DataFrame:
    """The events with ``session_anchor`` (timestamp: with the user columns it identifies the session) and
    ``gap_seconds`` (bigint: seconds since the previous event of the same chain, 0 for its first).

    A new chain starts when more than ``gap_minutes`` pass between two events of one user; exactly that long is still
    the same. With ``session_id`` the tracker's id makes the chain instead, and only ``max_hours`` or a date without an event
    end it; events without an id are chained by the gap. ``user``: columns that together say whose events these are (user and
    platform); ``tie_break`` orders events of one instant; ``time_zone``: whose midnights count for the cap. Raises
    ValueError for a cap outside 1 to 24 hours.
    """
    if not 1 <= max_hours <= 24:
        raise ValueError(f"max_hours is {max_hours}; a session may last 1 to 24 hours")
    if not 0 < gap_minutes <= max_hours * 60:
        raise ValueError(f"gap_minutes is {gap_minutes}; it must be above 0 and at most max_hours")
    by_pause, by_id = gap_minutes * 60, max_hours * 3600 if session_id else 0
    allowed_gap = F.lit(by_pause).cast("bigint")
    if session_id:
        allowed_gap = F.when(F.col(session_id).isNull(), allowed_gap).otherwise(by_id)
    chain = Window.partitionBy(*user, *([session_id] if session_id else [])).orderBy(timestamp, *tie_break)
    moment = F.col(timestamp)
    gap_micros = F.unix_micros(moment) - F.unix_micros(F.col("_previous"))
    starts_chain = F.col("_previous").isNull() | (gap_micros > allowed_gap * 1_000_000)
    if max(by_pause, by_id) > _SHORTEST_DAY_SECONDS:
        starts_chain |= day_number(moment, time_zone) - day_number(F.col("_previous"), time_zone) > 1
    with_previous = events.withColumn("_previous", F.lag(timestamp).over(chain))
    chained = with_previous.withColumns(
        {
            "_chain_start": F.max(F.when(starts_chain, moment)).over(chain.rowsBetween(Window.unboundedPreceding, 0)),
            "gap_seconds": F.when(starts_chain, F.lit(0)).otherwise(F.floor(gap_micros / 1_000_000)).cast("bigint"),
        }
    )
    anchor = _anchor(moment, F.col("_chain_start"), max_hours, time_zone)
    return chained.withColumn("session_anchor", anchor).drop("_previous", "_chain_start")


def _anchor(moment: Column, chain_start: Column, max_hours: int, time_zone: str) -> Column:
    """Start of the block of ``max_hours`` that the event falls into, counted from the chain's start, later from midnight."""
    today = day_number(moment, time_zone)
    is_young = today - day_number(chain_start, time_zone) <= 1
    midnight = F.to_utc_timestamp(F.timestamp_seconds(today * _DAY_SECONDS), time_zone)
    base = F.when(is_young, chain_start).otherwise(midnight)
    block_micros = max_hours * 3_600_000_000
    blocks = F.floor((F.unix_micros(moment) - F.unix_micros(base)) / block_micros)
    return F.timestamp_micros(F.unix_micros(base) + blocks * block_micros)


def engaged_seconds(gap: Column, order: Column, *, cap_seconds: int = 300) -> Column:
    """Aggregate: seconds of attention in a session. Each gap between two events counts, at most ``cap_seconds``.

    The first event's own gap belongs to what came before it, so it is taken off again.
    """
    counted = F.least(gap, F.lit(cap_seconds))
    return F.sum(counted) - F.min_by(counted, order)
