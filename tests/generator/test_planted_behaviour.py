"""What people do is what was planted: shares near those of the sample's README, and nothing before its cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from engagement_lib.generator.clock import DAY, HOUR, MINUTE
from engagement_lib.generator.contracts import NEVER, NO_CONTRACT, OUTCOMES
from engagement_lib.generator.deliveries import Deliveries
from engagement_lib.generator.experiments import EXPERIMENTS, TREATMENT, variant_on
from engagement_lib.generator.habits import AT_ONCE, Ways
from engagement_lib.generator.population import Population
from engagement_lib.generator.subscriptions import payments, subscriptions
from engagement_lib.generator.trackers import Event

POPULATION = Population(7, date(2025, 1, 1), 2_000)
USERS = {POPULATION.profile(number).user_id: number for number in range(POPULATION.size(89))}


@pytest.fixture(scope="module")
def events() -> list[Event]:
    deliveries = Deliveries(POPULATION, longest_late_days=3, is_plain=False)
    return sorted({delivery.event for _, arrived in deliveries.by_day(0, 89) for delivery in arrived})


def _by_user(events: list[Event]) -> dict[int, list[Event]]:
    found = defaultdict(list)
    for event in events:
        if event.user_id:
            found[USERS[event.user_id]].append(event)
    return found


def test_nobody_acts_before_the_sign_up_or_after_the_deletion(events):
    for number, own in _by_user(events).items():
        user = POPULATION.profile(number)
        assert all(user.sign_up < event.instant < user.deleted_at for event in own), user


def test_who_looks_around_is_told_by_the_device_that_signs_up_minutes_later(events):
    devices = {event.anonymous_id: event for event in events if event.user_id}
    known_later = [event for event in events if not event.user_id and event.anonymous_id in devices]
    looking = [event for event in known_later if event.anonymous_id.endswith(("-app", "-browser"))]
    assert len(looking) > 50
    for event in looking:
        sign_up = POPULATION.profile(USERS[devices[event.anonymous_id].user_id]).sign_up
        assert sign_up - 4 * MINUTE <= event.instant < sign_up + DAY


def test_onboarding_is_completed_by_the_planted_share_and_after_its_steps(events):
    steps, completed = defaultdict(set), {}
    for event in events:
        if event.name == "onboarding-step":
            steps[event.user_id].add((event.instant, event.newer.step_name))
        elif event.name == "onboarding-completed":
            completed[event.user_id] = event.instant
    newcomers = [number for number in USERS.values() if 0 <= POPULATION.sign_up_day(number) <= 60]
    at_once = [n for n in newcomers if completed.get(POPULATION.profile(n).user_id, NEVER) < POPULATION.profile(n).sign_up + HOUR]
    assert 0.36 < len(at_once) / len(newcomers) < 0.48
    ways = Ways(POPULATION)
    assert {ways.of(number).completes for number in at_once} == {AT_ONCE}
    for number in newcomers:
        who = POPULATION.profile(number).user_id
        assert who not in completed or len({step for at, step in steps[who] if at < completed[who]}) == 4


def test_premium_is_who_is_in_a_trial_or_pays(events):
    for number, own in _by_user(events).items():
        user = POPULATION.profile(number)
        if user.is_restless:
            continue
        for event in own:
            if event.name in ("app-open", "feature-used"):  # an item may still be read in the session in which access changes
                assert event.access == user.access(event.instant)


def test_features_are_used_after_their_launch_by_those_who_may(events):
    uses = [event for event in events if event.name == "feature-used"]
    assert {event.newer.feature_id for event in uses} == {"highlights", "offline", "spaces", "ask"}
    first = {feature: min(e.instant for e in uses if e.newer.feature_id == feature) for feature in ("spaces", "ask")}
    assert first["spaces"] >= POPULATION.instant(10) and first["ask"] >= POPULATION.instant(45)
    assert {event.access for event in uses if event.newer.feature_id == "offline"} == {"premium"}
    days = Counter(who for who, _ in {(e.user_id, e.instant // DAY) for e in uses if e.newer.feature_id == "ask"})
    assert 0.1 < sum(count > 1 for count in days.values()) / len(days) < 0.5


def test_only_the_experiment_with_an_effect_has_one(events):
    ways = Ways(POPULATION)
    for experiment, low, high in zip(EXPERIMENTS, (1.2, 0.85), (1.5, 1.15), strict=True):
        place = EXPERIMENTS.index(experiment)
        tally: Counter[tuple[bool, str]] = Counter()
        for number, own in _by_user(events).items():
            joined = POPULATION.sign_up_day(number)
            for event in own:
                day = (event.instant - POPULATION.instant(0)) // DAY
                variant = variant_on(experiment, ways.of(number).arms[place], joined, day)
                if variant and event.name in ("item-started", "item-finished"):
                    tally[variant == TREATMENT, event.name] += 1
        treated, others = (tally[arm, "item-finished"] / tally[arm, "item-started"] for arm in (True, False))
        assert low < treated / others < high, experiment.experiment_id


def test_the_tour_has_another_split_than_was_meant():
    ways = Ways(POPULATION)
    treated = [ways.of(number).arms[1].variant == TREATMENT for number in USERS.values()]
    assert 0.36 < sum(treated) / len(treated) < 0.44


def test_trials_end_as_often_as_planted_and_bills_follow_from_them():
    contracts = [POPULATION.profile(number).contract for number in USERS.values()]
    begun = [contract for contract in contracts if contract != NO_CONTRACT]
    assert 0.38 < len(begun) / len(contracts) < 0.46
    outcomes = Counter(contract.outcome for contract in begun)
    assert all(abs(outcomes[outcome] / len(begun) - share) < 0.04 for outcome, share in OUTCOMES)
    for number in USERS.values():
        user = POPULATION.profile(number)
        states, bills = list(subscriptions(user)), list(payments(user))
        assert [record.instant for record in states] == sorted(record.instant for record in states)
        assert any(bill.cells[6] in ("succeeded", "refunded") for bill in bills) == (user.contract.paid_at != NEVER)
        assert len({(bill.cells[0], bill.cells[6]) for bill in bills}) == len(bills)
