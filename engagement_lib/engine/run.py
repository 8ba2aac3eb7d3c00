"""Running one table: what it needs now, and how its rows are replaced."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine import days as d
from engagement_lib.engine.checks import BrokenRule, Counted, conform, guarded
from engagement_lib.engine.commit import Commit, plain
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.merge import merge
from engagement_lib.engine.table import AppendFiles, Merge, Rebuild, ReplaceDays, SetAside, Table, overridden
from engagement_lib.errors import ConfigError, EngagementError


@dataclass(frozen=True)
class Outcome:
    """What a run did with a table: ``status`` is written, nothing new, failed or not run; ``days`` None = all."""

    table: str
    status: str
    why: str
    days: int | None = 0
    rows: int = 0
    seconds: float = 0.0
    warnings: tuple[BrokenRule, ...] = ()
    error: EngagementError | None = None
    source_changed: bool = False


@dataclass
class Run:
    """One run over a lake. ``as_of`` None = the last day with data; ``redo``: days that are computed again in any case."""

    lake: Lake
    run_id: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    as_of: date | None = None
    redo: tuple[date, ...] = ()
    rebuild: bool = False
    data_span: d.Span | None = None

    def span(self) -> d.Span | None:
        """First day with data and the as-of day: what reports cover."""
        if self.data_span is None:
            return None
        first, last = self.data_span
        return (first, self.as_of or last) if first <= (self.as_of or last) else None

    def parameters_of(self, table: Table) -> dict[str, Any]:
        return overridden(table, self.parameters)

    def prepare(self, tables: Iterable[Table]) -> None:
        """Before any job: tables that exist are as their contracts say, and none was built with other parameters."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._prepare, tables))

    def _prepare(self, table: Table) -> None:
        if not self.lake.exists(table):
            return
        if not self.lake.matches_contract(table):
            self.refuse_other_columns(table)
            if isinstance(table.write, AppendFiles):
                self.lake.widen(table)
            else:
                self.lake.create(table, replace=True)
        self.refuse_other_parameters(table)

    def refuse_other_parameters(self, table: Table) -> None:
        """Raises `ConfigError` where rows made with other parameters would stay beside new ones."""
        if not self.rebuild and (changed := self.other_parameters(table)):
            # A table of before a parameter was there has no value to go back to.
            last = self.lake.last_commit(table)
            way_back = ", or set it back" if last and self.parameters_of(table).keys() <= last.parameters.keys() else ""
            raise ConfigError(f"{table.id} was built with {changed}; run with --rebuild --select '{table.id}+'{way_back}")

    def other_parameters(self, table: Table) -> str:
        """The parameters with which the table's rows were made otherwise than they would be now, in words; empty if none."""
        last = None if isinstance(table.write, SetAside) else self.lake.last_commit(table)
        before, now = last.parameters if last else {}, plain(self.parameters_of(table))
        differing = sorted(name for name in {*before, *now} if before.get(name) != now.get(name)) if last else []
        return ", ".join(f"{name}={before.get(name)} (now {now.get(name)})" for name in differing)

    def refuse_other_columns(self, table: Table) -> None:
        """Raises `ConfigError` where this run cannot make the stored columns those of the contract, from which they differ."""
        way = f"; run with --rebuild --select '{table.id}+'"
        if is_bronze := isinstance(table.write, AppendFiles):
            way = " by more than new optional ones; give the new columns other names, or load everything into a new lake"
        if not (self.lake.can_be_widened(table) if is_bronze else self.rebuild):
            raise ConfigError(f"{table.id}: the stored columns differ from the contract{way}")

    def work(self, table: Table) -> d.Work:
        """What the table needs now."""
        last = self.lake.last_commit(table)
        if last is None and table.inputs and not any(map(self.lake.exists, table.inputs)):
            return d.Work((), "nothing was ever written to its inputs")
        is_of_days = table.run_values or (isinstance(table.write, Rebuild) and table.write.reads)
        if last is None and is_of_days and self.span() is None:
            return d.Work((), "no day with data yet")
        if self.rebuild or last is None:
            return d.Work(None, "rebuild" if self.rebuild and last else "first build")
        if isinstance(table.write, Merge):
            newest = max(self.lake.newest_load(i) for i in table.inputs)
            return d.Work(None, f"loads {last.load + 1} to {newest}") if newest > last.load else d.NOTHING
        if isinstance(table.write, ReplaceDays):
            found = d.days_to_replace(self.lake, table, last, self.span())
            if self.redo and found.days is not None:
                why = "asked for" if found.is_nothing else found.why
                user_days = tuple(day for day in found.user_days if day not in self.redo)
                return d.Work(tuple(sorted({*found.days, *self.redo})), why, user_days, found.users)
            return found
        return self._work_of_rebuild(table, last)

    def _work_of_rebuild(self, table: Table, last: Commit) -> d.Work:
        assert isinstance(table.write, Rebuild)
        changed = d.changes_since(self.lake, last, table.inputs)
        window = self._window(table)
        if changed.days is None:
            return d.Work(None, changed.names[0])
        if (window or table.run_values) and last.span != self.span():
            return d.Work(None, "the as-of day moved")
        if any(window is None or window[0] <= day <= window[1] for day in changed.all_days):
            return d.Work(None, changed.in_words())
        return d.NOTHING

    def _window(self, table: Table) -> d.Span | None:
        span = self.span()
        if span is None or not isinstance(table.write, Rebuild) or table.write.reads is None:
            return None
        back, ahead = table.write.reads
        return (span[1] + d.timedelta(days=back), span[1] + d.timedelta(days=ahead))

    def refresh(self, table: Table) -> Outcome:
        """Bring one table up to date."""
        started = time.monotonic()
        last, work = self.lake.last_commit(table), self.work(table)
        if work.is_nothing:
            return Outcome(table.id, "nothing new", work.why, seconds=time.monotonic() - started)
        counted = Counted(table)
        commit = Commit(
            run_id=self.run_id,
            inputs={needed.id: self.lake.version(needed) for needed in table.inputs},
            input_runs={needed.id: newest.run_id for needed in table.inputs for newest in self.lake.versions(needed)[:1]},
            parameters=self.parameters_of(table),
            days=work.days,
            user_days=work.user_days,
            users=work.users,
            span=self.span(),
            load=max(
                [last.load if last else 0, *[self.lake.newest_load(i) for i in table.inputs if isinstance(i.write, AppendFiles)]]
            ),
            source_hash=table.source_hash,
        )
        is_merge = isinstance(table.write, Merge)
        days, rows = self._merge(table, commit, counted) if is_merge else self._replace(table, work, commit, counted)
        is_added_to = is_merge or work.days is not None
        is_changed = bool(last and last.source_hash != table.source_hash and not self.rebuild and is_added_to)
        seconds, warnings = time.monotonic() - started, tuple(counted.warnings(rows))
        return Outcome(table.id, "written", work.why, days, rows, seconds, warnings, source_changed=is_changed)

    def _merge(self, table: Table, commit: Commit, counted: Counted) -> tuple[int, int]:
        last = self.lake.last_commit(table)
        consumed = 0 if self.rebuild or last is None else last.load
        frames = [self.lake.read(needed, commit.inputs[needed.id]) for needed in table.inputs]
        if consumed:
            frames = [rows.where(rows["_load"] > consumed) for rows in frames]
        records = table(*frames, **self.parameters_of(table))
        aside = [self.lake.newest_load(each) for each in (table.write.rejects, table.write.repeats)]  # type: ignore[union-attr]
        if not consumed and (last or any(aside)):
            # What is set aside is replaced first: by a number above all others, a rebuild that dies then can be completed.
            commit = replace(commit, load=max(commit.load, *aside) + 1, is_restart=True)
        merged = merge(self.lake, table, records, commit, consumed=consumed, counted=counted)
        return len(merged.days), merged.rows

    def _replace(self, table: Table, work: d.Work, commit: Commit, counted: Counted) -> tuple[int | None, int]:
        span = self.span()
        # Without a day with data a table's own values stand for them.
        run_values = dict(zip(("first_day", "as_of"), span, strict=True)) if span else {}
        given = {name: value for name, value in run_values.items() if name in table.run_values}
        window = self._window(table)
        ranges = [window] if window else None if work.days is None else d.reads_of(table, work.days)
        frames = d.slices(self.lake, table, commit.inputs, ranges, work)
        rows = table(*(frames or [self.lake.spark.range(1)]), **self.parameters_of(table), **given)
        if table.run_values and span is not None:
            rows = rows.where(d.within(table.day or "", [span])) if table.day else rows
        where = d.on_days(table.day, work.days) if work.days is not None and table.day else None
        rows = conform(rows.where(where) if where else rows, table)
        is_compared = isinstance(table.write, Rebuild) and table.day and self.lake.last_commit(table) and not self.rebuild
        if work.user_days or is_compared:
            return self._replace_differing(table, rows, work, commit, counted)
        # Partitioned first: the grain is then checked where the rows are.
        rows = guarded(rows.repartition(table.partition), table) if table.partition else guarded(rows, table).coalesce(1)
        self.lake.overwrite(table, counted.on(rows), commit, where=where)
        return None if work.days is None else len(work.days), self.lake.versions(table)[0].rows

    def _replace_differing(
        self, table: Table, rows: DataFrame, work: d.Work, commit: Commit, counted: Counted
    ) -> tuple[int, int]:
        """Replace the days that were computed for everybody, and of those computed for some users, or of all days of a
        `Rebuild`, the ones on which rows differ from the stored ones."""
        assert table.day and isinstance(table.write, Rebuild | ReplaceDays)
        unread, user = (table.write.unread, table.write.resolves) if isinstance(table.write, Rebuild) else ((), table.user)
        is_left_alone, stored = d.is_left_alone(table, work), self.lake.read(table)
        is_looked_at = d.within(table.day, d.ranges(work.user_days)) if work.user_days else F.lit(True)
        # Rows that stay were checked when they were computed, as those of all other days.
        rows = guarded(rows.where(~is_left_alone), table).persist()
        try:
            new, old = rows.where(is_looked_at), stored.where(is_looked_at & ~is_left_alone)
            # Without a lock another run may write meanwhile: it is in conflict only with rows that the write itself computes.
            is_alone = self.lake.is_locked or not work.user_days
            days, users = d.differing(new, old, table.day, user) if is_alone else (work.user_days, work.users)
            seen, whole = days, {*(work.days or ())} - {*work.user_days}
            if unread and days:
                seen, users = d.differing(new.drop(*unread), old.drop(*unread), table.day, user)
            said = replace(commit, days=tuple(sorted(whole | {*seen})), user_days=seen if user else (), users=users)
            where = d.on_days(table.day, whole | {*days})
            then = rows.unionByName(stored.where(is_left_alone)).where(where)
            then = then.repartition(table.partition) if table.partition else then.coalesce(1)
            self.lake.overwrite(table, counted.on(then), said, where=where)
            return len(whole) + len(days), self.lake.versions(table)[0].rows
        finally:
            rows.unpersist()
