"""First and last day with data, and which days a run can be asked for because of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from engagement_lib.engine.days import Span
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.errors import ConfigError

#: How long after the last day with data windows may end. Reports have rows of each day up to there, also after a typing error.
_LATEST_AS_OF = timedelta(days=366)


def span_of(lake: Lake, merged: Iterable[Table]) -> Span | None:
    """First and last day with data of the merged tables, None before the first event."""
    commits = [lake.last_commit(each) for each in merged if lake.exists(each)]
    spans = [commit.span for commit in commits if commit and commit.span]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def days_with_data(redo: Iterable[date], as_of: date | None, span: Span | None) -> tuple[date, ...]:
    """Of the days to compute again those that a table may have rows of: up to the as-of day or the last day with data, and a
    day more at both ends, because the days of a report's time zone are not those of UTC."""
    if span is None:
        return ()
    first, last = span[0].toordinal() - 1, max(span[1], as_of or span[1]).toordinal() + 1
    return tuple(day for day in redo if first <= day.toordinal() <= last)


def refuse_days_without_data(redo: tuple[date, ...], as_of: date | None, span: Span | None) -> None:
    """Raises `ConfigError` if the as-of day is before all data or long after them, or if no day to compute again has any."""
    if span is None:
        return
    first, last = span
    if as_of and as_of < first:
        raise ConfigError(f"--as-of {as_of} is before the first day with data, {first}; give that day or a later one")
    if as_of and as_of - last > _LATEST_AS_OF:
        late = f"more than {_LATEST_AS_OF.days} days after the last day with data, {last}"
        raise ConfigError(f"--as-of {as_of} is {late}; give an earlier day")
    if redo and not days_with_data(redo, as_of, span):
        raise ConfigError(f"--from {redo[0]} --to {redo[-1]}: none is a day with data; these are {first} to {last}")
