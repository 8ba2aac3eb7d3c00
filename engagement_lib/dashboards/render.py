"""Pages to files: plain rows in, HTML out. The same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engagement_lib.analytics.segments import SEGMENTS
from engagement_lib.dashboards import charts
from engagement_lib.dashboards.data import Facts, Row, choices, needed_columns, offered_rows, packed
from engagement_lib.dashboards.tile import DIMENSIONS, Page, Tile, words
from engagement_lib.docs import catalogue
from engagement_lib.engine.table import Recorded
from engagement_lib.web.document import asset, document, embedded

_HERE = "engagement_lib.dashboards"
_SCRIPTS = ("select.js", "words.js", "page.js")


def render(page: Page, pages: Sequence[Page], facts: Facts) -> str:
    """A page as one HTML file, complete in itself. ``pages``: what its menu shows."""
    shown = [section for section in page.sections if any(facts.of(tile.table) for tile in section.tiles)]
    missing = sorted({tile.origin for tile in page.tiles if not facts.of(tile.table)})
    tiles = {tile: f"t{number}" for number, tile in enumerate(t for section in shown for t in section.tiles if facts.of(t.table))}
    state = {
        "firstDay": facts.first_day,
        "asOf": facts.as_of,
        "gaps": facts.gaps,
        "names": {name: name_map for name, name_map in _names(facts).items()},
        "tables": _tables(list(tiles), facts),
        "tiles": {number: _tile(tile) for tile, number in tiles.items()},
    }
    return document(
        asset(_HERE, "page.html"),
        styles=[asset("engagement_lib.web", "base.css"), asset(_HERE, "page.css")],
        scripts=[charts.library(), *[asset(_HERE, name) for name in _SCRIPTS]],
        page=page,
        catalogue=catalogue.FILE,
        pages=pages,
        sections=[(section, [(number, tile) for tile, number in tiles.items() if tile in section.tiles]) for section in shown],
        missing=missing,
        dimensions=DIMENSIONS,
        choices=choices(page, facts),
        facts=facts,
        days_with_gaps=len(facts.gaps),
        words=words,
        state=embedded(state),
    )


def prepare(pages: Sequence[Page]) -> None:
    """Compile the charts of the pages, so that rendering finds them ready: to be done while rows are read."""
    charts.library()
    for tile in (tile for page in pages for tile in page.tiles if tile.chart != "rows"):
        charts.chart(tile)


def _names(facts: Facts) -> dict[str, Any]:
    segments = {name: words(name) for name in SEGMENTS}
    return {"country_code": facts.country_names, "area": facts.country_names, "segment": segments}


def _tables(tiles: list[Tile], facts: Facts) -> dict[str, Any]:
    tables = {tile.table.id: tile.table for tile in tiles}
    columns = needed_columns(tiles)
    return {name: packed(tables[name], columns[name], _carried(name, tiles, facts)) for name in sorted(tables)}


def _carried(name: str, tiles: list[Tile], facts: Facts) -> Sequence[Row]:
    """The table's rows that a tile is about, of splits those whose values are offered."""
    mine = [tile for tile in tiles if tile.table.id == name]
    if "split" in mine[0].names:
        return offered_rows(facts.rows[name], facts)
    return [row for row in facts.rows[name] if any(all(row.get(c) == v for c, v in tile.where.items()) for tile in mine)]


def _tile(tile: Tile) -> dict[str, Any]:
    """What the page's script needs to know of a tile."""
    labels = {column: words(column) for column in (*tile.columns, tile.by, tile.along or tile.day) if column}
    return {
        "table": tile.table.id,
        "heading": tile.heading,
        "chart": tile.chart,
        "columns": tile.columns,
        "labels": labels,
        "over": tile.over,
        "by": tile.by,
        "along": tile.along,
        "day": tile.day,
        "isSparse": bool(tile.dates),
        "span": tile.span,
        "where": dict(tile.where),
        "unit": tile.unit,
        "better": tile.better,
        "mature": tile.mature,
        "top": tile.top,
        "back": tile.back,
        "window": tile.window,
        "note": tile.note,
        "empty": tile.empty,
        "isSplit": "split" in tile.names,
        "isRecorded": isinstance(tile.table.write, Recorded) or (tile.is_summary and tile.table.inputs[0].layer != "gold"),
        "follows": tile.follows(),
        "spec": None if tile.chart == "rows" else charts.chart(tile),
    }
