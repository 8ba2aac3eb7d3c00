"""One pass of a `Merge` table over the loads it has not seen: kept, repeated or rejected, each record exactly once.

The mapped records are kept while the pass lasts, on disk where memory is short. Only the keys that occur more than once are
ranked; all others are written straight through.
The last of the three writes carries the state, so a killed run is repeated as a whole: the two tables set aside are
replaced from the first unseen load on.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib.engine.checks import Counted, conform, guarded
from engagement_lib.engine.commit import Commit
from engagement_lib.engine.days import ranges, within
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Merge, Table

_HASH, _IS_OLD = "_key_hash", "_is_old"


@dataclass(frozen=True)
class Merged:
    """What a pass did: rows added, days touched."""

    rows: int
    days: tuple[date, ...]


def merge(lake: Lake, table: Table, records: DataFrame, commit: Commit, *, consumed: int, counted: Counted) -> Merged:
    """Write the records of the loads after ``consumed`` (0 = all, what the tables hold is replaced).

    With a commit that restarts, the records are also all that the quarantine holds of earlier loads.
    """
    return _Pass(lake, table, records, commit, consumed, counted).run()


class _Pass:
    def __init__(self, lake: Lake, table: Table, records: DataFrame, commit: Commit, consumed: int, counted: Counted) -> None:
        assert isinstance(table.write, Merge)
        self.lake, self.table, self.write, self.consumed, self.counted = lake, table, table.write, consumed, counted
        self.commit, self.persisted = commit, list[DataFrame]()
        self.columns = [field.name for field in table.fields]
        self.is_first = consumed == 0
        self.is_replay = commit.is_restart and not self.is_first
        # Mapping a record costs more than all that follows, and each record is looked at several times.
        self.records = self._keep(records.withColumns({_HASH: F.xxhash64(*table.write.keys)}))
        self.kept = None if self.is_first else lake.read(table, lake.version(table))

    def run(self) -> Merged:
        try:
            return self._run()
        finally:
            for frame in self.persisted:
                frame.unpersist()

    def _run(self) -> Merged:
        days, rejects, contested = self._profile()
        exceptional = self._exceptional(rejects, contested)
        ranked = self._ranked(exceptional, days) if contested is not None else None
        losers = None if ranked is None else ranked.where(F.col("_rank") > 1)
        lost = [] if losers is None else losers.groupBy(_IS_OLD, "source_file").count().collect()
        demoted, repeats = {row.source_file for row in lost if row[_IS_OLD]}, sum(row["count"] for row in lost)
        rejected = exceptional.where(F.col("_rule").isNotNull()) if rejects and exceptional is not None else None
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._set_aside, (self.write.rejects, self.write.repeats), (rejected, losers if repeats else None)))
        changed = None if self.is_first else days
        self.commit = replace(
            self.commit,
            days=changed,
            span=self._span(days),
            demoted_files=tuple(sorted(demoted.union(self.commit.demoted_files))),
        )
        added = self._write(self._new_rows(ranked), days, replaces=bool(demoted))
        return Merged(added, days)

    def _profile(self) -> tuple[tuple[date, ...], int, DataFrame | None]:
        """Days touched, broken records, and the hashes of keys that need a decision: they occur twice, or are kept already."""
        is_valid = F.col("_rule").isNull()
        said = self.records.agg(
            F.collect_set(F.when(is_valid, F.col(self.write.day))).alias("days"), F.count_if(~is_valid).alias("rejects")
        ).first()
        assert said is not None
        days = tuple(sorted(said.days))
        keys = self.records.where(is_valid).select(_HASH, F.lit(1).alias("_new"))
        if self.kept is not None:
            keys = keys.unionByName(self._old(days).select(F.xxhash64(*self.write.keys).alias(_HASH), F.lit(0).alias("_new")))
        several = keys.groupBy(_HASH).agg(F.count("*").alias("_rows"), F.sum("_new").alias("_new"))
        contested = self._keep(several.where("_rows > 1 AND _new > 0").select(_HASH))
        return days, said.rejects, contested if contested.count() else None

    def _old(self, days: Iterable[date]) -> DataFrame:
        assert self.kept is not None
        return self.kept.where(within(self.write.day, ranges(days)))

    def _exceptional(self, rejects: int, contested: DataFrame | None) -> DataFrame | None:
        """The few records that are not written straight through, in one pass over the loads."""
        if not rejects and contested is None:
            return None
        broken = F.col("_rule").isNotNull()
        if contested is None:
            return self._keep(self.records.where(broken))
        marked = self.records.join(F.broadcast(contested.withColumn("_contested", F.lit(True))), _HASH, "left")
        return self._keep(marked.where(broken | F.col("_contested")).drop("_contested"))

    def _ranked(self, exceptional: DataFrame | None, days: tuple[date, ...]) -> DataFrame:
        """The deliveries of each contested key, old ones included, the kept one with ``_rank`` 1."""
        assert exceptional is not None
        new = exceptional.where(F.col("_rule").isNull())
        rivals = new.select(*self.columns, _HASH).withColumn(_IS_OLD, F.lit(False))
        if self.kept is not None:
            old = self._old(days).withColumns({_HASH: F.xxhash64(*self.write.keys), _IS_OLD: F.lit(True)})
            rivals = rivals.unionByName(old.join(F.broadcast(new.select(_HASH).distinct()), _HASH, "left_semi"))
        order = Window.partitionBy(*self.write.keys).orderBy(*self.write.order, F.desc(_IS_OLD))
        return self._keep(rivals.withColumn("_content", self._content()).withColumn("_rank", F.row_number().over(order)))

    def _content(self) -> Column:
        """A hash of all that the record says, so that content, not the name of a file, decides between equal arrivals."""
        technical = (*self.write.order, *self.write.keys)
        said = [name for name in self.columns if name not in technical and not name.startswith("_")]
        return F.xxhash64(F.to_json(F.struct(*said)))

    def _set_aside(self, target: Table, rows: DataFrame | None) -> None:
        """Replace what the target holds of the loads after the consumed one; a table without such rows is left alone."""
        self.lake.spark.sparkContext.setJobDescription(self.table.id)  # the thread is a new one, which knows none
        empties = self.is_first or (self.is_replay and target is self.write.rejects)
        if rows is None:
            # A pass that died may have left rows of these loads; by now they are no longer set aside.
            is_stale = empties or self.lake.newest_load(target) > self.consumed
            if not is_stale or not self.lake.exists(target):
                return
            rows = self.lake.read(target).where("false")
        else:
            rows = rows.withColumns({"delivered_load": F.col("_load"), "_load": self._load_of(rows)})
            rows = conform(target(rows), target)
        where = None if empties else f"_load > {int(self.consumed)}"
        self.lake.overwrite(target, guarded(rows, target), self.commit, where=where)

    def _load_of(self, rows: DataFrame) -> Column:
        """Rows that were kept until now, or come back, are put aside by this load; others by the load that brought them."""
        if _IS_OLD not in rows.columns:
            return F.col("_load")
        return F.when(F.col(_IS_OLD) | F.lit(self.is_replay), F.lit(self.commit.load)).otherwise(F.col("_load"))

    def _new_rows(self, ranked: DataFrame | None) -> DataFrame:
        valid = self.records.where(F.col("_rule").isNull())
        if ranked is None:
            return valid.select(*self.columns)
        contested = F.broadcast(ranked.select(_HASH).distinct())
        straight = valid.join(contested, _HASH, "left_anti").select(*self.columns)
        return straight.unionByName(ranked.where((F.col("_rank") == 1) & ~F.col(_IS_OLD)).select(*self.columns))

    def _write(self, rows: DataFrame, days: tuple[date, ...], *, replaces: bool) -> int:
        rows = self.counted.on(guarded(conform(rows, self.table), self.table))
        if self.is_first:
            self.lake.overwrite(self.table, rows, self.commit)
        elif replaces:
            near = within("old." + self.write.day, ranges(days))
            self.lake.upsert(self.table, rows, self.commit, keys=self.write.keys, within=near)
        else:
            self.lake.append(self.table, rows, self.commit, consumed=self.consumed)
        return self.lake.versions(self.table)[0].rows

    def _span(self, days: tuple[date, ...]) -> tuple[date, date] | None:
        """First and last day with data: of the rows before and the new ones together."""
        before = None if self.is_first else self.lake.last_commit(self.table)
        ends = [*days, *(before.span if before and before.span else ())]
        return (min(ends), max(ends)) if ends else None

    def _keep(self, frame: DataFrame) -> DataFrame:
        self.persisted.append(frame.persist())
        return frame
