"""What is known of entities once all their files have come in."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime

from engagement_lib.generator.entities import COLUMNS, KEY_CELLS
from engagement_lib.generator.records import Record

Row = dict[str, str]  # cells by column name


def instant_of(cell: str) -> int:
    """The instant that a cell gives, in milliseconds since 1970."""
    return round(datetime.fromisoformat(cell).replace(tzinfo=UTC).timestamp() * 1000)


class EntityStates:
    """The last version of each thing."""

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.set_aside: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._last: dict[str, dict[tuple[str, ...], Record]] = {entity: {} for entity in COLUMNS}

    def add(self, path: str, records: list[Record]) -> None:
        """Take in one file; the order of files does not matter."""
        entity = path.partition("/")[0]
        self.records[entity] += len(records)
        last = self._last[entity]
        for record in records:
            if record.reason:
                self.set_aside[entity][record.reason] += 1
                continue
            key = record.cells[: KEY_CELLS.get(entity, 1)]
            last[key] = max(record, last.get(key, record))

    def rows(self) -> dict[str, list[Row]]:
        """By entity: its things."""
        return {
            entity: [dict(zip(COLUMNS[entity], record.cells, strict=True)) for record in last.values()]
            for entity, last in self._last.items()
        }
