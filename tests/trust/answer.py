"""A question to a lake and what the answer must be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

Value = int | float | dict[str, Any]
Truth = Callable[[Mapping[str, Any]], Value]


@dataclass(frozen=True)
class Answer:
    """``query`` gives one number, or numbers by name; ``truth`` finds in truth.json what they must be, or is a query over the
    recount. Names without a number count as 0.
    """

    metric: str
    where: str
    query: str
    truth: Truth | str

    def found(self, database: duckdb.DuckDBPyConnection) -> Value:
        """What the lake says: a number, or numbers by name."""
        return _asked(database, self.query)

    def expected(self, database: duckdb.DuckDBPyConnection, planted: Mapping[str, Any]) -> Value:
        """What it must say. ``planted``: the content of truth.json."""
        return _asked(database, self.truth) if isinstance(self.truth, str) else self.truth(planted)


def _asked(database: duckdb.DuckDBPyConnection, query: str) -> Value:
    rows = database.execute(query).fetchall()
    if len(rows[0]) == 1:
        return rows[0][0]
    numbers = {str(name): value for name, value in rows}
    assert len(numbers) == len(rows), f"a name has two numbers: {query}"
    return numbers


def differs(value: Value, truth: Value) -> float:
    """Distance of two numbers, or how many names have another number."""
    if isinstance(value, dict) and isinstance(truth, dict):
        return sum(not _is_close(value.get(name, 0), truth.get(name, 0)) for name in {*value, *truth})
    assert isinstance(value, int | float) and isinstance(truth, int | float)
    return 0 if _is_close(value, truth) else abs(value - truth)


def _is_close(value: float, truth: float) -> bool:
    """Equal for counts; up to the order of additions for quotients and tests."""
    return math.isclose(value, truth, rel_tol=1e-9, abs_tol=1e-12)


def in_short(value: Value) -> str:
    """The value in a cell of a table."""
    if not isinstance(value, dict):
        return _in_digits(value)
    if len(value) <= 8:
        return ", ".join(f"{name} {_in_digits(number)}" for name, number in sorted(value.items()))
    total = sum(value.values())
    is_whole = all(isinstance(number, int) for number in value.values())
    return f"{len(value)} numbers, " + (f"sum {total:,}" if is_whole else f"mean {_in_digits(total / len(value))}")


def _in_digits(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}" if abs(number) >= 100 else f"{number:.4g}"
