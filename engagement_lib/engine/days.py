"""Which days of a table have to be computed again, from what its inputs' commits say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import ReplaceDays, Table

Span = tuple[date, date]


@dataclass(frozen=True)
class Work:
    """What is to be done for a table: ``days`` None = all of them, empty = nothing; ``why`` in words for people."""

    days: tuple[date, ...] | None
    why: str

    @property
    def is_nothing(self) -> bool:
        return self.days is not None and not self.days


NOTHING = Work((), "nothing new")


def changed_days(lake: Lake, table: Table, last: Commit, inputs: Iterable[Table]) -> tuple[set[date] | None, list[str]]:
    """Days that changed in the inputs since ``last`` consumed them, and which inputs they are in. None = any day may have."""
    days: set[date] = set()
    names: list[str] = []
    for needed in inputs:
        seen = last.inputs.get(needed.id)
        if seen is None:
            return None, [f"{needed.id} is a new input"]
        since = lake.unseen(needed, last)
        if since is None:
            return None, [f"{needed.id} was made anew"]
        if since and since[-1].number > seen + 1:
            return None, [f"the history of {needed.id} no longer reaches back to version {seen}"]
        commits = [version.commit for version in since if version.commit]
        if not commits:
            continue
        names.append(needed.id)
        if any(commit.days is None for commit in commits):
            return None, [f"all of {needed.id} changed"]
        days.update(*[commit.days or () for commit in commits])
    return days, names


def days_to_replace(lake: Lake, table: Table, last: Commit | None, span: Span | None) -> Work:
    """The days of a `ReplaceDays` table whose rows may differ now: those that read a changed day, and those newly covered."""
    assert isinstance(table.write, ReplaceDays)
    if last is None:
        return Work(None, "first build")
    changed, names = changed_days(lake, table, last, table.inputs)
    if changed is None:
        return Work(None, names[0])
    back, ahead = table.write.reads
    days = {c + timedelta(days=n) for c in changed for n in range(-ahead, -back + 1)}
    if table.run_values and span:
        covered = set(_days(*last.span)) if last.span else set()
        days |= set(_days(*span)) ^ covered
        if "first_day" in table.run_values and last.span and last.span[0] != span[0]:
            # Whether a window reaches back before the first data is different now as long as windows are.
            days |= set(_days(min(last.span[0], span[0]), max(last.span[0], span[0]) - timedelta(days=back)))
        days = {day for day in days if span[0] <= day <= span[1] or day in covered}
    why = f"{len(changed)} changed day(s) in {', '.join(names)}" if changed else "other days are covered"
    return Work(tuple(sorted(days)), why) if days else NOTHING


def reads_of(table: Table, days: Iterable[date]) -> list[Span]:
    """The ranges of input days that are needed to compute the days."""
    assert isinstance(table.write, ReplaceDays)
    back, ahead = table.write.reads
    return ranges(day + timedelta(days=n) for day in days for n in range(back, ahead + 1))


def slices(lake: Lake, table: Table, versions: Mapping[str, int], days: Iterable[Span] | None) -> list[DataFrame]:
    """The table's inputs at the given versions; those that have a day, only the days in the ranges (None = all)."""
    frames = []
    for needed in table.inputs:
        rows = lake.read(needed, versions[needed.id])
        frames.append(rows if days is None or needed.day is None else rows.where(within(needed.day, days)))
    return frames


def differing_days(new: DataFrame, old: DataFrame, day: str) -> tuple[date, ...]:
    """The days of which one of two frames with the same columns has a row that the other has not, or has more often."""
    both = new.withColumn("_times", F.lit(1)).unionByName(old.withColumn("_times", F.lit(-1)))
    differing = both.groupBy(*new.columns).agg(F.sum("_times").alias("_times")).where("_times <> 0")
    return tuple(sorted(row[0] for row in differing.select(day).distinct().collect()))


def on_days(column: str, days: Iterable[date]) -> str:
    """A condition for a set of days, written with as few ranges as possible.

    Not BETWEEN: Delta 4.4 fails to resolve it in a condition for replacing rows ("Invalid call to nullable").
    """
    form = "({column} >= DATE'{first}' AND {column} <= DATE'{last}')"
    return " OR ".join(form.format(column=column, first=first, last=last) for first, last in ranges(days)) or "false"


def ranges(days: Iterable[date]) -> list[tuple[date, date]]:
    """The days as ranges without holes, both ends included."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and found[-1][1] + timedelta(days=1) == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def within(column: str, spans: Iterable[Span]) -> Column:
    """Whether a day lies in one of the ranges."""
    condition = F.lit(False)
    for first, last in spans:
        condition = condition | F.col(column).between(F.lit(first), F.lit(last))
    return condition


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
