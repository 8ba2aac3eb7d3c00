"""Two experiments: one with a true effect, one whose variants get other shares of the users than was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engagement_lib.generator.clock import MINUTE, SECOND, timestamp
from engagement_lib.generator.population import Population, User
from engagement_lib.generator.records import Record
from engagement_lib.generator.trackers import Newer

CONTROL, TREATMENT = "control", "treatment"
VARIANTS = (CONTROL, TREATMENT)
ALL_ALONG = 1 << 30
CROSSOVER_SHARE = 0.025  # of users, who see the other variant some days after the first
REPEATED_SHARE = 0.2  # of the active days after the first that log the exposure again


class Experiment(NamedTuple):
    """Who takes part, and how the users are split."""

    experiment_id: str
    name: str
    first_day: int
    last_day: int | None  # None = still open
    is_for_newcomers: bool
    treated_share: float  # that users really get; meant is one half
    true_lift: float  # of the chance that an item is finished


class Arm(NamedTuple):
    """What one user is given."""

    variant: str
    crosses_after: int  # days; ALL_ALONG = never


EXPERIMENTS = (
    Experiment("exp-2025-chapters", "Short chapters in the reader", 35, None, False, 0.5, 0.35),
    Experiment("exp-2025-tour", "Guided tour after sign-up", 20, 69, True, 0.4, 0.0),
)


def draw_arm(experiment: Experiment, draw: Callable[[], float]) -> Arm:
    """A user's variant, whether or not the user ever takes part."""
    variant = TREATMENT if draw() < experiment.treated_share else CONTROL
    return Arm(variant, 3 + int(20 * draw()) if draw() < CROSSOVER_SHARE else ALL_ALONG)


def first_day_in(experiment: Experiment, sign_up_day: int) -> int | None:
    """The day from which on a user takes part, None where the user does not."""
    if experiment.is_for_newcomers and sign_up_day < experiment.first_day:
        return None
    start = max(experiment.first_day, sign_up_day)
    return start if experiment.last_day is None or start <= experiment.last_day else None


def variant_on(experiment: Experiment, arm: Arm, sign_up_day: int, day: int) -> str:
    """The variant that a user gets on a day; empty where there is none."""
    start = first_day_in(experiment, sign_up_day)
    if start is None or day < start or (experiment.last_day is not None and day > experiment.last_day):
        return ""
    return arm.variant if day < start + arm.crosses_after else other(arm.variant)


def other(variant: str) -> str:
    """The variant that a crossover sees later."""
    return CONTROL if variant == TREATMENT else TREATMENT


def finishing_factor(arms: tuple[Arm, ...], sign_up_day: int, day: int) -> float:
    """By what the chance of finishing an item is multiplied."""
    factor = 1.0
    for experiment, arm in zip(EXPERIMENTS, arms, strict=True):
        if experiment.true_lift and variant_on(experiment, arm, sign_up_day, day) == TREATMENT:
            factor *= 1 + experiment.true_lift
    return factor


def exposures(
    population: Population, number: int, user: User, arms: tuple[Arm, ...], day: int, moment: int, draw: Callable[[], float]
) -> Iterator[tuple[str, int, Newer]]:
    """(event name, instant, cells) of the exposures that a user's active day logs: the first of each variant and some more."""
    sign_up_day = population.sign_up_day(number)
    for place, (experiment, arm) in enumerate(zip(EXPERIMENTS, arms, strict=True)):
        variant = variant_on(experiment, arm, sign_up_day, day)
        if not variant:
            continue
        start = first_day_in(experiment, sign_up_day) or 0
        since = start if variant == arm.variant else start + arm.crosses_after
        if draw() < REPEATED_SHARE or not population.was_active(number, since, day - 1):
            # The assignment comes first: on the day of sign-up nothing happens before it.
            instant = max(moment, user.sign_up) + (1 + place) * SECOND
            yield "experiment-exposed", instant, Newer(experiment_id=experiment.experiment_id, variant=variant)


def assignments(population: Population, number: int, user: User, arms: tuple[Arm, ...]) -> Iterator[Record]:
    """A user's assignments: at the start of the experiment, or after sign-up."""
    for experiment, arm in zip(EXPERIMENTS, arms, strict=True):
        start = first_day_in(experiment, population.sign_up_day(number))
        if start is None:
            continue
        assigned = max(population.instant(start), user.sign_up)
        if assigned >= user.deleted_at:
            continue
        yield Record(assigned, (experiment.experiment_id, user.user_id, arm.variant, timestamp(assigned)))
        crossed = population.instant(start + arm.crosses_after) + MINUTE
        is_open = experiment.last_day is None or start + arm.crosses_after <= experiment.last_day
        if arm.crosses_after != ALL_ALONG and is_open and crossed < user.deleted_at:
            yield Record(crossed, (experiment.experiment_id, user.user_id, other(arm.variant), timestamp(crossed)))
