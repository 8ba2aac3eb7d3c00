"""The same tables in hand-written DuckDB SQL, built from nothing: what a team on one machine would pick instead.

A process of its own: ``python benchmarks/duckdb_pipeline.py --landing DIR --database FILE``.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

SQL = Path(__file__).resolve().parent / "duckdb"
SOURCES = ("mobile_events", "web_events")
#: The SQL files after bronze, in the order of their running, with the layer of the tables that each builds.
SCRIPTS = {"silver": "silver", "facts": "gold", "reports": "gold"}


def main(argv: Sequence[str] | None = None) -> None:
    """Build the database file; prints a line per SQL file with the seconds since the start and those that it took."""
    arguments = _parser().parse_args(argv)
    started = time.monotonic()
    database = arguments.database.resolve()
    for file in (database, database.with_name(database.name + ".wal")):
        file.unlink(missing_ok=True)
    # File names become relative to the landing folder, as in the lake.
    os.chdir(arguments.landing)
    with duckdb.connect(str(database), config={"threads": arguments.threads}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        load_bronze(connection, Path())
        _tell(started, started, "bronze", "bronze")
        for name, layer in SCRIPTS.items():
            began = time.monotonic()
            if name == "facts":
                connection.execute(script(arguments.tie_break))
            connection.execute(script(name))
            _tell(started, began, name, layer)
        began = time.monotonic()
    _tell(started, began, "checkpoint", "end")


def script(name: str) -> str:
    """The text of one SQL file."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def load_bronze(connection: duckdb.DuckDBPyConnection, landing: Path) -> None:
    """Read all files; those with the same columns in the same order are read by one statement, so that rejects can be kept."""
    connection.execute(script("bronze"))
    for source in SOURCES:
        columns = [name for (name,) in connection.execute(COLUMNS_OF, [source]).fetchall()]
        for (form, header), paths in sorted(_files_by_layout(landing, source).items()):
            load = _csv_load(source, header, columns) if form == "csv" else _json_load(source, columns)
            connection.execute(load, [paths])
        connection.execute(KEEP_REJECTS, {"source": source})


COLUMNS_OF = """
    select column_name from duckdb_columns()
    where schema_name = 'bronze' and table_name = ? and column_name not in ('unknown_columns', 'source_file')
"""
KEEP_REJECTS = """
    insert into bronze.unparsable
    select $source, file_path, line, any_value(csv_line), any_value(error_message)
    from reject_errors join reject_scans using (scan_id, file_id)
    where starts_with(file_path, $source)
    group by all
"""


def _files_by_layout(landing: Path, source: str) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Paths by form and header line."""
    found = defaultdict(list)
    for path in sorted(landing.rglob("*")):
        is_hidden = path.name.startswith((".", "_"))
        if not path.is_file() or is_hidden or not path.as_posix().startswith(source):
            continue
        form = path.name.removesuffix(".gz").rpartition(".")[2]
        found[("csv", _header(path)) if form == "csv" else ("json", ())].append(path.as_posix())
    return found


def _header(path: Path) -> tuple[str, ...]:
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8-sig", newline="") as lines:
        return tuple(next(csv.reader(lines)))


def _csv_load(source: str, header: Iterable[str], columns: Sequence[str]) -> str:
    known = [name for name in header if name in columns]
    unknown = [name for name in header if name not in columns]
    kept = ", ".join(f"{_text(name)}: {_name(name)}" for name in unknown)
    values = [*map(_name, known), f"map {{{kept}}} as unknown_columns" if unknown else "null as unknown_columns"]
    types = ", ".join(f"{_text(name)}: 'varchar'" for name in header)
    return (
        f"insert into bronze.{source} by name select {', '.join(values)}, source_file "
        f"from read_csv(?, columns = {{{types}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        "filename = 'source_file', store_rejects = true)"
    )


def _json_load(source: str, columns: Sequence[str]) -> str:
    types = ", ".join(f"{_text(name)}: 'varchar'" for name in columns)
    return (
        f"insert into bronze.{source} by name select * from read_json(?, columns = {{{types}}}, format = 'newline_delimited', "
        "ignore_errors = true, filename = 'source_file')"
    )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _tell(started: float, began: float, name: str, layer: str) -> None:
    now = time.monotonic()
    print(f"{now - started:6.1f} s  {name:10} {layer:8} {now - began:6.1f} s", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Build all tables from the landed files with DuckDB.")
    parser.add_argument("--landing", type=Path, required=True, metavar="DIR", help="folder where files land")
    parser.add_argument("--database", type=Path, required=True, metavar="FILE", help="database file to write or replace")
    parser.add_argument("--threads", type=int, default=2, help="threads of DuckDB (default 2)")
    parser.add_argument(
        "--tie-break",
        choices=("tie_break", "tie_break_as_in_spark"),
        default="tie_break",
        help="what orders events of one instant: their id, or Spark's hash of it, slow here, to compare the results",
    )
    return parser


if __name__ == "__main__":
    main()
