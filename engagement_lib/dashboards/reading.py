"""The rows of the pages, out of the lake: a few small reads, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib import vocabulary
from engagement_lib.dashboards.data import Facts, most_active, needed_columns
from engagement_lib.dashboards.tile import Page
from engagement_lib.docs.catalogue import History
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.tables.gold.dim_country import dim_country
from engagement_lib.tables.gold.report_content_completion import report_content_completion
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from engagement_lib.tables.ops.checks import checks
from engagement_lib.tables.ops.files import files
from engagement_lib.tables.ops.runs import runs

#: Items that a page knows by name, per platform: the most completed ones.
ITEMS = 100
#: Columns that the header of all pages needs besides those of the tiles.
_HEADER = {
    report_daily_engagement.id: ("activity_date", "split", "split_value", "events", "silent_platforms"),
    files.id: ("modified_seconds",),
    runs.id: tuple(f.name for f in runs.fields),
    checks.id: tuple(f.name for f in checks.fields),
}


def read_facts(lake: Lake, pages: Iterable[Page]) -> Facts:
    """Everything that the pages show, as plain values; a table that does not exist yet has no rows."""
    tiles = [tile for page in pages for tile in page.tiles]
    columns = needed_columns(tiles)
    questions = {tile.table: columns[tile.table.id] for tile in tiles}
    questions[dim_country] = [f.name for f in dim_country.fields]
    summaries = {tile.table for tile in tiles if tile.is_summary}

    def answer(table: Table) -> list[dict[str, Any]]:
        if not all(map(lake.exists, table.inputs if table in summaries else (table,))):
            return []
        chosen = {*questions[table], *table.grain, *_HEADER.get(table.id, ())}
        rows = table(*map(lake.read, table.inputs)) if table in summaries else _narrowed(lake, table)
        return _plain_rows(rows.select(*(f.name for f in table.fields if f.name in chosen)), table)

    # Each question is a small job of which most is waiting: side by side they take as long as the slowest.
    with ThreadPoolExecutor(len(questions)) as pool:
        answers = dict(zip((table.id for table in questions), pool.map(answer, questions), strict=True))
    names = {row["country_code"]: row["country_name"] for row in answers.pop(dim_country.id)}
    return facts_of(answers, names, _run_ids(lake))


def read_history(lake: Lake) -> History:
    """What the newest runs wrote down, without anything else."""
    rows = [
        _plain_rows(_narrowed(lake, table), table) if lake.exists(table) and lake.exists(runs) else [] for table in (runs, checks)
    ]
    return History(_run_ids(lake), *rows)


def _run_ids(lake: Lake) -> list[str]:
    """The newest runs, the newest first."""
    return list(dict.fromkeys(version.commit.run_id for version in lake.versions(runs) if version.commit))


def facts_of(rows: dict[str, list[dict[str, Any]]], countries: dict[str, str], run_ids: Sequence[str] = ()) -> Facts:
    """The rows with what their header says: span of days, days with a gap in the feed, age of the newest file.

    Runs come newest first; the checks to show are those of the newest one.
    """
    place = {run_id: n for n, run_id in enumerate(run_ids)}
    all_checks = rows.get(checks.id, [])
    shown = {
        runs.id: sorted(rows.get(runs.id, []), key=lambda row: (place.get(row["run_id"], len(place)), row["table_id"])),
        checks.id: [row for row in all_checks if not run_ids or row["run_id"] == run_ids[0]],
    }
    daily = rows.get(report_daily_engagement.id, [])
    total = [row for row in daily if row["split"] == vocabulary.TOTAL]
    days = [row["activity_date"] for row in total]
    times = [row["modified_seconds"] for row in rows.get(files.id, []) if row["modified_seconds"]]
    return Facts(
        rows={**rows, **shown},
        first_day=min(days, default=None),
        as_of=max(days, default=None),
        gaps={row["activity_date"]: list(row["silent_platforms"]) for row in total if row["silent_platforms"]},
        country_names=countries,
        offered=most_active(daily),
        run_ids=run_ids,
        checks=all_checks,
        delivered=datetime.fromtimestamp(max(times), UTC).strftime("%Y-%m-%d %H:%M UTC") if times else None,
    )


def _narrowed(lake: Lake, table: Table) -> DataFrame:
    """A table without the rows that no page shows: rare items, old runs."""
    rows = lake.read(table)
    if table is report_content_completion:
        best_first = Window.partitionBy("platform").orderBy(F.desc("content_completions"), *table.grain)
        ranked = rows.where(F.col("item_id") != vocabulary.TOTAL).withColumn("_rank", F.row_number().over(best_first))
        top = ranked.where(F.col("_rank") <= ITEMS).select("item_id").distinct()
        return rows.where(F.col("item_id") == vocabulary.TOTAL).unionByName(rows.join(F.broadcast(top), "item_id", "left_semi"))
    if table in (runs, checks):
        return rows.where(F.col("run_id").isin(_run_ids(lake)))
    return rows


def _plain_rows(rows: DataFrame, table: Table) -> list[dict[str, Any]]:
    """The rows in the order of the grain, because how a table lies in files must not show; days as ISO text."""
    found = [{name: _plain(value) for name, value in row.items()} for row in rows.toArrow().to_pylist()]
    return sorted(found, key=lambda row: tuple((row[name] is None, str(row[name])) for name in table.grain))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
