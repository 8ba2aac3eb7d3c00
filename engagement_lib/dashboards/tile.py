"""What a page is: an audience and sections of tiles; a tile is a table's columns, a chart and nothing else.

Which filters a tile follows is read off its table's contract: nobody writes it down, so it cannot be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engagement_lib import metrics, vocabulary
from engagement_lib.engine.table import Table

Chart = Literal["number", "line", "stack", "bars", "columns", "steps", "heat", "interval", "rows"]
#: How the days of a range become one number: only sums of additive metrics, means, the last day, a ratio of two sums.
Over = Literal["sum", "mean", "last", "ratio", "only"]
#: For ``mature``, where the table says whether its window begins before the first data.
SINCE_FIRST_DATA = "!is_partial_window"

#: The filters that a reader can set besides the range of dates, with the column that each one compares.
DIMENSIONS = {"platform": "Platform", "country_code": "Country", "user_access_type": "Access type"}


@dataclass(frozen=True, eq=False)
class Tile:
    """Something to look at: ``columns`` of ``table`` as a ``chart``.

    ``over``: how days become one number. ``by``: the column (or the split) whose values are series, bars or rows.
    ``along``: the column of the horizontal axis, default the table's day. ``dates``: the column of dates that the range
    compares where the table is not computed by days: cohorts, weeks; ``span``: how many days such a date stands for, of
    which all must lie in the range. ``where``: rows that the tile is about.
    ``window``: how many days a value looks back over, itself included; before so many there is none.
    ``unit``: percent, seconds or what is counted. ``better``: which direction of change is good news. ``mature``: the
    column that is false, or with a leading ``!`` true, where a value is not yet observable. ``empty``: what stands there when
    no row is left to show.
    """

    table: Table
    columns: tuple[str, ...]
    chart: Chart
    title: str = ""
    over: Over = "last"
    by: str = ""
    along: str = ""
    dates: str = ""
    span: int = 1
    where: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    unit: str = ""
    better: Literal["up", "down", ""] = "up"
    mature: str = ""
    top: int = 0
    back: int = 0
    window: int = 1
    wide: bool = False
    note: str = ""
    empty: str = ""

    @property
    def heading(self) -> str:
        """The title, or the first column's name in words."""
        return self.title or words(self.columns[0])

    @property
    def anchor(self) -> str:
        """The heading as a part of an address."""
        return re.sub("[^a-z0-9]+", "-", self.heading.lower()).strip("-")

    @property
    def names(self) -> set[str]:
        """The columns of the tile's table."""
        return {f.name for f in self.table.fields}

    @property
    def is_summary(self) -> bool:
        """Whether the page counts for itself what the table's inputs hold."""
        return ".dashboards." in self.table.function.__module__

    @property
    def origin(self) -> str:
        """The stored table that the numbers come from."""
        return self.table.inputs[0].id if self.is_summary else self.table.id

    @property
    def day(self) -> str:
        """The column that the range of dates compares; empty where the tile is about the as-of day only."""
        day = self.dates or self.table.day or ""
        return "" if self.over == "only" or self.along not in ("", day) else day

    def follows(self) -> dict[str, str]:
        """For each filter how the tile obeys it: ``split`` (its own counts per value), a column's name, or empty: not.

        A tile that already shows the values of one split has no rows that combine it with another one.
        """
        is_split = "split" in self.names
        counted = next((f.allowed for f in self.table.fields if f.name == "split"), ())
        found = {}
        for dimension in DIMENSIONS:
            if dimension in self.where or "split" in self.where:
                found[dimension] = ""
            elif is_split:
                is_free = self.by in ("", dimension) or self.by not in DIMENSIONS
                found[dimension] = "split" if dimension in counted and is_free else ""
            else:
                found[dimension] = dimension if dimension in self.names and self.has_total(dimension) else ""
        return found

    def has_total(self, column: str) -> bool:
        """Whether the table has rows that stand for all values of the column."""
        declared = next(f for f in self.table.fields if f.name == column)
        return vocabulary.TOTAL in (declared.allowed or (vocabulary.TOTAL if "total" in declared.description else "",))

    def definition(self, column: str) -> str:
        """What the column means: the metric's sentence, else the column's."""
        known = {metric.name: metric.description for metric in metrics.ALL}
        return known.get(column) or next((f.description for f in self.table.fields if f.name == column), "")


@dataclass(frozen=True, eq=False)
class Section:
    """A heading and what stands below it."""

    title: str
    tiles: tuple[Tile, ...]
    text: str = ""


@dataclass(frozen=True, eq=False)
class Page:
    """A dashboard: ``name`` is its file's, ``audience`` says in a sentence who reads it for what."""

    name: str
    title: str
    audience: str
    sections: tuple[Section, ...]

    @property
    def file(self) -> str:
        """The page's file; the main page is what a folder opens with."""
        return "index.html" if self.name == "main" else f"{self.name}.html"

    @property
    def tiles(self) -> list[Tile]:
        """All tiles in their order."""
        return [tile for section in self.sections for tile in section.tiles]

    @property
    def tables(self) -> list[Table]:
        """The tables that the page shows, each once."""
        return list(dict.fromkeys(tile.table for tile in self.tiles))


def words(name: str) -> str:
    """A column's name for people: ``weekly_active_users`` is Weekly active users."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
