"""What newcomers do around their sign-up: look around, take the steps, finish the onboarding at once, later or never."""

from __future__ import annotations

from collections.abc import Iterator

from engagement_lib.generator.catalogue import ITEM_BY_ID, Item
from engagement_lib.generator.clock import MINUTE, SECOND
from engagement_lib.generator.habits import AT_ONCE, LATER, STEPS, WITHIN_A_WEEK, Habits
from engagement_lib.generator.population import Population, User
from engagement_lib.generator.trackers import NOTHING_NEW, Newer

FIRST_ITEM = ITEM_BY_ID["14783"]
# Days after sign-up on which the onboarding may be taken up again: well inside and well outside the first seven days.
RETURNS = {WITHIN_A_WEEK: (1, 6), LATER: (9, 20)}
Deed = tuple[str, int, Item | None, Newer]  # event name, instant, item, newer cells


def looking_around(user: User, habits: Habits, midnight: int) -> Iterator[Deed]:
    """What is done before signing up, on the same device and not logged in."""
    start = user.sign_up - 4 * MINUTE
    if habits.looks_around and start >= midnight:
        yield "app-open", start, None, NOTHING_NEW
        yield "item-started", start + 2 * MINUTE, FIRST_ITEM, Newer(content_format="text")


def onboarding(population: Population, number: int, user: User, habits: Habits, day: int, moment: int) -> Iterator[Deed]:
    """The steps of an active day; ``moment`` is when the user came, later than the sign-up."""
    days_since = day - population.sign_up_day(number)
    if days_since == 0:
        for place, step in enumerate(STEPS[: habits.steps]):
            yield "onboarding-step", user.sign_up + (15 + 40 * place) * SECOND, None, Newer(step_name=step)
        if habits.completes == AT_ONCE:
            yield from _completed(user.sign_up + 170 * SECOND, habits)
    elif habits.completes in RETURNS:
        first, last = RETURNS[habits.completes]
        start = population.sign_up_day(number) + first
        if first <= days_since <= last and not population.was_active(number, start, day - 1):
            for place, step in enumerate(STEPS[habits.steps :]):
                yield "onboarding-step", moment + (10 + 25 * place) * SECOND, None, Newer(step_name=step)
            yield from _completed(moment + 120 * SECOND, habits)


def _completed(instant: int, habits: Habits) -> Iterator[Deed]:
    yield "onboarding-completed", instant, None, NOTHING_NEW
    if habits.reads_first_item:
        form = Newer(content_format="text")
        yield "item-started", instant + 20 * SECOND, FIRST_ITEM, form
        yield "item-finished", instant + 9 * MINUTE, FIRST_ITEM, form
