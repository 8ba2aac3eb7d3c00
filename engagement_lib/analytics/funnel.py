"""Funnels: how far users get through a sequence of steps, attempt by attempt.

Each user's events are sorted once, from the latest to the earliest; on the way every event learns how the funnel goes on
after it. That costs one pass per step over sorted rows, however many attempts a user makes, and joins nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import local_date, observed_until

Order = Literal["ordered", "strict", "any"]
Entry = Literal["first", "every"]
Step = str | Sequence[str]


@dataclass(frozen=True)
class Exclusion:
    """An event that takes an attempt out of the funnel when it happens after the step ``after`` (1 = the first) and before
    the step ``before`` (None: the last) or, where that is not reached, before the window closes."""

    event: str
    after: int = 1
    before: int | None = None


def funnel(
    events: DataFrame,
    steps: Sequence[Step],
    *,
    user: str | Sequence[str],
    timestamp: str,
    event_name: str,
    window_seconds: int,
    as_of: date | datetime,
    order: Order = "ordered",
    exclusions: Sequence[Exclusion] = (),
    entry: Entry = "first",
    entry_range: tuple[date, date] | None = None,
    tie_break: Sequence[str] = (),
    time_zone: str = "UTC",
    by: Sequence[str] = (),
) -> DataFrame:
    """One row per ``user`` (one column or several: user and item) and ``entry`` (1, 2, ... in time).

    Columns: ``by`` (values of the entering event), ``entered_at``, ``step_times`` (array: when each step was reached, null if
    it was not), ``furthest_step`` (0 < n <= steps; with order any: how many), ``is_converted``, ``seconds_to_convert`` (from
    the entry), ``is_excluded``, ``window_open`` (the window is not over at the end of ``as_of``, converted or not).

    - ``steps``: the event name of each step, or several names of which one does. One event satisfies one step only.
    - ``order``: ordered = the steps in time, whatever is between; strict = no other event of the user between (so ``events``
      must hold all that count); any = all steps from the entry on, in whatever order.
    - The window opens with the first step (any: with an event of any step) and includes its last instant,
      ``window_seconds`` later. Of several events that satisfy a step the earliest counts.
    - ``entry``: only the first such event of the user enters, or every one is an attempt of its own; attempts may overlap.
      ``entry_range``: first and last local day on which one may enter; later steps may lie outside.
    - ``tie_break``: columns that order events of one instant; events that still tie are taken in the order of the steps,
      after those that are no step, and then of their ``by``, of the later steps that they would do for, and of their names.

    Events without user or time, and after ``as_of``, do not count. Raises ValueError for arguments that do not fit together.
    """
    _refuse_misfits(steps, order, exclusions, entry)
    unit = [user] if isinstance(user, str) else list(user)
    until, window_micros = observed_until(as_of, time_zone), window_seconds * 1_000_000
    name = F.col(event_name)
    is_step = [F.coalesce(name.isin([step] if isinstance(step, str) else list(step)), F.lit(False)) for step in steps]
    is_stop = [F.coalesce(name == exclusion.event, F.lit(False)) for exclusion in exclusions]
    is_relevant = F.lit(True) if order == "strict" else F.array_contains(F.array(*is_step, *is_stop), True)
    marked = events.dropna(subset=[*unit, timestamp]).where(is_relevant & (F.unix_micros(timestamp) < until))
    marked = marked.select(
        *unit,
        F.struct(F.lit(None), *by).alias("_by"),
        F.col(timestamp).alias("_at"),
        _may_enter(local_date(events, timestamp, time_zone), entry_range).alias("_may_enter"),
        F.array_position(F.array(*is_step), True).alias("_step"),
        name.alias("_name"),
        *[F.col(column).alias(f"_tie_{place}") for place, column in enumerate(tie_break)],
        *[condition.alias(f"_is_{place}") for place, condition in enumerate(is_step)],
        *[condition.alias(f"_stops_{place}") for place, condition in enumerate(is_stop)],
    )
    latest_first = [F.desc("_at"), *[F.desc(f"_tie_{place}") for place in range(len(tie_break))], F.desc("_step")]
    # Names that do for the same step may differ in the others: what does for a later one comes later.
    last_resort = [*[F.desc(f"_is_{place}") for place in range(len(steps))], F.desc("_name")]
    backwards = Window.partitionBy(*unit).orderBy(*latest_first, *([F.desc("_by")] if by else []), *last_resort)
    chained = _chained(_placed(marked, backwards, len(exclusions)), backwards, len(steps), order)
    enters = F.col("_may_enter") & ((F.col("_step") > 0) if order == "any" else F.col("_is_0"))
    in_time = Window.partitionBy(*unit).orderBy(F.desc("_position"))
    entries = chained.where(enters).select("*", F.row_number().over(in_time).alias("entry"))
    wanted = entries if entry == "every" else entries.where(F.col("entry") == 1)
    is_converted = ~F.col("is_excluded") & (F.col("furthest_step") == len(steps))
    taken = F.unix_micros(F.array_max("step_times")) - F.unix_micros("entered_at")
    return _attempts(wanted, window_micros, len(steps), exclusions).select(
        *unit,
        "entry",
        *[F.col("_by")[column].alias(column) for column in by],
        "entered_at",
        "step_times",
        "furthest_step",
        is_converted.alias("is_converted"),
        F.when(is_converted, taken / 1_000_000).cast("bigint").alias("seconds_to_convert"),
        "is_excluded",
        (F.unix_micros("entered_at") + window_micros >= until).alias("window_open"),
    )


def _may_enter(day: Column, entry_range: tuple[date, date] | None) -> Column:
    return F.lit(True) if entry_range is None else day.between(*[F.lit(edge) for edge in entry_range])


def _placed(marked: DataFrame, backwards: WindowSpec, exclusions: int) -> DataFrame:
    """Adds ``_this``, what a chain holds of an event: its time, its position (1 = the user's latest event) and, for each
    exclusion, the time and position of the first such event after it."""
    later = backwards.rowsBetween(Window.unboundedPreceding, -1)
    numbered = marked.select("*", F.row_number().over(backwards).alias("_position"))
    this = [F.col("_at").alias("at"), F.col("_position").alias("position")]
    stops = [
        F.last(F.when(F.col(f"_stops_{place}"), F.struct(*this)), ignorenulls=True).over(later).alias(f"stop_{place}")
        for place in range(exclusions)
    ]
    return numbered.select("*", F.struct(*this, *stops).alias("_this"))


def _chained(placed: DataFrame, backwards: WindowSpec, steps: int, order: Order) -> DataFrame:
    """Adds ``_chain``: for an event of the first step the earliest way on through the steps, whatever the window; with
    order any the earliest event of each step from this event on."""
    later = backwards.rowsBetween(Window.unboundedPreceding, -1)
    from_here = backwards.rowsBetween(Window.unboundedPreceding, 0)
    this = F.col("_this")
    if order == "any":
        reached = [F.last(F.when(F.col(f"_is_{k}"), this), ignorenulls=True).over(from_here) for k in range(steps)]
        return placed.select("*", F.array(*reached).alias("_chain"))
    chained = placed.select("*", F.when(F.col(f"_is_{steps - 1}"), F.array(this)).alias("_chain"))
    for k in reversed(range(steps - 1)):
        following = F.lag("_chain").over(backwards) if order == "strict" else F.last("_chain", ignorenulls=True).over(later)
        way_on = F.when(following.isNull(), F.array(this)).otherwise(F.concat(F.array(this), following))
        chained = chained.select(*placed.columns, F.when(F.col(f"_is_{k}"), way_on).alias("_chain"))
    return chained


def _attempts(entries: DataFrame, window_micros: int, steps: int, exclusions: Sequence[Exclusion]) -> DataFrame:
    """The entries with what happened before the window closed."""
    deadline = F.unix_micros("_at") + window_micros
    stops = [F.get("_chain", k) for k in range(steps)]
    times = [F.when(F.unix_micros(stop["at"]) <= deadline, stop["at"]) for stop in stops]
    excluded = F.lit(False)
    for place, exclusion in enumerate(exclusions):
        after, before = exclusion.after - 1, (exclusion.before or steps) - 1
        stop = stops[after][f"stop_{place}"]
        is_between = F.when(times[before].isNotNull(), stop["position"] > stops[before]["position"]).otherwise(
            F.unix_micros(stop["at"]) <= deadline
        )
        excluded = excluded | F.coalesce(times[after].isNotNull() & stop.isNotNull() & is_between, F.lit(False))
    return entries.select(
        "*",
        F.col("_at").alias("entered_at"),
        F.array(*times).alias("step_times"),
        sum((at.isNotNull().cast("int") for at in times), F.lit(0)).alias("furthest_step"),
        excluded.alias("is_excluded"),
    )


def _refuse_misfits(steps: Sequence[Step], order: Order, exclusions: Sequence[Exclusion], entry: Entry) -> None:
    for argument, value, allowed in (("order", order, Order), ("entry", entry, Entry)):
        if value not in get_args(allowed):
            raise ValueError(f"{argument} is {value!r}; it can be {', '.join(get_args(allowed))}")
    if not steps or isinstance(steps, str):
        raise ValueError("a funnel has at least one step: a list of event names")
    names = [name for step in steps for name in ([step] if isinstance(step, str) else step)]
    if order == "any" and (exclusions or len(set(names)) < len(names)):
        raise ValueError("in any order the steps need different events, and nothing is between them to exclude")
    for exclusion in exclusions:
        last = exclusion.before or len(steps)
        if not 1 <= exclusion.after < last <= len(steps):
            raise ValueError(f"{exclusion} does not lie between two of the {len(steps)} steps")
