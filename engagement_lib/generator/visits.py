"""What a user does on a day: sessions of openings, starts, marks of progress and finishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engagement_lib.generator.catalogue import ITEMS, Item
from engagement_lib.generator.clock import DAY, HOUR, MINUTE, SECOND
from engagement_lib.generator.experiments import finishing_factor
from engagement_lib.generator.habits import Ways
from engagement_lib.generator.population import HOURS_AHEAD, START_HOURS, Population, User
from engagement_lib.generator.streams import stream_at, stream_key
from engagement_lib.generator.trackers import NOTHING_NEW, Action, Event, Newer, mobile_event, web_event

PLAIN_EVENTS_PER_VISIT_DAY, EVENTS_PER_VISIT_DAY = 4.35, 6.9  # measured mean of records over active user-days, for estimates
LONGEST_SESSION = 150 * MINUTE  # so that a day's events end before 03:00 of the next
WELCOME = 5 * MINUTE  # from sign-up to the first visit
FINISHING = 0.62  # chance that an item is finished
TIRED_FINISHING = 0.2
MARKS = (25, 50, 75, 90)
MEASURED_SHARE = 0.12  # of attempts whose progress the tracker sends


class Manner(NamedTuple):
    """How a user reads on a day; a plain feed knows no formats and no marks."""

    finishing: float = FINISHING
    audio_share: float = 0.0
    is_plain: bool = True


Step = tuple[str, int, Item | None, Newer]  # event name, instant, item, newer cells
PLAIN_MANNER = Manner()
_FORMS = {form: Newer(content_format=form) for form in ("text", "audio")}


class Visits:
    """The events of a population, one user and day at a time."""

    def __init__(self, population: Population, is_plain: bool) -> None:
        self._population = population
        self._ways = None if is_plain else Ways(population)
        self._key = stream_key(population.seed, "visits of a user")

    def of(self, number: int, day: int) -> list[tuple[int, Event]]:
        """(usual arrival, event) of one user for the sessions that start on a day; none once the account is deleted.

        A day spent offline arrives hours later, at the latest before the end of the next day.
        """
        user = self._population.profile(number)
        midnight = self._population.instant(day)
        if user.deleted_at < midnight + DAY:
            return []
        draw = stream_at(self._key, number, day).random
        manner = PLAIN_MANNER if self._ways is None else self._manner(number, day, self._ways)
        held_back = int(1 + draw() * 19) * HOUR if draw() < 0.015 else 0
        chance = draw()
        sessions = 1 if chance < 0.72 else 2 if chance < 0.94 else 3
        arrivals = []
        for place in range(sessions):
            is_mobile = draw() < user.mobile_share
            write = mobile_event if is_mobile else web_event
            opening = "app-open" if is_mobile else "login-successful"
            start = _start(user, midnight, draw)
            if start < user.sign_up + WELCOME or (place == 0 and midnight <= user.sign_up):
                start = user.sign_up + WELCOME
            for action in _session(opening, user, start, manner, draw):
                event = write(action, user, day, draw)
                arrivals.append((action.instant + int(1 + draw() * 118) * SECOND + held_back, event))
        return arrivals

    def _manner(self, number: int, day: int, ways: Ways) -> Manner:
        habits = ways.of(number)
        factor = finishing_factor(habits.arms, self._population.sign_up_day(number), day)
        finishing = TIRED_FINISHING if day >= habits.tired_from else FINISHING
        return Manner(finishing * factor, habits.audio_share, is_plain=False)


def _start(user: User, midnight: int, draw: Callable[[], float]) -> int:
    local_hour = START_HOURS[int(draw() * len(START_HOURS))]
    return midnight + (local_hour - HOURS_AHEAD[user.country]) % 24 * HOUR + int(draw() * 60) * MINUTE


def _session(opening: str, user: User, start: int, manner: Manner, draw: Callable[[], float]) -> Iterator[Action]:
    country = user.country if draw() < 0.8 else user.second_country
    access = user.access(start)
    for name, instant, item, newer in _steps(opening, start, manner, draw):
        if user.is_restless:
            access = "premium" if draw() < 0.5 else "free"
            country = user.country if draw() < 0.6 else user.second_country
        yield Action(name, _written(instant, draw), country, access, item, is_logged_out=draw() < 0.004, newer=newer)


def _steps(opening: str, start: int, manner: Manner, draw: Callable[[], float]) -> Iterator[Step]:
    """An opening mostly, then items of which some are only started or only finished."""
    instant = start
    is_expected = draw() > 0.85
    if not is_expected:
        yield opening, instant, None, NOTHING_NEW
    while instant - start < LONGEST_SESSION - 50 * MINUTE and (is_expected or draw() < 0.6):
        is_expected = False
        item = ITEMS[int(draw() ** 2 * len(ITEMS))]
        instant += int(1 + draw() * 6) * MINUTE
        fate, length = draw(), int(4 + draw() ** 2 * 36) * MINUTE
        is_started, is_finished = fate < 0.86, fate > 1 - manner.finishing
        form = NOTHING_NEW if manner.is_plain else _form(item, manner, draw)
        if is_started:
            yield "item-started", instant, item, form
            if not manner.is_plain and draw() < MEASURED_SHARE:
                yield from _progress(item, form, instant, length, len(MARKS) if is_finished else int(draw() * 4))
        if is_finished:
            yield "item-finished", instant + length, item, form
        if fate > 1 - FINISHING:  # whatever the experiment does: who finishes more does not come to fewer items
            instant += length


def _form(item: Item, manner: Manner, draw: Callable[[], float]) -> Newer:
    chance = draw()
    if len(item.formats) == 1:
        return _FORMS[item.formats[0]]
    return _FORMS["audio" if chance < manner.audio_share else "text"]


def _progress(item: Item, form: Newer, start: int, length: int, marks: int) -> Iterator[Step]:
    for mark in MARKS[:marks]:
        passed = start + length * mark // 100 // SECOND * SECOND
        yield "item-progress", passed, item, form._replace(progress_pct=str(mark))


def _written(instant: int, draw: Callable[[], float]) -> int:
    """Most rows of the seed are cut to the minute, a few carry seconds and milliseconds."""
    return instant if draw() < 0.95 else instant + int(draw() * MINUTE)
