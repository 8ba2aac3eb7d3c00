"""The lake of sample_data beside the truth: each metric, where it is, its value, the truth, the difference.

    python -m tests.trust.sample_truth --lake lake

The lake must have been built from sample_data and nothing else (`make run`); its files are read by DuckDB. The truth is what the
generator counted while it wrote the files (tests/generator counts it a second time) and, for what it does not know, a recount in
SQL that reads silver only. Neither knows Spark, and the first not even a table of the lake.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.delta_files import live_files
from tests.trust.answer import differs, in_short
from tests.trust.planted_answers import PLANTED
from tests.trust.recount import recount
from tests.trust.recounted_engagement import CONTENT, DAYS
from tests.trust.recounted_users import BUSINESS, EXPERIMENTS, REFERENCES, USERS

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
ANSWERS = (*PLANTED, *DAYS, *CONTENT, *USERS, *BUSINESS, *EXPERIMENTS, *REFERENCES)


def opened(lake: Path) -> duckdb.DuckDBPyConnection:
    """The tables of a lake as views in DuckDB, each as its newest version is, and the recount of its silver."""
    database = duckdb.connect()
    for table in sorted(path.parent for path in lake.glob("*/*/_delta_log")):
        if files := live_files(table):
            database.execute("create schema if not exists " + table.parent.name)
            database.execute(f"set schema = '{table.parent.name}'")
            database.read_parquet(files).create_view(table.name)
    recount(database)
    return database


def planted() -> Mapping[str, Any]:
    """What the generator counted."""
    return json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, default="lake")
    database, truth, wrong = opened(parser.parse_args().lake), planted(), 0
    print("| metric | where | value | truth | difference | truth is |\n|---|---|---|---|---|---|")
    for answer in ANSWERS:
        value, expected = answer.found(database), answer.expected(database, truth)
        difference, source = differs(value, expected), "recounted" if isinstance(answer.truth, str) else "planted"
        wrong += difference != 0
        cells = [answer.metric, f"`{answer.where}`", in_short(value), in_short(expected), f"{difference:g}", source]
        print("| " + " | ".join(cells) + " |")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
