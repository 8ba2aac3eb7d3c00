"""Charts as PNG files for mails and documents: what the pages show before anybody filters, over all days."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vl_convert

from engagement_lib import vocabulary
from engagement_lib.dashboards import charts
from engagement_lib.dashboards.data import Facts, Row
from engagement_lib.dashboards.tile import DIMENSIONS, Page, Tile, words
from engagement_lib.errors import ConfigError
from engagement_lib.web.document import isolated

#: A picture is as wide as a tile on a desktop, in twice the pixels.
WIDTH, SCALE, MOST_SERIES = 640, 2, 8
_TEXT = "#3c424c"
_DAY_MILLISECONDS = 86_400_000


def write_pictures(folder: Path, pages: Sequence[Page], facts: Facts) -> list[Path]:
    """Write a PNG for each chart over days that has rows, and return their paths. The same rows give the same pixels."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for page in pages:
            for tile in page.tiles:
                if tile.chart in ("line", "stack") and not tile.dates and (points := list(_points(tile, facts))):
                    path = folder / f"{page.name}-{tile.anchor}.png"
                    path.write_bytes(picture(tile, _ended(tile, points)))
                    written.append(path)
    except OSError as problem:
        raise ConfigError(f"pictures: {problem}") from problem
    return written


def _ended(tile: Tile, points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The points; a step of a stack ends where the next one would begin, so the last day has a second point."""
    last = max(point["x"] for point in points)
    return points + [{**p, "x": last + _DAY_MILLISECONDS} for p in points if tile.chart == "stack" and p["x"] == last]


def picture(tile: Tile, points: Sequence[dict[str, Any]]) -> bytes:
    """The tile's chart with its heading, on white."""
    spec = copy.deepcopy(charts.chart(tile))
    for source in spec["data"]:
        if source["name"] in ("rows", "gaps"):
            source["values"] = list(points) if source["name"] == "rows" else []
    spec["signals"] = [signal for signal in spec.get("signals", []) if signal["name"] != "width"]
    spec |= {"width": WIDTH, "background": "#ffffff", "padding": 14}
    spec["title"] = {"text": isolated(tile.heading), "anchor": "start", "fontSize": 14, "color": _TEXT, "offset": 10}
    return vl_convert.vega_to_png(spec, scale=SCALE)


def _points(tile: Tile, facts: Facts) -> Iterator[dict[str, Any]]:
    """Rows of everybody, or of the values of the split that the tile shows, the most frequent first."""
    rows = [row for row in facts.of(tile.table) if all(row[name] == value for name, value in tile.where.items())]
    if "split" in tile.names and "split" not in tile.where:
        rows = [row for row in rows if row["split"] == (tile.by if tile.by in DIMENSIONS else vocabulary.TOTAL)]
    columns = tile.columns[:1] if tile.over == "ratio" else tile.columns
    found = _one_per_day(tile, rows, columns)
    size: dict[str | None, float] = {}
    for (series, _), row in found.items():
        size[series] = size.get(series, 0) + (row[tile.columns[0]] or 0)
    shown = sorted(size, key=lambda series: (-size[series], str(series)))[:MOST_SERIES]
    for series in shown:
        for day, row in sorted((day, row) for (name, day), row in found.items() if name == series):
            at = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000
            for n, column in enumerate(columns):
                name = words(column) if series is None else _name(tile, series, facts)
                yield {"x": at, "y": _value(tile, row, column), "series": name, "partial": _is_partial(tile, row), "rank": n}


def _one_per_day(tile: Tile, rows: Iterable[Row], columns: Sequence[str]) -> dict[tuple[str | None, str], Row]:
    """The row of each series and day. What can be added up is, where a table has several, as one for each platform."""
    found: dict[tuple[str | None, str], Row] = {}
    for row in rows:
        key = (_series(tile, row), row[tile.day])
        before = found.get(key) if tile.over == "sum" else None
        found[key] = {**row, **{column: before[column] + row[column] for column in columns}} if before else row
    return found


def _series(tile: Tile, row: Row) -> str | None:
    if not tile.by:
        return None
    return row["split_value"] if "split" in tile.names and tile.by in DIMENSIONS else str(row[tile.by])


def _name(tile: Tile, value: str, facts: Facts) -> str:
    return isolated(facts.country_names.get(value, value) if tile.by == "country_code" else value)


def _value(tile: Tile, row: Row, column: str) -> float | None:
    if tile.over != "ratio":
        return row[column]
    return row[column] / row[tile.columns[1]] if row[tile.columns[1]] else None


def _is_partial(tile: Tile, row: Row) -> bool:
    return bool(tile.mature) and bool(row[tile.mature.lstrip("!")]) is tile.mature.startswith("!")
