"""The content of one file: what arrives for a source on a day, with the rows that a real feed adds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from engagement_lib.generator.clock import DAY, day_start, timestamp
from engagement_lib.generator.deliveries import Deliveries, Delivery
from engagement_lib.generator.layouts import PLAIN, SILENT_DAY, Layout, Row, cells_of, layout_of, line_of
from engagement_lib.generator.malformed import broken
from engagement_lib.generator.population import Population
from engagement_lib.generator.scenarios import planted
from engagement_lib.generator.streams import rare_count, stream_at, stream_key
from engagement_lib.generator.trackers import COLUMNS

DUPLICATE_SHARE = 0.003  # of records that stand twice in a file
MALFORMED_SHARE = 0.003


class File(NamedTuple):
    """One file of the landing folder."""

    path: str  # relative, with slashes
    source: str
    layout: Layout
    rows: list[Row]


class Feed:
    """Files by day of arrival. ``is_plain``: one CSV form, no malformed rows, no gaps, no planted stories."""

    def __init__(self, population: Population, longest_late_days: int, is_plain: bool) -> None:
        self._population = population
        self._deliveries = Deliveries(population, longest_late_days, is_plain)
        self._is_plain = is_plain

    def files(self, first: int, last: int) -> Iterator[File]:
        """The files of a range of days, in order of day and source."""
        for day, deliveries in self._deliveries.by_day(first, last):
            by_source: dict[str, list[Delivery]] = {source: [] for source in COLUMNS}
            for delivery in deliveries:
                by_source[delivery.event.source].append(delivery)
            for source, layout, path in self._slots(day):
                yield File(path, source, layout, self._rows(source, day, layout, by_source[source]))

    def paths(self, first: int, last: int) -> set[str]:
        """Where the files of a range of days lie."""
        return {path for day in range(first, last + 1) for _, _, path in self._slots(day)}

    def _slots(self, day: int) -> Iterator[tuple[str, Layout, str]]:
        for source in COLUMNS:
            layout = PLAIN if self._is_plain else layout_of(source, day)
            if not layout.is_missing:
                yield source, layout, f"{source}/{source}_{self._date(day).isoformat()}{layout.suffix}"

    def _date(self, day: int) -> date:
        return self._population.first_day + timedelta(days=day)

    def _rows(self, source: str, day: int, layout: Layout, arrived: list[Delivery]) -> list[Row]:
        if layout.is_header_only:
            return []
        if not self._is_plain:
            arrived = [*self._happened(arrived), *self._planted[source, day]]
        arrived.sort()
        has_newer_columns = layout.has_newer_columns
        rows = [
            Row(
                (text or f"{event.head}{timestamp(arrival)}{event.tail}")
                + (f",{','.join(event.newer)}" if has_newer_columns else ""),
                arrival,
                event,
            )
            for arrival, event, text in arrived
        ]
        draw = stream_at(stream_key(self._population.seed, f"second copies and malformed rows of {source}"), day).random
        _add_second_copies(rows, draw)
        if not self._is_plain:
            _add_malformed(rows, layout.columns(source), day + len(source), draw)
        return rows

    def _happened(self, arrived: list[Delivery]) -> Iterator[Delivery]:
        silence = day_start(self._date(SILENT_DAY))
        return (delivery for delivery in arrived if not silence <= delivery.event.instant < silence + DAY)

    @cached_property
    def _planted(self) -> defaultdict[tuple[str, int], list[Delivery]]:
        by_file: defaultdict[tuple[str, int], list[Delivery]] = defaultdict(list)
        for file_day, delivery in planted(self._population):
            by_file[delivery.event.source, file_day].append(delivery)
        return by_file


def _add_second_copies(rows: list[Row], draw: Callable[[], float]) -> None:
    for _ in range(rare_count(len(rows) * DUPLICATE_SHARE, draw())):
        rows.insert(int(draw() * len(rows)), rows[int(draw() * len(rows))])


def _add_malformed(rows: list[Row], columns: tuple[str, ...], first_turn: int, draw: Callable[[], float]) -> None:
    patterns = rows.copy()
    for turn in range(rare_count(len(patterns) * MALFORMED_SHARE, draw())):
        cells = cells_of(patterns[int(draw() * len(patterns))].text)
        bad = broken(columns, cells, first_turn + turn)
        text = bad.text or line_of(bad.cells or [])
        rows.insert(int(draw() * len(rows)), Row(text, 0, None, bad.reason, is_verbatim=bad.cells is None))
