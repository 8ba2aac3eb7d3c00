"""Attempts at a content item: which start and which finish belong together.

Finishes divided by starts is not a completion rate: finishes come without a start, and starts twice. An attempt pairs
them, so that each event with a start or finish name belongs to exactly one attempt.
"""

from collections.abc import Sequence
from datetime import date, datetime

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import observed_until

_DAY_MICROS = 86_400_000_000


def content_attempts(
    events: DataFrame,
    *,
    user: str,
    item: str,
    timestamp: str,
    event_name: str,
    as_of: date | datetime,
    content_format: str | None = None,
    progress: str | None = None,
    start_events: Sequence[str] = ("item-started",),
    finish_events: Sequence[str] = ("item-finished",),
    progress_events: Sequence[str] = ("item-progress",),
    window_days: int = 30,
    restart_after_days: int | None = None,
    time_zone: str = "UTC",
    by: Sequence[str] = (),
) -> DataFrame:
    """One row per ``user``, ``item``, ``content_format`` (if given; null is a format of its own) and ``attempt`` (1, 2, ...).

    An attempt begins with a start. Further starts go on with it, as reading on does, until it is finished or, without a
    finish, more than ``restart_after_days`` (None: ``window_days``; 0: none) pass after its latest event. A finish closes
    it, however late. Progress before any start belongs to the start that follows so soon; a finish before any start, or after
    a finish, is an attempt without a start.

    Columns: ``started_at`` (first start), ``finished_at``, ``starts``, ``last_event_at``, ``max_progress`` (of ``progress``,
    a number on any event of the attempt, null if never reported), ``by`` (values of the attempt's first event),
    ``is_orphan_finish`` (finished without a start), ``seconds_to_finish``, ``is_completed`` (finished within ``window_days``
    of its start; null without a start) and ``is_mature`` (the window is over at the end of ``as_of``). Completion rate =
    is_completed / (is_completed or is_mature), over the attempts with a start. At one instant a start comes before progress
    and progress before a finish.
    Rows without user, item or time, with other names, and after ``as_of`` do not count.
    """
    unit = [user, item] + ([content_format] if content_format else [])
    moment = F.unix_micros(timestamp)
    until = observed_until(as_of, time_zone)
    name = F.col(event_name)
    kind = F.when(name.isin(*start_events), 0).when(name.isin(*progress_events), 1).when(name.isin(*finish_events), 2)
    seen = events.where(F.col(user).isNotNull() & F.col(item).isNotNull() & (moment < until)).select(
        *unit,
        F.col(timestamp).alias("_at"),
        kind.alias("_kind"),
        (F.col(progress) if progress else F.lit(None).cast("double")).alias("_progress"),
        *by,
    )
    gap_days = window_days if restart_after_days is None else restart_after_days
    numbered = _numbered(seen.where(F.col("_kind").isNotNull()), unit, gap_days * _DAY_MICROS, by)
    attempts = numbered.groupBy(*unit, "attempt").agg(
        F.min(F.when(F.col("_kind") == 0, F.col("_at"))).alias("started_at"),
        F.max(F.when(F.col("_kind") == 2, F.col("_at"))).alias("finished_at"),
        F.count_if(F.col("_kind") == 0).alias("starts"),
        F.max("_at").alias("last_event_at"),
        F.max("_progress").alias("max_progress"),
        F.min(F.struct("_at", "_kind", "_progress", *by)).alias("_first"),
    )
    window_micros = window_days * _DAY_MICROS
    started, finished = F.unix_micros("started_at"), F.unix_micros("finished_at")
    in_time = F.coalesce(finished - started <= window_micros, F.lit(False))
    return attempts.select(
        *[name for name in attempts.columns if name != "_first"],
        *[F.col("_first")[name].alias(name) for name in by],
        (F.col("started_at").isNull() & F.col("finished_at").isNotNull()).alias("is_orphan_finish"),
        ((finished - started) / 1_000_000).cast("bigint").alias("seconds_to_finish"),
        F.when(F.col("started_at").isNotNull(), in_time).alias("is_completed"),
        F.when(F.col("started_at").isNotNull(), started + window_micros < until).alias("is_mature"),
    )


def _numbered(seen: DataFrame, unit: Sequence[str], gap_micros: int, by: Sequence[str]) -> DataFrame:
    """The events with the number of their attempt. Of two finishes at one instant ``by`` says which one is without a start."""
    in_time = Window.partitionBy(*unit).orderBy("_at", "_kind", "_progress", *by)
    earlier = in_time.rowsBetween(Window.unboundedPreceding, -1)
    kind = F.col("_kind")
    # progress says neither that an attempt is open nor that it is closed, except where nothing came before it
    state = seen.select(
        "*",
        F.lag("_at").over(in_time).alias("_before"),
        F.last(F.when(kind != 1, kind), ignorenulls=True).over(earlier).alias("_last_kind"),
    )
    is_closed = F.col("_last_kind") == 2
    is_stale = F.unix_micros("_at") - F.unix_micros("_before") > gap_micros
    begins = (
        F.col("_before").isNull()
        | ((kind == 0) & (F.coalesce(is_closed, F.lit(False)) | is_stale))
        | ((kind == 2) & F.coalesce(is_closed, F.lit(False)))
    )
    so_far = in_time.rowsBetween(Window.unboundedPreceding, 0)
    return state.select("*", F.count_if(begins).over(so_far).cast("int").alias("attempt"))


def completion_counts(attempts: DataFrame, *, by: Sequence[str] = ()) -> DataFrame:
    """One row per combination of ``by``: ``attempts`` with a start that are completed or mature, ``completed`` ones,
    ``open`` ones (neither yet), ``orphan_finishes``, ``completion_rate`` = completed / attempts (null without any), ``mature``
    attempts, ``completed_of_mature``, and ``median_seconds`` from start to finish of the completed.
    ``attempts``: rows of ``content_attempts``."""
    is_decided: Column = F.col("is_completed") | F.col("is_mature")
    counts = attempts.groupBy(*by).agg(
        F.count_if(is_decided).alias("attempts"),
        F.count_if("is_completed").alias("completed"),
        F.count_if(~is_decided).alias("open"),
        F.count_if("is_orphan_finish").alias("orphan_finishes"),
        F.count_if("is_mature").alias("mature"),
        F.count_if(F.col("is_mature") & F.col("is_completed")).alias("completed_of_mature"),
        F.median(F.when(F.col("is_completed"), F.col("seconds_to_finish"))).alias("median_seconds"),
    )
    return counts.select("*", F.try_divide("completed", "attempts").alias("completion_rate"))
