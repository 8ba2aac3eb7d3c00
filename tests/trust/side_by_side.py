"""Answers that ask gold and the recount the same."""

from __future__ import annotations

from tests.trust.answer import Answer


def same(metric: str, place: str, by: tuple[str, ...], recounted: str, where: str = "true") -> Answer:
    """The numbers of a column of gold (``place``: table.column) by its keys, beside those of the column of that name in a table
    of the recount."""
    table, column = place.split(".")
    name = " || ' ' || ".join(f"coalesce({key}::varchar, 'all')" for key in by)
    return both(metric, place, f"select {name}, {column} from {{}} where {where}", table, recounted)


def both(metric: str, place: str, query: str, table: str, recounted: str) -> Answer:
    """One query over a table of gold, and over a table of the recount."""
    return Answer(metric, f"gold.{place}", query.format(f"gold.{table}"), query.format(f"recount.{recounted}"))


def columns(metric: str, table: str, names: str, by: tuple[str, ...], recounted: str, where: str = "true") -> list[Answer]:
    """An answer for each of the columns, which a space parts."""
    return [same(f"{metric}: {column}", f"{table}.{column}", by, recounted, where) for column in names.split()]
