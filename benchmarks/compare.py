"""Whether the lake and the DuckDB database hold the same rows: ``python benchmarks/compare.py LAKE DATABASE``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from contenders import REPORTS
from delta_files import live_files

from engagement_lib.engine.catalogue import select
from engagement_lib.pipeline import all_tables

#: Not in DuckDB: the number of a record in its file, the load, and English names of countries from the Unicode CLDR.
NOT_COMPARED = {"source_record", "_load"}
NOT_BUILT = {"gold.dim_country"}
TOLERANCE = 1e-9
#: Of what silver puts aside, the rows by these columns: their order within a file is the lake's own.
SET_ASIDE = {
    "silver.quarantine": ("source_file", "platform", "rule"),
    "silver.duplicates": ("source_file", "platform", "event_id"),
}


@dataclass(frozen=True)
class Rows:
    """Rows to compare: what they are called, the columns that know one row, and the others with their types."""

    name: str
    grain: Sequence[str]
    values: Mapping[str, str]
    is_counted: bool = False

    def of(self, table: str) -> str:
        """The rows of a table, or one row per grain with their number."""
        return f"(select {', '.join(self.grain)}, count(*) as rows from {table} group by all)" if self.is_counted else table


@dataclass(frozen=True)
class Difference:
    """What differs in one table: rows on each side, rows that only one side has, rows per column with another value, and
    columns that DuckDB does not have.
    """

    name: str
    ours: int
    theirs: int
    only_ours: int
    only_theirs: int
    columns: Mapping[str, int]
    absent: Sequence[str]

    def __str__(self) -> str:
        found = [f"{rows:,} rows differ in {name}" for name, rows in self.columns.items() if rows]
        if self.only_ours or self.only_theirs:
            found.append(f"{self.only_ours:,} rows only in the lake, {self.only_theirs:,} only in DuckDB")
        # A row that one side holds twice is joined twice, so the numbers of rows are compared too.
        if self.ours != self.theirs:
            found.append(f"DuckDB has {self.theirs:,} rows")
        if self.absent:
            found.append(f"DuckDB has no column {', '.join(self.absent)}")
        return f"{self.name:32} {self.ours:>12,} rows  {'; '.join(found) or 'equal'}"


def compare(lake: Path, database: Path) -> Iterator[Difference]:
    """The differences of all tables that both sides build, row by row by their grain; doubles may differ by 1e-9."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for rows in compared():
            files = live_files(lake / rows.name.replace(".", "/"))
            read = f"from read_parquet({files!r}, hive_partitioning = true)" if files else f"from {rows.name} limit 0"
            connection.execute(f"create or replace temp view lake_rows as {read}")
            yield _difference(connection, rows)


def compared() -> list[Rows]:
    """What is compared: events, what was put aside, and each gold table that the reports need."""
    chosen = [each for each in select(all_tables(), REPORTS) if each.id == "silver.events" or each.layer == "gold"]
    aside = [Rows(name, grain, {"rows": "bigint"}, is_counted=True) for name, grain in SET_ASIDE.items()]
    whole = [
        Rows(each.id, each.grain, {f.name: f.type for f in each.fields if f.name not in {*NOT_COMPARED, *each.grain}})
        for each in chosen
        if each.id not in NOT_BUILT
    ]
    return [*aside, *whole]


def _difference(connection: duckdb.DuckDBPyConnection, rows: Rows) -> Difference:
    ours, theirs = rows.of("lake_rows"), rows.of(rows.name)
    known = {name for (name,) in connection.execute(f"select column_name from (describe from {theirs})").fetchall()}
    values = {name: kind for name, kind in rows.values.items() if name in known}
    same_row = " and ".join(f"ours.{name} is not distinct from theirs.{name}" for name in rows.grain)
    differing = [f"count(*) filter (is_ours and is_theirs and {_differs(name, kind)})" for name, kind in values.items()]
    counts = ", ".join(["count(*) filter (is_theirs is null)", "count(*) filter (is_ours is null)", *differing])
    found = connection.execute(
        f"select (select count(*) from {ours}), (select count(*) from {theirs}), {counts} "
        f"from (select *, true as is_ours from {ours}) ours "
        f"full join (select *, true as is_theirs from {theirs}) theirs on {same_row}"
    ).fetchone()
    assert found is not None
    columns = dict(zip(values, found[4:], strict=True))
    return Difference(rows.name, *found[:4], columns, [name for name in rows.values if name not in known])


def _differs(name: str, kind: str) -> str:
    ours, theirs = f"ours.{name}", f"theirs.{name}"
    if kind == "double":
        return f"coalesce(abs({ours} - {theirs}) > {TOLERANCE}, ({ours} is null) <> ({theirs} is null))"
    return f"{ours} is distinct from {theirs}"


def main(argv: Sequence[str] | None = None) -> None:
    """Print a line per table."""
    parser = argparse.ArgumentParser(description="Compare the tables of a lake with those of the DuckDB pipeline.")
    parser.add_argument("lake", type=Path)
    parser.add_argument("database", type=Path, help="made with --tie-break tie_break_as_in_spark")
    arguments = parser.parse_args(argv)
    for difference in compare(arguments.lake, arguments.database):
        print(difference, flush=True)


if __name__ == "__main__":
    main()
