"""The answers of truth.json found a second way: the files are read as text and counted in DuckDB's SQL.

Shares no code with the generator: a mistake in its truth must not be repeated here.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb

SQL = [Path(__file__).with_name(name) for name in ("recount.sql", "recount_behaviour.sql")]


def recount(landing: Path, scratch: Path) -> dict:
    """Everything that truth.json holds about a landing folder, besides the arguments of the generator."""
    events, entities = scratch / "events.ndjson", scratch / "entities.ndjson"
    paths = sorted(landing.glob("*/*"))
    _write_lines(events, landing, [path for path in paths if path.parent.name.endswith("_events")])
    _write_lines(entities, landing, [path for path in paths if not path.parent.name.endswith("_events")])
    with duckdb.connect() as database:
        database.execute("set variable records = ?", [str(events)])
        database.execute("set variable entities = ?", [str(entities)])
        for script in SQL:
            database.execute(script.read_text(encoding="utf-8"))
        answers = database.execute("select name, answer from answers").fetchall()
    return {name: json.loads(answer) for name, answer in answers}


def _write_lines(target: Path, landing: Path, paths: list[Path]) -> None:
    with open(target, "w", encoding="utf-8") as lines:
        for path in paths:
            name = path.relative_to(landing).as_posix()
            lines.write(json.dumps({"path": name, "record": 0}) + "\n")  # files without a record count, too
            for number, cells in enumerate(_records(path), 1):
                lines.write(json.dumps({"path": name, "record": number, "cells": cells}) + "\n")


def _records(path: Path) -> Iterator[dict[str, str | None] | None]:
    """By record its cells by column name, or None where it cannot be parsed. Blank lines are no records."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("utf-8-sig")
    if ".csv" not in path.name:
        yield from (_json_record(line) for line in text.split("\n") if line.strip())
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(rows)
    for row in rows:
        if row:
            yield dict(zip(header, row, strict=True)) if len(row) == len(header) else None


def _json_record(line: str) -> dict[str, str | None] | None:
    try:
        cells = json.loads(line)
    except json.JSONDecodeError:
        return None
    return {name: None if cell is None else str(cell) for name, cell in cells.items()}
