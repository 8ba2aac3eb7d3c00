"""Records of entities that must be set aside: copies of good ones with one cell that cannot be right."""

from __future__ import annotations

from collections.abc import Iterator

from engagement_lib.generator.records import Record

# (entity, day of the file, column, what stands there, why the record is none)
_BREAKS = (
    ("users", 29, "signup_at", "30/01/2025", "signup_at_invalid"),
    ("users", 59, "country_code", "Germany", "country_code_invalid"),
    ("subscriptions", 59, "status", "runnning", "status_unknown"),
    ("payments", 59, "amount", "12,99", "amount_invalid"),
    ("payments", 89, "paid_at", "", "paid_at_missing"),
    ("content_items", 59, "word_count", "about 900", "word_count_invalid"),
    ("assignments", 59, "user_id", "", "user_id_missing"),
)


def broken_copies(entity: str, day: int, columns: tuple[str, ...], good: Record) -> Iterator[Record]:
    """What stands at the end of a file besides its records; ``good`` is one of these."""
    for broken_entity, file_day, column, cell, reason in _BREAKS:
        if (broken_entity, file_day) == (entity, day):
            place = columns.index(column)
            yield Record(good.instant, (*good.cells[:place], cell, *good.cells[place + 1 :]), reason)
