"""A number on a page beside a statement in SQL over the lake: what a reader chose, where the number is, what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from tests.trust.page_numbers.formats import plain

TOTAL = "total"
EVERY_FILTER = ("platform", "country_code", "user_access_type")
#: Holds for the rows of a fact that a reader chose.
CHOSEN = "map {'total': 'total', 'platform': platform, 'country_code': country_code, 'user_access_type': user_access_type}[$split] = $value"


@dataclass(frozen=True)
class Choice:
    """What a reader chose: a value of one filter, and a range of dates. Without a choice it is everybody's last 28 days."""

    name: str
    split: str = TOTAL
    value: str = TOTAL
    first: date = date(2025, 3, 4)
    last: date = date(2025, 3, 31)

    def row(self, name: str) -> str:
        """The name of a row, which may speak of the ``{last}`` day, the Monday of the last whole ``{week}``, or its ``{tuesday}``."""
        return name.format(last=self.last, week=self._week, tuesday=self._week + timedelta(1))

    def values(self, follows: tuple[str, ...]) -> dict[str, Any]:
        """What a statement may ask for; of a filter that a tile does not follow nothing is seen."""
        length = self.last - self.first + timedelta(1)
        whole_weeks = length.days // 7 * 7
        split, value = (self.split, self.value) if self.split in follows else (TOTAL, TOTAL)
        days = {"first": self.first, "last": self.last, "first_before": self.first - length, "last_before": self.last - length}
        return {
            "split": split,
            "value": value,
            "whole_weeks": whole_weeks,
            "week": self._week,
            "tuesday": self._week + timedelta(1),
            **days,
        }

    @property
    def _week(self) -> date:
        sunday = self.last - timedelta((self.last.weekday() + 1) % 7)
        return sunday - timedelta(6)


DEFAULT = Choice("everybody, 28 days")
RANGE = Choice("24 days in winter", first=date(2025, 2, 9), last=date(2025, 3, 4))
#: One choice of each filter.
BY_FILTER = {
    "platform": Choice("web", "platform", "web"),
    "country_code": Choice("Germany", "country_code", "DE"),
    "user_access_type": Choice("premium", "user_access_type", "premium"),
}


@dataclass(frozen=True)
class Number:
    """A number of a ``tile``: its key figure, or what stands in the ``row`` and ``column`` of its chart or table.

    ``query``: gives the number, or the numbers that ``form`` makes one text of. ``follows``: the filters that the tile obeys.
    ``tip``: the line of what appears under the mouse on the bar or the cell. A row may be named by several of its cells.
    """

    tile: str
    query: str
    row: str | tuple[str, ...] = ()
    column: str = ""
    form: Callable[..., str] = plain
    follows: tuple[str, ...] = EVERY_FILTER
    tip: str = ""

    def place(self, choice: Choice) -> str:
        """Where it is, in words."""
        return " / ".join(filter(None, (self.tile, *self.cells(choice), self.column, self.tip)))

    def cells(self, choice: Choice) -> list[str]:
        """The cells that tell the row from the others; none of a key figure."""
        return [choice.row(cell) for cell in ((self.row,) if isinstance(self.row, str) else self.row)]

    def expected(self, database: duckdb.DuckDBPyConnection, choice: Choice) -> str:
        """What must be read there."""
        asked = set(re.findall(r"\$(\w+)", self.query))
        values = {name: value for name, value in choice.values(self.follows).items() if name in asked}
        [row] = database.execute(self.query, values).fetchall()
        return self.form(*row)
