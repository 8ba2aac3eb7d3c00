"""Features of the product, and who uses them how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engagement_lib.generator.clock import MINUTE, SECOND
from engagement_lib.generator.population import Population, User
from engagement_lib.generator.trackers import Newer

ONCE = -1.0


class Feature(NamedTuple):
    """When users get it, which of them, and how they take to it."""

    feature_id: str
    name: str
    launch_day: int
    eligible: tuple[str, ...]  # access types; empty = everybody
    adopting_share: float  # of all users, who use it if they come after the launch
    repeating_share: float  # of the adopting


FEATURES = (
    Feature("highlights", "Highlights and notes", -210, (), 0.35, 0.6),
    Feature("offline", "Offline download", -120, ("premium",), 0.6, 0.7),
    Feature("spaces", "Shared spaces", 10, ("free", "premium"), 0.15, 0.35),
    Feature("ask", "Ask the book", 45, (), 0.4, 0.5),
)


def draw_rate(feature: Feature, draw: Callable[[], float]) -> float:
    """0 = never uses it, ONCE, else the share of active days on which it is used."""
    adopts, repeats, rate = draw() < feature.adopting_share, draw() < feature.repeating_share, 0.2 + 0.5 * draw()
    return 0.0 if not adopts else rate if repeats else ONCE


def uses(
    population: Population, number: int, user: User, rates: tuple[float, ...], day: int, moment: int, draw: Callable[[], float]
) -> Iterator[tuple[str, int, Newer]]:
    """(event name, instant, cells) of the features that a user uses on an active day, within ten minutes of a moment."""
    for feature, rate in zip(FEATURES, rates, strict=True):
        instant = moment + int(1 + draw() * 9) * MINUTE + int(draw() * 60) * SECOND
        if rate == 0.0 or day < feature.launch_day or (feature.eligible and user.access(instant) not in feature.eligible):
            continue
        is_due = not population.was_active(number, max(feature.launch_day, 0), day - 1) if rate == ONCE else draw() < rate
        if is_due:
            yield "feature-used", instant, Newer(feature_id=feature.feature_id)
