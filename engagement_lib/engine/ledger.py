"""The ledger of landed files: which contents are in bronze, and where each record of them went.

The ledger is a table, but it is never the only witness: loads that bronze holds and the ledger does not are read back
from bronze, so a killed run or a lost ledger neither doubles nor skips a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.commit import Commit, Version
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Merge, Rebuild, Table
from engagement_lib.errors import ConfigError
from engagement_lib.landing.files import Arrival

LOADED, REPEATED, REFUSED = "loaded", "repeated", "refused"


@dataclass(frozen=True)
class Entry:
    """One row of the ledger table, field by field."""

    source: str
    path: str
    file_hash: str
    verdict: str
    reason: str = ""
    size_bytes: int | None = None
    modified_seconds: float | None = None
    format: str | None = None
    records: int | None = None
    unknown_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    load: int | None = None
    events: int | None = None
    duplicates: int | None = None
    quarantined: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.source, self.path, self.file_hash)

    @property
    def is_balanced(self) -> bool:
        """Whether every record is accounted for, as far as silver has run."""
        return self.events is None or self.records == (self.events + (self.duplicates or 0) + (self.quarantined or 0))


@dataclass
class Ledger:
    """The entries in memory; `save` writes them if something changed."""

    lake: Lake
    table: Table
    entries: dict[tuple[str, str, str], Entry] = field(default_factory=dict)
    changed: set[tuple[str, str, str]] = field(default_factory=set)
    #: Up to which version of each table its records were counted, and which run wrote that.
    counted: dict[str, int] = field(default_factory=dict)
    counted_runs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, lake: Lake, table: Table, bronze: Iterable[Table]) -> Ledger:
        """The stored ledger, completed from bronze where a run ended before it could write it."""
        ledger = cls.stored(lake, table)
        for each in bronze:
            ledger._complete_from(each)
        return ledger

    @classmethod
    def stored(cls, lake: Lake, table: Table) -> Ledger:
        """The ledger as it is stored, for looking at; empty where there is none."""
        ledger = cls(lake, table)
        if last := lake.last_commit(table):
            ledger.counted, ledger.counted_runs = dict(last.inputs), dict(last.input_runs)
            ledger.entries = {entry.key: entry for entry in map(_entry, lake.read_known(table).collect())}
        return ledger

    def has_taken_in(self, arrival: Arrival) -> bool:
        """Whether a file of this path, size and time was taken in; a refused one is always looked at again."""
        return (arrival.source, arrival.path, arrival.size, arrival.modified_at) in self._taken_in

    @cached_property
    def _taken_in(self) -> set[tuple[str, str, int | None, float]]:
        return {
            (e.source, e.path, e.size_bytes, e.modified_seconds)
            for e in self.entries.values()
            if e.verdict != REFUSED and e.modified_seconds is not None
        }

    def put(self, entry: Entry) -> None:
        if self.entries.get(entry.key) != entry:
            self.entries[entry.key] = entry
            self.changed.add(entry.key)
            self.__dict__.pop("_taken_in", None)

    def loaded(self, source: str) -> dict[str, Entry]:
        """Loaded contents of a source by hash."""
        return {e.file_hash: e for e in self.entries.values() if e.source == source and e.verdict == LOADED}

    def paths(self, source: str) -> dict[str, set[str]]:
        """The contents that were taken in under each path."""
        found: dict[str, set[str]] = {}
        for entry in self.entries.values():
            if entry.source == source and entry.verdict != REFUSED:
                found.setdefault(entry.path, set()).add(entry.file_hash)
        return found

    def newest_load(self) -> int:
        return max((entry.load or 0 for entry in self.entries.values()), default=0)

    def records(self) -> int:
        """Records of all loaded files."""
        return sum(entry.records or 0 for entry in self.entries.values() if entry.verdict == LOADED)

    def _complete_from(self, bronze: Table) -> None:
        known = max((e.load or 0 for e in self.entries.values() if e.source == bronze.name), default=0)
        held = self.lake.newest_load(bronze)
        if held < known:
            raise ConfigError(
                f"{bronze.id} lost the loads {held + 1} to {known} that {self.table.id} knows: restore it, or delete the lake "
                "and load everything again from the landing folder"
            )
        if held > known:
            rows = self.lake.read_known(bronze).where(F.col("_load") > known).groupBy("_file", "_file_hash", "_load").count()
            for row in rows.collect():
                self.put(Entry(bronze.name, row["_file"], row["_file_hash"], LOADED, records=row["count"], load=row["_load"]))

    def count(self, merged: Table) -> None:
        """Count where the records of the newly merged loads went, and of files that lost an event to an earlier delivery."""
        self._count(merged)
        self._remember(merged)

    def _count(self, merged: Table) -> None:
        assert isinstance(merged.write, Merge)
        last = self.lake.last_commit(merged)
        if last is None:
            return
        since = self._since_saved(merged)
        commits = [version.commit for version in since or () if version.commit]
        if since is None or any(commit.is_restart and commit.days is None for commit in commits):
            self.recount(merged)
        mine = self.loaded_for(merged)
        waiting = {e.load for e in mine if e.load and e.load <= last.load and e.events is None}
        stale = {file for commit in commits for file in commit.demoted_files}
        if not waiting and not stale:
            return
        oldest = min(waiting, default=last.load + 1)
        loads = F.col("_load") >= oldest
        files = F.col("source_file").isin(*stale)
        wanted = loads | files if stale else loads
        # A delivery that gave way is put aside by a later load than the one that brought it.
        verdicts = {
            "events": (merged, "_load"),
            "duplicates": (merged.write.repeats, "delivered_load"),
            "quarantined": (merged.write.rejects, "_load"),
        }
        rows = [
            self.lake.read_known(each).where(wanted).select("source_file", F.col(load).alias("load"), F.lit(v).alias("verdict"))
            for v, (each, load) in verdicts.items()
        ]
        counts = _counted(rows, "source_file", "load", "verdict")
        for entry in mine:
            # Not more: of what was landed after the merged loads nothing is anywhere yet, and 0 would be taken for an answer.
            if entry.load and entry.load <= last.load and (entry.path in stale or entry.load >= oldest):
                self.put(replace(entry, **{verdict: counts.get((entry.path, entry.load, verdict), 0) for verdict in verdicts}))

    def count_rebuilt(self, kept: Iterable[Table]) -> None:
        """Count where the records of all files went whose tables were rebuilt: rows of ``kept``, or of what it calls its rest."""
        loads = {each: load for each in kept if (load := self._uncounted(each)) is not None}
        if not loads:
            return
        at = ("source", "source_file", "_load")
        rows = [
            self.lake.read_known(each).select(F.lit(each.inputs[0].name).alias("source"), *at[1:], F.lit("row").alias("verdict"))
            for each in loads
        ]
        rests = {each.write.rest for each in loads}  # type: ignore[union-attr]
        rows += [self.lake.read_known(rest).select(*at, "verdict") for rest in rests]
        found = _counted(rows, *at, "verdict")
        newest = {each.inputs[0].name: load for each, load in loads.items()}
        for entry in [e for each in loads for e in self.loaded_for(each)]:
            if entry.load and entry.load <= newest[entry.source]:
                delivery = (entry.source, entry.path, entry.load)
                events, duplicates, quarantined = (found.get((*delivery, v), 0) for v in ("row", "duplicate", "quarantined"))
                self.put(replace(entry, events=events, duplicates=duplicates, quarantined=quarantined))
        for each in loads:
            self._remember(each)

    def _uncounted(self, kept: Table) -> int | None:
        """The newest load that a rebuilt table and its rest contain both, if it was not counted yet."""
        assert isinstance(kept.write, Rebuild) and kept.write.rest
        [bronze] = kept.inputs
        last, rest = self.lake.last_commit(kept), self.lake.last_commit(kept.write.rest)
        if last is None or rest is None or last.inputs[bronze.id] != rest.inputs.get(bronze.id):
            return None
        is_known = self._since_saved(kept) == []
        waiting = (e for e in self.loaded_for(kept) if e.events is None and (e.load or 0) <= last.load)
        return None if is_known and not any(waiting) else last.load

    def loaded_for(self, table: Table) -> list[Entry]:
        """The loaded files that the inputs of a table hold."""
        sources = {needed.name for needed in table.inputs}
        return [e for e in self.entries.values() if e.source in sources and e.verdict == LOADED]

    def recount(self, merged: Table) -> None:
        """Forget the counts, because the merged table was built again."""
        for entry in self.loaded_for(merged):
            self.put(replace(entry, events=None, duplicates=None, quarantined=None))

    def _since_saved(self, table: Table) -> list[Version] | None:
        """Versions of a table that were not counted yet; None if the counts are those of a table that is gone."""
        return self.lake.unseen(table, self.lake.last_commit(self.table) or Commit(""))

    def _remember(self, table: Table) -> None:
        self.counted[table.id] = self.lake.version(table)
        self.counted_runs[table.id] = self.lake.versions(table)[0].run_id

    def save(self, run_id: str) -> bool:
        """Write the ledger if it changed; its commit says up to which version of each table it counted."""
        if not self.changed:
            return False
        rows = [tuple(getattr(entry, f.name) for f in self.table.fields) for _, entry in sorted(self.entries.items())]
        self.lake.overwrite(self.table, self.lake.frame(self.table, rows), Commit(run_id, self.counted, self.counted_runs))
        self.changed = set()
        return True

    def unbalanced(self) -> list[Entry]:
        """Loaded files whose records are not all accounted for: never empty-handed about what is wrong."""
        return [entry for entry in self.entries.values() if not entry.is_balanced]


def _counted(rows: Iterable[DataFrame], *by: str) -> dict[tuple[str | int, ...], int]:
    """How many rows all frames together have of each combination of the columns."""
    groups = reduce(DataFrame.unionByName, rows).groupBy(*by).count().collect()
    return {tuple(group[name] for name in by): group["count"] for group in groups}


def _entry(row) -> Entry:  # type: ignore[no-untyped-def]
    values = row.asDict()
    for name in ("unknown_columns", "missing_columns"):
        values[name] = tuple(values[name] or ())
    return Entry(**values)
