"""What a user does on a day: sessions of openings, starts and finishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engagement_lib.generator.catalogue import ITEMS, Item
from engagement_lib.generator.clock import DAY, HOUR, MINUTE, SECOND, day_start
from engagement_lib.generator.population import HOURS_AHEAD, Population, User
from engagement_lib.generator.streams import stream_at, stream_key
from engagement_lib.generator.trackers import Action, Event, mobile_event, web_event

EVENTS_PER_VISIT_DAY = 4.35  # measured mean of records over active user-days, for estimates
LONGEST_SESSION = 150 * MINUTE  # so that a day's events end before 03:00 of the next

# How often each local hour starts a session.
_HOUR_WEIGHTS = (2, 1, 1, 1, 1, 3, 7, 10, 9, 6, 5, 5, 7, 6, 5, 5, 6, 8, 9, 9, 11, 12, 9, 5)
_START_HOURS = tuple(hour for hour, weight in enumerate(_HOUR_WEIGHTS) for _ in range(weight))


class Visits:
    """The events of a population, one user and day at a time."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._key = stream_key(population.seed, "visits of a user")
        self._first = day_start(population.first_day)

    def of(self, number: int, day: int) -> list[tuple[int, Event]]:
        """(usual arrival, event) of one user for the sessions that start on a day.

        A day spent offline arrives hours later, at the latest before the end of the next day.
        """
        draw = stream_at(self._key, number, day).random
        user = self._population.profile(number)
        held_back = int(1 + draw() * 19) * HOUR if draw() < 0.015 else 0
        chance = draw()
        sessions = 1 if chance < 0.72 else 2 if chance < 0.94 else 3
        arrivals = []
        for _ in range(sessions):
            is_mobile = draw() < user.mobile_share
            write = mobile_event if is_mobile else web_event
            opening = "app-open" if is_mobile else "login-successful"
            for action in _session(opening, user, day, self._first + day * DAY, draw):
                event = write(action, user, day, draw)
                arrivals.append((action.instant + int(1 + draw() * 118) * SECOND + held_back, event))
        return arrivals


def _session(opening: str, user: User, day: int, midnight: int, draw: Callable[[], float]) -> Iterator[Action]:
    country = user.country if draw() < 0.8 else user.second_country
    access = "premium" if user.premium_from <= day < user.premium_until else "free"
    local_hour = _START_HOURS[int(draw() * len(_START_HOURS))]
    minute = int(draw() * 60)
    start = midnight + (local_hour - HOURS_AHEAD[user.country]) % 24 * HOUR + minute * MINUTE
    for name, instant, item in _steps(opening, start, draw):
        if user.is_restless:
            access = "premium" if draw() < 0.5 else "free"
            country = user.country if draw() < 0.6 else user.second_country
        yield Action(name, _written(instant, draw), country, access, item, is_logged_out=draw() < 0.004)


def _steps(opening: str, start: int, draw: Callable[[], float]) -> Iterator[tuple[str, int, Item | None]]:
    """(event name, instant, item): an opening mostly, then items of which some are only started or only finished."""
    instant = start
    is_expected = draw() > 0.85
    if not is_expected:
        yield opening, instant, None
    while instant - start < LONGEST_SESSION - 50 * MINUTE and (is_expected or draw() < 0.6):
        is_expected = False
        item = ITEMS[int(draw() ** 2 * len(ITEMS))]
        instant += int(1 + draw() * 6) * MINUTE
        fate = draw()
        if fate < 0.86:
            yield "item-started", instant, item
        if fate > 0.38:
            instant += int(4 + draw() ** 2 * 36) * MINUTE
            yield "item-finished", instant, item


def _written(instant: int, draw: Callable[[], float]) -> int:
    """Most rows of the seed are cut to the minute, a few carry seconds and milliseconds."""
    return instant if draw() < 0.95 else instant + int(draw() * MINUTE)
