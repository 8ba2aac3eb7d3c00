"""Which days of a table have to be computed again, from what its inputs' commits say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import ReplaceDays, Table
from engagement_lib.engine.users import NOBODY, Users, number_of

Span = tuple[date, date]


@dataclass(frozen=True)
class Work:
    """What is to be done for a table: ``days`` None = all of them, empty = nothing; ``why`` in words for people.

    ``user_days``: those of the days of which only rows of ``users`` and of nobody are computed again.
    """

    days: tuple[date, ...] | None
    why: str
    user_days: tuple[date, ...] = ()
    users: Users = NOBODY

    @property
    def is_nothing(self) -> bool:
        return self.days is not None and not self.days


NOTHING = Work((), "nothing new")


@dataclass
class Changes:
    """What changed in a table's inputs: on ``days`` rows of anybody, on ``user_days`` rows of ``users`` and of nobody.

    ``days`` None = any day may have, for the reason in ``names``; else these are the inputs with changes.
    """

    days: set[date] | None
    names: list[str] = field(default_factory=list)
    user_days: set[date] = field(default_factory=set)
    users: Users = NOBODY

    @property
    def all_days(self) -> set[date]:
        return (self.days or set()) | self.user_days

    def in_words(self) -> str:
        some = f" ({len(self.user_days)} for some users)" if self.user_days else ""
        return f"{len(self.all_days)} changed day(s){some} in {', '.join(self.names)}"


def changes_since(lake: Lake, last: Commit, inputs: Iterable[Table]) -> Changes:
    """What changed in the inputs since ``last`` consumed them."""
    days, user_days, users, names = set[date](), set[date](), NOBODY, list[str]()
    for needed in inputs:
        seen = last.inputs.get(needed.id)
        if seen is None:
            return Changes(None, [f"{needed.id} is a new input"])
        since = lake.unseen(needed, last)
        if since is None or any(version.is_reset for version in since):
            return Changes(None, [f"{needed.id} was made anew or restored"])
        if since and since[-1].number > seen + 1:
            return Changes(None, [f"the history of {needed.id} no longer reaches back to version {seen}"])
        commits = [version.commit for version in since if version.commit]
        if not commits:
            continue
        names.append(needed.id)
        for commit in commits:
            if commit.days is None:
                return Changes(None, [f"all of {needed.id} changed"])
            days |= {*commit.days} - {*commit.user_days}
            user_days |= {*commit.user_days}
            users |= commit.users
    return Changes(days, names, user_days - days, users)


def days_to_replace(lake: Lake, table: Table, last: Commit | None, span: Span | None) -> Work:
    """The days of a `ReplaceDays` table whose rows may differ now: those that read a changed day, and those newly covered."""
    assert isinstance(table.write, ReplaceDays)
    if last is None:
        return Work(None, "first build")
    changed = changes_since(lake, last, table.inputs)
    if changed.days is None:
        return Work(None, changed.names[0])
    back, ahead = table.write.reads

    def readers(of: Iterable[date]) -> set[date]:
        return {c + timedelta(days=n) for c in of for n in range(-ahead, -back + 1)}

    days = readers(changed.all_days)
    user_days = days - readers(changed.days) if table.user else set()
    if table.run_values and span:
        covered = set(_days(*last.span)) if last.span else set()
        days |= set(_days(*span)) ^ covered
        if "first_day" in table.run_values and last.span and last.span[0] != span[0]:
            # Whether a window reaches back before the first data is different now as long as windows are.
            days |= set(_days(min(last.span[0], span[0]), max(last.span[0], span[0]) - timedelta(days=back)))
        days = {day for day in days if span[0] <= day <= span[1] or day in covered}
    why = changed.in_words() if changed.all_days else "other days are covered"
    users = changed.users if user_days else NOBODY
    return Work(tuple(sorted(days)), why, tuple(sorted(user_days)), users) if days else NOTHING


def reads_of(table: Table, days: Iterable[date]) -> list[Span]:
    """The ranges of input days that are needed to compute the days."""
    assert isinstance(table.write, ReplaceDays)
    back, ahead = table.write.reads
    return ranges(day + timedelta(days=n) for day in days for n in range(back, ahead + 1))


def slices(lake: Lake, table: Table, versions: Mapping[str, int], days: Iterable[Span] | None, work: Work) -> list[DataFrame]:
    """The table's inputs at the given versions; those that have a day, only the days in the ranges (None = all), and what the
    work needs for some users only, only of them and of nobody: whose that is, identities may tell."""
    frames = []
    whole = reads_of(table, {*(work.days or ())} - {*work.user_days}) if work.user_days else []
    for needed in table.inputs:
        rows = lake.read(needed, versions[needed.id])
        if days is not None and needed.day is not None:
            rows = rows.where(within(needed.day, days))
        if work.user_days and needed.day and needed.user:
            rows = rows.where(within(needed.day, whole) | work.users.include(F.col(needed.user)))
        frames.append(rows)
    return frames


def is_left_alone(table: Table, work: Work) -> Column:
    """Whether a row is of a day that is computed again for some users only, and of none of them."""
    if not (table.day and table.user and work.user_days):
        return F.lit(False)
    return within(table.day, ranges(work.user_days)) & ~work.users.include(F.col(table.user))


def differing(new: DataFrame, old: DataFrame, day: str, user: str | None = None) -> tuple[tuple[date, ...], Users]:
    """The days of which one of two frames with the same columns has a row that the other has not, or has more often, and
    whose these rows are (of the column ``user``; without it this is not asked)."""
    both = new.withColumn("_times", F.lit(1)).unionByName(old.withColumn("_times", F.lit(-1)))
    rows = both.groupBy(*new.columns).agg(F.sum("_times").alias("_times")).where("_times <> 0")
    number = number_of(F.col(user)) if user else F.lit(None)
    found = rows.select(F.col(day).alias("day"), number.alias("number")).distinct().collect()
    return tuple(sorted({row.day for row in found})), Users(frozenset(row.number for row in found if user))


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
