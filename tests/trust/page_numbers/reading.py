"""All numbers of a page at once: as a browser shows them, and as the lake says."""

from collections.abc import Sequence

import duckdb
from playwright.sync_api import Page

from tests.dashboards import seen
from tests.trust.page_numbers.number import Choice, Number


def shown(page: Page, numbers: Sequence[Number], choice: Choice) -> dict[str, str]:
    """What stands in each place of an open page after a choice."""
    seen.choose(page, choice.split, choice.value, choice.first.isoformat(), choice.last.isoformat())
    return {number.place(choice): _read(page, number, number.cells(choice)) for number in numbers}


def _read(page: Page, number: Number, cells: list[str]) -> str:
    if number.tip:
        return seen.read_tip(page, number.tile, cells, number.column, number.tip)
    return seen.read(page, number.tile, cells, number.column)


def expected(database: duckdb.DuckDBPyConnection, numbers: Sequence[Number], choice: Choice) -> dict[str, str]:
    """What must stand there."""
    return {number.place(choice): number.expected(database, choice) for number in numbers}
