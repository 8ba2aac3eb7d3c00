"""Planted stories: small, exact situations that a pipeline must get right, each with people of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from engagement_lib.generator.catalogue import ITEM_BY_ID, Item
from engagement_lib.generator.clock import DAY, HOUR, MINUTE, SECOND, day_start, timestamp
from engagement_lib.generator.deliveries import Delivery
from engagement_lib.generator.layouts import cells_of, line_of
from engagement_lib.generator.population import Population, User, user_id_of
from engagement_lib.generator.streams import stream_at, stream_key
from engagement_lib.generator.trackers import COLUMNS, Action, Event, mobile_event, web_event

FIRST_ACTOR = 1_600_000_000  # user numbers that no population reaches
SUMMER_TIME_STARTS = date(2025, 3, 30)
THINKING, HABITS = ITEM_BY_ID["1006"], ITEM_BY_ID["14783"]


class Planted(NamedTuple):
    """One record and the day of the file that holds it, usually the day of its arrival."""

    file_day: int
    delivery: Delivery


class Stage:
    """Makes the rows of one story."""

    def __init__(self, population: Population, number: int) -> None:
        self._draw = stream_at(stream_key(population.seed, "planted story"), number).random
        self._first = day_start(population.first_day)
        self._actor = FIRST_ACTOR + 10 * number

    def user(self, number: int = 0, country: str = "DE", language: str = "de") -> User:
        """A person of this story."""
        return User(user_id_of(self._actor + number), country, language, country, 0.5, False)

    def at(self, day: int, hour: int, minute: int = 0, milliseconds: int = 0) -> int:
        """An instant by day of the data and time of day in UTC."""
        return self._first + day * DAY + hour * HOUR + minute * MINUTE + milliseconds

    def event(self, source: str, user: User, name: str, instant: int, item: Item | None = None, **more: object) -> Event:
        """One event in its tracker's form; ``more`` are fields of ``Action``."""
        action = Action(name, instant, **{"country": user.country, "access": "free", **more, "item": item})
        day = (instant - self._first) // DAY
        return (mobile_event if source == "mobile_events" else web_event)(action, user, day, self._draw)

    def sent(self, event: Event, after: int = 40 * SECOND, file_days_later: int = 0, **cells: str) -> Planted:
        """The event arriving ``after`` milliseconds; ``cells`` replaces cells of the row by column name."""
        arrival = event.instant + after
        text = ""
        if cells:
            columns = COLUMNS[event.source]
            row = dict(zip(columns, cells_of(event.head + timestamp(arrival) + event.tail), strict=True))
            text = line_of((row | cells).values())
            event = event._replace(session_id=cells.get("session_id", event.session_id))
        return Planted((arrival - self._first) // DAY + file_days_later, Delivery(arrival, event, text))


def planted(population: Population) -> Iterator[Planted]:
    """All stories, in a fixed order."""
    for number, story in enumerate(_STORIES):
        yield from story(Stage(population, number))


def _gap_of_exactly_thirty_minutes(stage: Stage) -> Iterator[Planted]:
    """One session of three events, then a second one that starts a millisecond too late to belong to it."""
    user = stage.user()
    for hour, minute, late in ((9, 0, 0), (9, 30, 0), (10, 0, 0), (10, 30, 1)):
        yield stage.sent(stage.event("mobile_events", user, "app-open", stage.at(10, hour, minute, late)))


def _two_items_in_one_moment(stage: Stage) -> Iterator[Planted]:
    """Same user, session, name and time, different item: two events."""
    user = stage.user(country="FR", language="fr")
    for item in (THINKING, HABITS):
        yield stage.sent(
            stage.event("web_events", user, "item-started", stage.at(11, 19, 45), item, session_id="2988abcd-9653wxyz")
        )


def _session_id_of_two_users(stage: Stage) -> Iterator[Planted]:
    """One tracker session id on two users and both platforms."""
    session_id = "6789abcd-5678wxyz"
    phone, browser = stage.user(0), stage.user(1, "ES", "es")
    yield stage.sent(stage.event("mobile_events", phone, "item-started", stage.at(12, 14, 5), HABITS, session_id=session_id))
    yield stage.sent(stage.event("web_events", browser, "item-started", stage.at(12, 14, 5), HABITS, session_id=session_id))


def _three_days_without_a_gap(stage: Stage) -> Iterator[Planted]:
    """A device that sends every 20 minutes for 80 hours: cut after 24 hours and at each midnight from the third day on."""
    user, start = stage.user(country="AT"), stage.at(40, 5, 10)
    for step in range(80 * 3):
        instant = start + step * 20 * MINUTE + (step % 5) * 7 * SECOND
        yield stage.sent(stage.event("mobile_events", user, "app-open", instant))


def _around_midnight(stage: Stage) -> Iterator[Planted]:
    """One session on two dates: active on both days, the session belongs to the first."""
    user = stage.user(country="CH")
    for instant in (stage.at(15, 23, 58), stage.at(15, 23, 59, 59_999), stage.at(16, 0), stage.at(16, 0, 7)):
        yield stage.sent(stage.event("web_events", user, "item-finished", instant, THINKING))


def _night_of_summer_time(stage: Stage) -> Iterator[Planted]:
    """Events at local times that do not exist in Central Europe, if they were read as local times."""
    first = stage.at(0, 0) // DAY
    day = day_start(SUMMER_TIME_STARTS) // DAY - first
    if day < 0:
        return
    user = stage.user()
    for hour, minute, late in ((0, 59, 59_999), (1, 0, 0), (2, 30, 0), (3, 0, 0)):
        yield stage.sent(stage.event("mobile_events", user, "item-started", stage.at(day, hour, minute, late), HABITS))
    yield stage.sent(stage.event("web_events", user, "login-successful", stage.at(day, 2, 30)))


def _months_late(stage: Stage) -> Iterator[Planted]:
    """Phones found in a drawer: 63 and 72 days late."""
    for number, (day, days_late) in enumerate(((3, 63), (8, 72), (8, 63))):
        event = stage.event("mobile_events", stage.user(number), "item-finished", stage.at(day, 20, 15), THINKING)
        yield stage.sent(event, after=days_late * DAY + 2 * HOUR)


def _delivered_again(stage: Stage) -> Iterator[Planted]:
    """The same event again: with the same arrival in the next file, later in the same file, a day and 31 days later."""
    event = stage.event("web_events", stage.user(country="AT"), "item-finished", stage.at(17, 12, 30), HABITS)
    yield stage.sent(event)
    yield stage.sent(event, file_days_later=1)
    yield stage.sent(event, after=50 * MINUTE)
    yield stage.sent(event, after=DAY)
    yield stage.sent(event, after=31 * DAY)


def _first_delivery_in_the_later_file(stage: Stage) -> Iterator[Planted]:
    """A retry queue hands over the earlier delivery two files after the later one."""
    event = stage.event("mobile_events", stage.user(country="GB", language="en"), "item-started", stage.at(21, 8, 12), HABITS)
    yield stage.sent(event, after=5 * MINUTE)
    yield stage.sent(event, after=MINUTE, file_days_later=2)


def _other_spellings_of_the_same_event(stage: Stage) -> Iterator[Planted]:
    """Times with ``T`` and ``Z`` or without a fraction and ids without ``.0`` are the same event, not another."""
    event = stage.event("mobile_events", stage.user(), "item-finished", stage.at(23, 7, 5), HABITS)
    spelt = timestamp(event.instant)
    yield stage.sent(event)
    yield stage.sent(event, after=DAY, event_timestamp=spelt.replace(" ", "T") + "Z")
    yield stage.sent(event, after=2 * DAY, event_timestamp=spelt.removesuffix(".000"))
    yield stage.sent(event, after=3 * DAY, item_id=HABITS.item_id)
    once = stage.event("web_events", stage.user(1), "login-successful", stage.at(23, 7, 6))
    arrived = timestamp(once.instant + 40 * SECOND)
    yield stage.sent(once, arrival_timestamp=arrived.replace(" ", "T") + "Z", event_timestamp=timestamp(once.instant) + "Z")
    other = stage.event("web_events", stage.user(2), "login-successful", stage.at(23, 7, 7))
    yield stage.sent(other, event_timestamp=timestamp(other.instant).removesuffix(".000"))


def _clock_ahead(stage: Stage) -> Iterator[Planted]:
    """The device's clock is 90 seconds ahead: the event lies after its arrival."""
    yield stage.sent(stage.event("mobile_events", stage.user(), "app-open", stage.at(25, 11, 0)), after=-90 * SECOND)


def _free_to_premium(stage: Stage) -> Iterator[Planted]:
    """Free, then premium three minutes later, and in two countries on one day."""
    user = stage.user(country="CH", language="fr")
    yield stage.sent(stage.event("mobile_events", user, "app-open", stage.at(29, 18, 0)))
    yield stage.sent(stage.event("mobile_events", user, "item-started", stage.at(29, 18, 3), HABITS, access="premium"))
    yield stage.sent(
        stage.event("web_events", user, "item-finished", stage.at(29, 21, 0), HABITS, access="premium", country="FR")
    )


def _nobody_known(stage: Stage) -> Iterator[Planted]:
    """Anonymous events with one client id, and a known user's event without a session id."""
    nobody = stage.user()
    for source, hour in (("mobile_events", 9), ("web_events", 10)):
        for minute in (0, 10):
            instant = stage.at(31, hour, minute)
            yield stage.sent(
                stage.event(source, nobody, "item-started", instant, HABITS, anonymous_id="4242abcd-1717wxyz", is_logged_out=True)
            )
    yield stage.sent(stage.event("web_events", stage.user(1), "login-successful", stage.at(31, 11)), session_id="")


def _back_on_days_1_7_and_30(stage: Stage) -> Iterator[Planted]:
    """A user who returns exactly 1, 7 and 30 days after the first day."""
    for day in (30, 31, 37, 60):
        yield stage.sent(stage.event("mobile_events", stage.user(country="AT"), "item-started", stage.at(day, 6, 30), THINKING))


def _ids_of_an_older_tracker(stage: Stage) -> Iterator[Planted]:
    """Longer ids of other shapes, and times with seconds and milliseconds."""
    user = stage.user(country="AT")._replace(user_id="5678wxyz1234opqr90stuv")
    for source, name, late in (("mobile_events", "item-started", 59_789), ("web_events", "item-finished", 12_456)):
        ids = {"session_id": "wxyz6789-1234-5678-opqr-stuvabcdef90", "anonymous_id": "98765432-wxyz-5678-opqr-1234abcdef90"}
        yield stage.sent(stage.event(source, user, name, stage.at(2, 14, 14, late), HABITS, **ids), after=30_667)


_STORIES = (
    _gap_of_exactly_thirty_minutes,
    _two_items_in_one_moment,
    _session_id_of_two_users,
    _three_days_without_a_gap,
    _around_midnight,
    _night_of_summer_time,
    _months_late,
    _delivered_again,
    _first_delivery_in_the_later_file,
    _other_spellings_of_the_same_event,
    _clock_ahead,
    _free_to_premium,
    _nobody_known,
    _back_on_days_1_7_and_30,
    _ids_of_an_older_tracker,
)
