"""Whether two lakes hold the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import duckdb

from benchmarks.delta_files import live_files
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table

#: Numbers of loads, and times of files, depend on how often a run was started.
TECHNICAL = ("_load", "load", "delivered_load", "modified_seconds")
#: Where a record came from depends on how it was delivered.
PROVENANCE = ("source_file", "source_record")


def counted_rows(lake: Lake, table: Table, without: Collection[str] = TECHNICAL) -> Counter[tuple]:
    """The table's rows as texts and how often each is there, read from the files of its newest version: a small table is read
    before Spark has planned to."""
    files = live_files(Path(lake.location(table)))
    if not files:
        return Counter()
    rows = duckdb.read_parquet(files, hive_partitioning=True, union_by_name=True)
    kept = [duckdb.ColumnExpression(f.name).cast("VARCHAR") for f in table.fields if f.name not in without]
    return Counter(rows.select(*kept).fetchall())
