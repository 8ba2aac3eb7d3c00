"""Who comes back when."""

from __future__ import annotations

from datetime import date
from statistics import median

import pytest

from engagement_lib.generator.population import Population, user_id_of
from engagement_lib.generator.streams import Remembered

FIRST_DAY = date(2025, 1, 1)  # a Wednesday


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(7, FIRST_DAY, 20_000)


@pytest.fixture(scope="module")
def active(population) -> list[set[int]]:
    return [set(population.active_users(day)) for day in range(90)]


def _retained(population: Population, active: list[set[int]], after: int) -> float:
    members = [(number, day) for day in range(90 - after) for number in range(population.size(day - 1), population.size(day))]
    return sum(number in active[day + after] for number, day in members) / len(members)


def test_everybody_is_active_on_the_day_of_sign_up(population, active):
    assert _retained(population, active, 0) == 1.0


def test_retention_falls_with_age_as_in_real_products(population, active):
    day_1, day_7, day_30 = (_retained(population, active, after) for after in (1, 7, 30))
    assert 0.30 > day_1 > 0.12
    assert 0.7 * day_1 > day_7 > 0.05
    assert 0.8 * day_7 > day_30 > 0.02


def test_saturdays_are_the_quietest_days(active):
    by_weekday = [sum(len(users) for users in active[weekday::7][:12]) for weekday in range(7)]
    assert by_weekday.index(min(by_weekday)) == (5 - FIRST_DAY.weekday()) % 7


def test_asking_for_one_user_agrees_with_the_list_of_the_day(population, active):
    assert {number for number in range(2_000) if population.is_active(number, 33)} == {n for n in active[33] if n < 2_000}


def test_what_is_remembered_of_a_person_is_what_would_be_drawn_again():
    drawn = []
    remembered = Remembered(lambda number: drawn.append(number) or number * 7, most=2)
    assert [remembered(number) for number in (1, 1, 2, 3, 1)] == [7, 7, 14, 21, 7]
    assert drawn == [1, 2, 3, 1]


def test_no_two_days_draw_alike(active):
    """The overlap of two days' visitors, against chance, is about the same for all pairs of days."""
    pairs = [(first, second) for first in range(30, 90) for second in range(first + 7, 90, 7)]
    overlaps = [len(active[a] & active[b]) / (len(active[a]) * len(active[b])) for a, b in pairs]
    assert max(overlaps) < 1.5 * median(overlaps)


def test_user_ids_are_unique_and_shaped_like_the_seed_s():
    ids = {user_id_of(number) for number in range(0, 1_600_000_000, 40_009)}
    assert len(ids) == len(range(0, 1_600_000_000, 40_009))
    assert all(len(user_id) == 16 and user_id[4:8].isdigit() and user_id[12:].isdigit() for user_id in ids)
