"""When events arrive: at once, hours later, days later, or twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from engagement_lib.generator.clock import DAY, day_start
from engagement_lib.generator.journeys import Journeys
from engagement_lib.generator.population import Population
from engagement_lib.generator.streams import rare_count, stream_at, stream_key
from engagement_lib.generator.trackers import Event
from engagement_lib.generator.visits import Visits

LATE_SHARE = 0.01  # of user-days that arrive days later as a whole
REDELIVERED_SHARE = 0.006  # of user-days that arrive a second time
LONGEST_REDELIVERY_DAYS = 6


class Delivery(NamedTuple):
    """One event at the moment it arrives; ``text`` where the row is not written in the usual way."""

    arrival: int  # milliseconds since 1970
    event: Event
    text: str = ""


class Deliveries:
    """What arrives on which day. Days before the first day of the data do not exist."""

    def __init__(self, population: Population, longest_late_days: int, is_plain: bool) -> None:
        self._population = population
        self._visits = Visits(population, is_plain)
        self._journeys = None if is_plain else Journeys(population)
        self._longest_late_days = longest_late_days
        self._longest_move_days = max(longest_late_days, LONGEST_REDELIVERY_DAYS)
        self._first_epoch_day = day_start(population.first_day) // DAY
        self._late_key = stream_key(population.seed, "user-days that arrive late")
        self._again_key = stream_key(population.seed, "user-days that arrive twice")
        self._moved = lru_cache(maxsize=256)(self._draw_moved)

    def by_day(self, first: int, last: int) -> Iterator[tuple[int, list[Delivery]]]:
        """(day, what arrives on it), each day independent of where the range begins."""
        waiting: defaultdict[int, list[Delivery]] = defaultdict(list)
        for day in range(max(first - 1, 0), last + 1):
            late, _ = self._moved(day)
            for number in self._population.active_users(day):
                if number not in late:
                    for delivery in self._made(number, day):
                        waiting[delivery.arrival // DAY - self._first_epoch_day].append(delivery)
            arrived = waiting.pop(day, [])
            if day >= first:
                arrived.extend(self._moved_to(day))
                yield day, arrived

    def _moved_to(self, day: int) -> Iterator[Delivery]:
        """Late and repeated arrivals of a day: its own user-days are made again, there are few of them."""
        for origin in range(max(day - self._longest_move_days - 1, 0), day):
            for moved in self._moved(origin):
                for number, lag in moved.items():
                    if origin + lag in (day - 1, day):
                        yield from self._shifted(number, origin, lag, day)

    def _shifted(self, number: int, origin: int, lag: int, day: int) -> Iterator[Delivery]:
        for delivery in self._made(number, origin):
            arrival = delivery.arrival + lag * DAY
            if arrival // DAY - self._first_epoch_day == day:
                yield Delivery(arrival, delivery.event)

    def _made(self, number: int, day: int) -> list[Delivery]:
        """What a user does on a day, at its usual arrival: before the end of the next day."""
        made = self._visits.of(number, day)
        if made and self._journeys is not None:
            made.extend(list(self._journeys.of(number, day, made)))
        return [Delivery(arrival, event) for arrival, event in made]

    def _draw_moved(self, day: int) -> tuple[dict[int, int], dict[int, int]]:
        """(late, delivered again) user-days of a day: user number -> days of delay."""
        late = self._draw_users(self._late_key, day, LATE_SHARE, self._longest_late_days)
        again = self._draw_users(self._again_key, day, REDELIVERED_SHARE, LONGEST_REDELIVERY_DAYS)
        return late, {number: lag for number, lag in again.items() if number not in late}

    def _draw_users(self, key: int, day: int, share: float, longest: int) -> dict[int, int]:
        draw = stream_at(key, day).random
        size = self._population.size(day)
        drawn: dict[int, int] = {}
        for _ in range(rare_count(share * size, draw())):
            number, lag = int(draw() * size), 1 + int(longest * draw() ** 6)
            drawn.setdefault(number, lag)
        return {number: lag for number, lag in drawn.items() if self._population.is_active(number, day)}
