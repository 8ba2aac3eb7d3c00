"""Readers never see half a run: they read the set of versions that the last run without a failure left."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import DataFrame

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import NEVER, Lake
from engagement_lib.engine.table import Recorded, Table


class PublishedLake(Lake):
    """A lake as readers see it: each table at its published version, whatever a run is doing to it now.

    Tables of operations (files, runs, checks) are read as they are. A table that was never published has no rows.
    """

    is_read_only = True

    def __init__(self, lake: Lake, published: Table) -> None:
        super().__init__(lake.spark, root=lake.root, catalog=lake.catalog)
        self._published: dict[str, tuple[int, str]] = {}
        # Asked here and kept: who says what the set was must not name one that was published meanwhile.
        rows = super().read(published, self.version(published)).collect()
        self._published = {row.table_id: (int(row.version), row.run_id) for row in rows}

    def exists(self, table: Table) -> bool:
        """Whether readers can see the table."""
        return super().exists(table) if isinstance(table.write, Recorded) else table.id in self._published

    def read(self, table: Table, version: int | None = None) -> DataFrame:
        """The table at its published version, or at the one that is asked for."""
        if version is None and not isinstance(table.write, Recorded):
            version, _ = self._published.get(table.id, (NEVER, ""))
        return super().read(table, version)

    def replaced_by(self, versions: dict[str, int], run_id: str) -> list[tuple[str, int, str]]:
        """The rows of the set with newer versions; those that stay keep the run that published them."""
        earlier = {name: run for name, (version, run) in self._published.items() if versions.get(name) == version}
        return [(name, version, earlier.get(name, run_id)) for name, version in sorted(versions.items())]


def publish(lake: Lake, published: Table, tables: Iterable[Table], run_id: str) -> bool:
    """Make the tables' present versions the set that readers see; False where that is the case already."""
    versions = {each.id: lake.version(each) for each in tables if not isinstance(each.write, Recorded) and lake.exists(each)}
    before = PublishedLake(lake, published)
    rows = before.replaced_by(versions, run_id)
    if all(run != run_id for _, _, run in rows):
        return False
    lake.overwrite(published, lake.frame(published, rows), Commit(run_id=run_id))
    return True
