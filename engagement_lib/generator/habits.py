"""How a user takes to the product: onboarding, features and experiments, drawn once per user."""

from __future__ import annotations

from typing import NamedTuple

from engagement_lib.generator import experiments, features
from engagement_lib.generator.population import Population
from engagement_lib.generator.streams import Remembered, stream_at, stream_key

STEPS = ("welcome", "interests", "goal", "reminder")
AT_ONCE, WITHIN_A_WEEK, LATER, NOT_AT_ALL = range(4)
TIRED_SHARE = 0.05  # of users, who from some day on start items and seldom finish them
NEVER_TIRED = 1 << 30


class Habits(NamedTuple):
    """What stays true of one user's ways."""

    audio_share: float  # of the items that can be read and heard
    steps: int  # of the onboarding that are taken on the day of sign-up
    completes: int  # AT_ONCE, WITHIN_A_WEEK, LATER or NOT_AT_ALL
    reads_first_item: bool  # as a part of the onboarding
    looks_around: bool  # before signing up, not logged in
    tired_from: int  # day number
    rates: tuple[float, ...]  # by feature: 0 = never, features.ONCE, else the share of active days with a use
    arms: tuple[experiments.Arm, ...]  # by experiment


class Ways:
    """Draws the habits of a population."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._key = stream_key(population.seed, "habits of a user")
        self.of = Remembered(self._draw)

    def _draw(self, number: int) -> Habits:
        """The n-th user's habits."""
        draw = stream_at(self._key, number).random
        audio_share, chance = draw() ** 1.5, draw()
        completes = AT_ONCE if chance < 0.42 else WITHIN_A_WEEK if chance < 0.60 else LATER if chance < 0.68 else NOT_AT_ALL
        steps = len(STEPS) if completes == AT_ONCE else min(int(draw() * 5), len(STEPS) - 1)
        reads_first_item, looks_around = draw() < 0.4, draw() < 0.15
        tired_from = 45 + int(25 * draw()) if draw() < TIRED_SHARE else NEVER_TIRED
        return Habits(
            audio_share,
            steps,
            completes,
            reads_first_item,
            looks_around,
            tired_from,
            tuple(features.draw_rate(feature, draw) for feature in features.FEATURES),
            tuple(experiments.draw_arm(experiment, draw) for experiment in experiments.EXPERIMENTS),
        )
