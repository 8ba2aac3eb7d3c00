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
    recount. Both have the same names; a number that is unknown (null) on one side is so on the other.
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
    """Distance of two numbers, or how many names have another number or are on one side only."""
    if isinstance(value, dict) and isinstance(truth, dict):
        shared = value.keys() & truth.keys()
        return len(value.keys() ^ truth.keys()) + sum(not _is_close(value[name], truth[name]) for name in shared)
    assert isinstance(value, int | float) and isinstance(truth, int | float)
    return 0 if _is_close(value, truth) else abs(value - truth)


def _is_close(value: float | None, truth: float | None) -> bool:
    """Equal for counts; up to the order of additions for quotients and tests. Unknown is no number, not even 0."""
    if value is None or truth is None:
        return value is truth
    return math.isclose(value, truth, rel_tol=1e-9, abs_tol=1e-12)


def in_short(value: Value) -> str:
    """The value in a cell of a table."""
    if not isinstance(value, dict):
        return _in_digits(value)
    if len(value) <= 8:
        return ", ".join(f"{name} {_in_digits(number)}" for name, number in sorted(value.items()))
    known = [number for number in value.values() if number is not None]
    total, unknown = sum(known), len(value) - len(known)
    is_whole = all(isinstance(number, int) for number in known)
    counted = f"{len(known)} numbers" + (f" and {unknown} unknown" if unknown else "")
    return f"{counted}, " + (f"sum {total:,}" if is_whole else f"mean {_in_digits(total / len(known))}")


def _in_digits(number: float | None) -> str:
    if number is None:
        return "unknown"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}" if abs(number) >= 100 else f"{number:.4g}"
