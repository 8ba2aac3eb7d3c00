"""What a page carries: the columns that its tiles need, packed; everything as plain Python values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engagement_lib import vocabulary
from engagement_lib.dashboards.tile import DIMENSIONS, Page, Tile
from engagement_lib.engine.table import Table
from engagement_lib.web.document import isolated

#: Values of a split that a page offers: those with most events. More of them would make the file slow to open.
VALUES_PER_SPLIT = 40

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What all pages are made of: ``rows`` per table id as plain values (days as ISO text), and the span of days.

    ``gaps``: days for which a platform delivered nothing, with its names. ``country_names``: code to name.
    ``offered``: of each split with too many values those that the pages offer, the same for all tables.
    ``delivered``: the newest file's time. ``run_ids``: the newest runs, the newest first; ``checks``: what did not hold in them.
    """

    rows: Mapping[str, Sequence[Row]]
    first_day: str | None = None
    as_of: str | None = None
    gaps: Mapping[str, Sequence[str]] = field(default_factory=dict)
    country_names: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    delivered: str | None = None
    run_ids: Sequence[str] = ()
    checks: Sequence[Row] = ()

    def of(self, table: Table) -> Sequence[Row]:
        """The rows of a table; none where it has not been built."""
        return self.rows.get(table.id, ())


def needed_columns(tiles: Iterable[Tile]) -> dict[str, list[str]]:
    """For each table id the columns that the tiles read, in the order of the contract."""
    wanted: dict[str, set[str]] = {}
    tables = {}
    for tile in tiles:
        tables[tile.table.id] = tile.table
        mine = {*tile.columns, tile.by, tile.along, tile.mature.lstrip("!"), tile.day, *tile.where}
        mine |= {"split", "split_value"} if "split" in tile.names else set()
        mine |= {dimension for dimension, how in tile.follows().items() if how == dimension}
        wanted.setdefault(tile.table.id, set()).update(mine & tile.names)
    return {name: [f.name for f in tables[name].fields if f.name in columns] for name, columns in wanted.items()}


def packed(table: Table, columns: Sequence[str], kept: Sequence[Row]) -> dict[str, Any]:
    """Rows as columns: texts as numbers into a list of distinct texts, other values as they are."""
    known = {f.name: f for f in table.fields}
    result: dict[str, Any] = {"length": len(kept), "columns": {}}
    for name in columns:
        values = [row.get(name) for row in kept]
        if known[name].type in ("string", "date", "timestamp"):
            texts = sorted({isolated(str(value)) for value in values if value is not None})
            number_of = {text: number for number, text in enumerate(texts)}
            indexes = [-1 if value is None else number_of[isolated(str(value))] for value in values]
            result["columns"][name] = {"texts": texts, "indexes": indexes}
        else:
            plain = [_plain(value) for value in values]
            is_count = known[name].required and known[name].type == "bigint"
            result["columns"][name] = {"values": plain, "absent": 0 if is_count and "split" in columns else None}
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else round(value, 6)
    if isinstance(value, list | tuple):
        return isolated(", ".join(map(str, value)))
    return isolated(value) if isinstance(value, str) else value


def most_active(daily: Iterable[Row]) -> dict[str, frozenset[str]]:
    """Of each split with more than ``VALUES_PER_SPLIT`` values those with the most events; ties go by name."""
    events: Counter[tuple[str, str]] = Counter()
    for row in daily:
        events[row["split"], row["split_value"]] += row.get("events") or 0
    ordered = sorted(events, key=lambda pair: (-events[pair], pair))
    values = {split: [value for of, value in ordered if of == split] for split in vocabulary.SPLITS}
    return {split: frozenset(some[:VALUES_PER_SPLIT]) for split, some in values.items() if len(some) > VALUES_PER_SPLIT}


def offered_rows(rows: Sequence[Row], facts: Facts) -> Sequence[Row]:
    """The rows of a table with splits whose values the pages offer."""
    return [row for row in rows if row["split"] not in facts.offered or row["split_value"] in facts.offered[row["split"]]]


def choices(page: Page, facts: Facts) -> dict[str, list[list[str]]]:
    """For each filter the values that the page's tables know, with their words; unknown comes last."""
    found: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    for tile in page.tiles:
        rows = facts.of(tile.table)
        for dimension, how in tile.follows().items():
            if how == "split":
                found[dimension] |= {r["split_value"] for r in offered_rows(rows, facts) if r["split"] == dimension}
            elif how:
                found[dimension] |= {r[dimension] for r in rows if r.get(dimension) not in (None, vocabulary.TOTAL)}
    return {
        dimension: [
            [value, facts.country_names.get(value, value) if dimension == "country_code" else value]
            for value in sorted(values, key=lambda v: (v == "unknown", facts.country_names.get(v, v), v))
        ]
        for dimension, values in found.items()
    }
