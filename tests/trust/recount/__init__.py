"""The metrics a second time: SQL over silver and nothing else, written from the definitions and not from the code of gold."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.trust.recount.comparisons import add_comparisons

SCRIPTS = sorted(Path(__file__).parent.glob("*.sql"))


def recount(database: duckdb.DuckDBPyConnection) -> None:
    """Adds the schema ``recount`` to a database with the tables of silver."""
    for script in SCRIPTS:
        database.execute(script.read_text(encoding="utf-8"))
    add_comparisons(database)
