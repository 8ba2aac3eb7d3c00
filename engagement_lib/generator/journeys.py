"""What a user does on a day besides opening and reading: onboarding, features, exposures to experiments."""

from __future__ import annotations

from collections.abc import Iterator

from engagement_lib.generator.clock import SECOND
from engagement_lib.generator.experiments import exposures
from engagement_lib.generator.features import uses
from engagement_lib.generator.habits import Habits, Ways
from engagement_lib.generator.onboarding import Deed, looking_around, onboarding
from engagement_lib.generator.population import Population, User
from engagement_lib.generator.streams import stream_at, stream_key
from engagement_lib.generator.trackers import Action, Event, mobile_event, web_event


class Journeys:
    """The further events of a population, one user and day at a time."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._ways = Ways(population)
        self._key = stream_key(population.seed, "journeys of a user")

    def of(self, number: int, day: int, visit: list[tuple[int, Event]]) -> Iterator[tuple[int, Event]]:
        """(usual arrival, event) on a day with these visits."""
        draw = stream_at(self._key, number, day).random
        user, habits = self._population.profile(number), self._ways.of(number)
        first = min((event for _, event in visit), key=lambda event: event.instant)
        is_mobile = first.source == "mobile_events"
        write = mobile_event if is_mobile else web_event
        is_new = day == self._population.sign_up_day(number)
        device = f"{user.user_id[4:]}-{'app' if is_mobile else 'browser'}"
        before = looking_around(user, habits, self._population.instant(day)) if is_new else ()
        deeds = [(deed, True) for deed in before]
        deeds.extend((deed, False) for deed in self._deeds(number, user, habits, day, first.instant, draw))
        for (name, instant, item, newer), is_logged_out in deeds:
            if name == "app-open" and not is_mobile:
                continue  # on the web it would be a login
            client = device if is_new else ""
            action = Action(name, instant, user.country, user.access(instant), item, "", client, is_logged_out, newer)
            yield instant + int(1 + draw() * 59) * SECOND, write(action, user, day, draw)

    def _deeds(self, number: int, user: User, habits: Habits, day: int, moment: int, draw) -> Iterator[Deed]:  # type: ignore[no-untyped-def]
        yield from onboarding(self._population, number, user, habits, day, moment)
        for name, instant, newer in (
            *uses(self._population, number, user, habits.rates, day, moment, draw),
            *exposures(self._population, number, user, habits.arms, day, moment, draw),
        ):
            yield name, instant, None, newer
