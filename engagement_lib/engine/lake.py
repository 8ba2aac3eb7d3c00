"""Where tables are and how they are read and written: with `storage` the only module that speaks Delta."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from delta import exceptions as delta_exceptions
from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as F

from engagement_lib.engine.commit import Commit, Version, versions_in
from engagement_lib.engine.folder import absolute, can_be_locked, clear_of_the_unborn, refuse_other_file_systems
from engagement_lib.engine.small_tables import SmallTables
from engagement_lib.engine.spark_catalog import refuse_other_catalogs
from engagement_lib.engine.storage import MERGE_METADATA, columns_of, declared, quiet_session
from engagement_lib.engine.table import AppendFiles, Table
from engagement_lib.errors import ConfigError

_RECENT = 20
#: The version of a table that does not exist yet.
NEVER = -1
#: Delta's exceptions in Python are conflicts all; they do not inherit from each other.
_CONFLICTS = tuple(kind for kind in vars(delta_exceptions).values() if isinstance(kind, type))


class Lake:
    """The tables of one deployment: folders below ``root``, or tables of Spark's own catalog.

    Reading and writing is by `Table`; nobody else builds a path or a name.
    """

    #: Whether nothing that is read goes into a commit.
    is_read_only = False

    def __init__(self, spark: SparkSession, *, root: str | None = None, catalog: str | None = None) -> None:
        if (root is None) == (catalog is None):
            raise ConfigError("lake: give either lake.root (a folder) or lake.catalog (a catalog name), not both")
        if catalog is not None:
            refuse_other_catalogs(spark, catalog)
        self.spark, self.root, self.catalog = spark, root and absolute(root), catalog
        if can_be_locked(self.root):
            refuse_other_file_systems(spark, str(root))
        self._versions: dict[str, list[Version]] = {}
        #: Whether nobody else writes to the lake: whoever holds its lock says so.
        self.is_locked = False
        self._small = SmallTables(spark) if can_be_locked(self.root) else None

    def location(self, table: Table) -> str:
        """The folder or the full name of a table."""
        return f"{self.catalog}.{table.layer}.{table.name}" if self.catalog else f"{self.root}/{table.layer}/{table.name}"

    def _delta(self, table: Table) -> DeltaTable:
        find = DeltaTable.forName if self.catalog else DeltaTable.forPath
        return find(self.spark, self.location(table))

    def exists(self, table: Table) -> bool:
        return bool(self.versions(table))

    def create(self, table: Table, *, replace: bool = False) -> None:
        """Make the empty table from its contract: types, required columns, comments, partitions, statistics."""
        if self.catalog:
            self.spark.sql("CREATE SCHEMA IF NOT EXISTS {schema}".format(schema=f"{self.catalog}.{table.layer}"))
        session = quiet_session(self.spark) if can_be_locked(self.root) else self.spark
        # Not createOrReplace: of a folder it refuses other columns, and with the same ones it leaves the rows in it.
        builder = (DeltaTable.replace if replace else DeltaTable.createIfNotExists)(session)
        builder = builder.tableName(table.id) if self.catalog else builder.location(self.location(table))
        if self.is_locked and not self.exists(table):
            clear_of_the_unborn(Path(self.location(table)))
        declared(builder, table).execute()
        self._versions.pop(table.id, None)

    def read(self, table: Table, version: int | None = None) -> DataFrame:
        """The table, at a version where one is given; no rows as long as nothing was ever written to it."""
        if version == NEVER or not self.exists(table):
            return self.spark.createDataFrame([], columns_of(table))
        # Where others may write, Delta has to know what was read: it looks for their changes in that when it commits.
        if version is not None and self._small and (self.is_locked or self.is_read_only):
            rows = self._small.read(self.location(table), version)
            if rows is not None:
                return rows
        reader = self.spark.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", version)
        return reader.table(self.location(table)) if self.catalog else reader.load(self.location(table))

    def read_known(self, table: Table) -> DataFrame:
        """The table as this run knows it; as it is by now where others may write to it (of a table that somebody writes to
        meanwhile Delta refuses a version that is older than its removed files are kept)."""
        return self.read(table, self.version(table) if self.is_locked else None)

    def versions(self, table: Table, *, after: int | None = None) -> list[Version]:
        """Versions of the table, newest first; all after ``after`` if the history still has them. Empty: no such table."""
        known = self._versions.get(table.id)
        if known is None:
            known = self._versions[table.id] = self._history(table, _RECENT)
        if after is not None and known and known[-1].number > after + 1:
            known = self._versions[table.id] = self._history(table, known[0].number - after)
        return known if after is None else [version for version in known if version.number > after]

    def unseen(self, table: Table, by: Commit) -> list[Version] | None:
        """Versions after the one that a commit has seen, newest first; None if that was a version of a table that is gone."""
        seen = by.inputs.get(table.id, NEVER)
        since = self.versions(table, after=max(seen - 1, NEVER))
        author = next((version.run_id for version in since if version.number == seen), None)
        is_gone = seen > NEVER and (not since or author not in (None, by.input_runs.get(table.id, author)))
        return None if is_gone else [version for version in since if version.number > seen]

    def _history(self, table: Table, limit: int) -> list[Version]:
        if can_be_locked(self.root):
            return versions_in(Path(self.location(table), "_delta_log"), limit)
        try:
            columns = ("version", "userMetadata", "operationMetrics", "operation")
            history = self._delta(table).history(limit).select(*columns).collect()
        except AnalysisException as problem:
            if _is_missing(problem):
                return []
            raise
        return [Version.of(row.version, row.asDict()) for row in history]

    def version(self, table: Table) -> int:
        """Number of the newest version, `NEVER` for a table that nothing was written to."""
        return next((version.number for version in self.versions(table)), NEVER)

    def last_commit(self, table: Table) -> Commit | None:
        """The newest commit that a run of ours made, None where there is none in reach or the table was reset since."""
        telling = self._telling(table)
        return telling.commit if telling else None

    def was_reset(self, table: Table) -> bool:
        """Whether the table was emptied or taken back since a run of ours wrote to it."""
        telling = self._telling(table)
        return telling is not None and telling.is_reset

    def _telling(self, table: Table) -> Version | None:
        """The newest version that says what the table holds."""
        telling = next((v for v in self.versions(table) if v.commit or v.is_reset), None)
        if telling is None and (versions := self.versions(table)) and versions[-1].number > 0:
            telling = next((v for v in self.versions(table, after=-1) if v.commit or v.is_reset), None)
        return telling

    def newest_load(self, table: Table) -> int:
        """Number of the newest load that the table contains, 0 where there is none."""
        last = self.last_commit(table)
        if last is None and isinstance(table.write, AppendFiles) and self.exists(table):
            # Of a table without new files Delta forgets our commit in time, if VACUUM or OPTIMIZE come after it.
            return self.read(table).agg(F.coalesce(F.max("_load"), F.lit(0))).collect()[0][0]
        return last.load if last else 0

    def matches_contract(self, table: Table) -> bool:
        """Whether the stored columns are those of the contract. The newest write of ours says it; else the table is opened."""
        newest = next(iter(self.versions(table)), None)
        if newest and newest.commit and newest.commit.contract == table.contract_hash:
            return True
        return self._stored(table) == {f.name: f.type for f in table.fields}

    def can_be_widened(self, table: Table) -> bool:
        """Whether the table only lacks optional columns of the contract, so that its rows stay as they are."""
        stored = self._stored(table)
        return stored == {f.name: f.type for f in table.fields if f.name in stored or f.required}

    def _stored(self, table: Table) -> dict[str, str]:
        """Type by column."""
        return {f.name: f.dataType.simpleString() for f in self.read(table).schema}

    def widen(self, table: Table) -> None:
        """Add the columns that the table lacks, null in each row."""
        writer = self.frame(table, ()).write.format("delta").mode("append").option("mergeSchema", "true")
        self._write(table, writer, self.last_commit(table) or Commit("", load=self.newest_load(table)))

    def frame(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> DataFrame:
        """Rows that the run itself made, in the table's columns."""
        return self.spark.createDataFrame(list(rows), columns_of(table)).coalesce(1)

    def record(self, table: Table, rows: Sequence[tuple[Any, ...]], commit: Commit) -> None:
        """Add rows that the run itself made; they carry the run's id, so that nothing has to be read first."""
        self._write(table, self.frame(table, rows).write.format("delta").mode("append"), commit)

    def append(self, table: Table, rows: DataFrame, commit: Commit, *, consumed: int | None = None) -> None:
        """Add rows. The load number makes the transaction known, so that the same load can't be added twice; with ``consumed``
        the load that the rows follow, so that of two runs that go on from there only one can add what both have read."""
        self._ensure(table)
        before = self.version(table)
        writer = rows.write.format("delta").mode("append")
        name, number = (table.id, commit.load) if consumed is None else (f"{table.id} after {consumed}", 0)
        self._write(table, writer.option("txnAppId", name).option("txnVersion", number), commit)
        if not any(version.run_id == commit.run_id for version in self.versions(table, after=before)):
            raise ConfigError(f"{table.id}: load {commit.load} was skipped, it or a later one is there; run again, or --rebuild")

    def overwrite(self, table: Table, rows: DataFrame, commit: Commit, *, where: str | None = None) -> None:
        """Replace all rows, or those for which the condition holds, in one transaction."""
        self._ensure(table)
        if self.versions(table)[0].is_created:
            # There is nothing to replace, and appending saves Delta the search for it: half of a small table's time.
            writer = rows.write.format("delta").mode("append")
            if not self.is_locked:
                # Of two runs that both see no rows only one may do it. Where a lock sees to that, the number is left out:
                # Delta builds the whole state of the table to look it up.
                writer = writer.option("txnAppId", table.id + " first rows").option("txnVersion", 0)
            self._write(table, writer, commit)
            return
        writer = rows.write.format("delta").mode("overwrite")
        self._write(table, writer.option("replaceWhere", where) if where else writer, commit)

    def upsert(self, table: Table, rows: DataFrame, commit: Commit, *, keys: Sequence[str], within: Column) -> None:
        """Insert rows, replacing those with the same keys; ``within`` says where old ones can be."""
        matches = within
        for key in keys:
            matches = matches & (F.col(f"old.{key}") == F.col(f"new.{key}"))
        self._ensure(table)
        # A merge takes no options: its metadata goes by way of the session.
        self.spark.conf.set(MERGE_METADATA, _signed(commit, table))
        try:
            merge = self._delta(table).alias("old").merge(rows.alias("new"), matches)
            merge.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
        finally:
            self.spark.conf.unset(MERGE_METADATA)
            self._versions.pop(table.id, None)

    def forget(self) -> None:
        """Ask the tables again for their versions: somebody else may have written."""
        self._versions.clear()

    def _ensure(self, table: Table) -> None:
        """Tables come into being with their first rows: each takes a commit, and many a lake has no use for some."""
        if not self.exists(table):
            self.create(table)

    def _write(self, table: Table, writer: DataFrameWriter, commit: Commit) -> None:
        self._ensure(table)
        writer = writer.option("userMetadata", _signed(commit, table))
        try:
            (writer.saveAsTable if self.catalog else writer.save)(self.location(table))
        finally:
            self._versions.pop(table.id, None)


def _signed(commit: Commit, table: Table) -> str:
    return replace(commit, contract=table.contract_hash).to_json()


def is_conflict(problem: Exception) -> bool:
    """Whether a write failed because somebody else wrote to the table meanwhile; nothing of it is in the table then."""
    return isinstance(problem, _CONFLICTS)


def _is_missing(problem: AnalysisException) -> bool:
    marks = "DELTA_MISSING_DELTA_TABLE|DELTA_TABLE_NOT_FOUND|PATH_NOT_FOUND|TABLE_OR_VIEW_NOT_FOUND"
    return re.search(marks, str(problem)) is not None
