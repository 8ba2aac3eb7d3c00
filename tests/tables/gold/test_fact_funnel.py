"""gold.fact_funnel: who reached which step of which funnel."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from engagement_lib.errors import ConfigError
from engagement_lib.tables.gold.fact_funnel import fact_funnel
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from engagement_lib.tables.silver.users import users
from tests.support import assert_rows, filled, nothing


def asked(spark: SparkSession, happened: str, known: str = "", active: str = "", **parameters) -> DataFrame:  # type: ignore[no-untyped-def]
    return fact_funnel(
        filled(spark, events, happened),
        nothing(spark, identity_map),
        filled(spark, users, known) if known else nothing(spark, users),
        filled(spark, fact_user_engagement, active) if active else nothing(spark, fact_user_engagement),
        **{"as_of": date(2025, 2, 28), **parameters},
    )


def test_the_seven_days_begin_with_the_signup(spark: SparkSession) -> None:
    """u1 signs up at 02-01 10:00: a finish at 02-08 10:00 is in time, one a second later is not."""
    known = """
        user_id | signup_at           | is_current | signup_platform | acquisition_channel | is_test
        in_time | 2025-02-01 10:00:00 | true       | web             | organic             |
        late    | 2025-02-01 10:00:00 | true       | mobile          |                     |
        early   | 2025-02-01 10:00:00 | true       | web             |                     |
        open    | 2025-02-22 10:00:00 | true       | web             |                     | true
        to_come | 2025-03-01 00:00:00 | true       | web             |                     |
        old     | 2025-01-31 23:59:59 | true       | web             |                     |
    """
    happened = """
        event_id | resolved_user_id | event_name    | event_timestamp     | platform
        e1       | in_time          | item-started  | 2025-02-02 10:00:00 | mobile
        e2       | in_time          | item-finished | 2025-02-08 10:00:00 | mobile
        e3       | late             | item-finished | 2025-02-08 10:00:01 | mobile
        e4       | early            | item-finished | 2025-02-01 09:59:59 | mobile
        e5       | open             | item-started  | 2025-02-22 11:00:00 | mobile
    """
    found = asked(spark, happened, known, first_day=date(2025, 2, 1))
    assert_rows(
        found.where("funnel = 'first_content'"),
        fact_funnel,
        """
        user_id | entry_event | entry_date | platform | acquisition_channel | is_test | steps | furthest_step | is_converted | seconds_to_convert | window_open
        in_time | sign-up     | 2025-02-01 | web      | organic             | false   | 3     | 3             | true         | 604800             | false
        late    | sign-up     | 2025-02-01 | mobile   |                     | false   | 3     | 1             | false        |                    | false
        early   | sign-up     | 2025-02-01 | web      |                     | false   | 3     | 1             | false        |                    | false
        open    | sign-up     | 2025-02-22 | web      |                     | true    | 3     | 2             | false        |                    | true
        """,
    )
    assert_rows(
        found.where("funnel = 'first_content_engagement' AND user_id IN ('in_time', 'late')"),
        fact_funnel,
        """
        user_id | steps | step_times                                 | furthest_step | is_converted
        in_time | 2     | [2025-02-01 10:00:00, 2025-02-08 10:00:00] | 2             | true
        late    | 2     | [2025-02-01 10:00:00, null]                | 1             | false
        """,
    )


def test_onboarding_can_be_completed_without_its_steps_being_seen(spark: SparkSession) -> None:
    known = "user_id | signup_at | is_current\nu1 | 2025-02-01 10:00 | true"
    happened = """
        event_id | resolved_user_id | event_name           | event_timestamp
        e1       | u1               | onboarding-completed | 2025-02-01 10:05:00
    """
    found = asked(spark, happened, known).where("funnel LIKE 'onboarding%'")
    expected = """
        funnel                | furthest_step | is_converted
        onboarding            | 1             | false
        onboarding_completion | 2             | true
    """
    assert_rows(found, fact_funnel, expected)


def test_without_a_signup_the_first_activity_begins_and_onboarding_has_no_rate(spark: SparkSession) -> None:
    active = """
        user_id | activity_date | platform | country_code | is_active | first_event_at      | first_active_at
        u1      | 2025-02-03    | web      | DE           | true      | 2025-02-03 09:00:00 | 2025-02-03 09:00:00
        u1      | 2025-02-02    | web      | IT           | true      | 2025-02-02 08:00:00 | 2025-02-02 10:00:00
        u1      | 2025-02-02    | mobile   | AT           | true      | 2025-02-02 08:30:00 | 2025-02-02 09:00:00
        u1      | 2025-02-01    | web      | CH           | false     | 2025-02-01 09:00:00 |
    """
    happened = """
        event_id | resolved_user_id | event_name           | event_timestamp
        e1       | u1               | item-finished        | 2025-02-02 09:00:00
        e2       | u1               | onboarding-completed | 2025-02-02 09:00:00
                 |                  | item-finished        | 2025-02-02 09:00:00
    """
    expected = """
        funnel                   | user_id | entry_event  | platform | country_code | entered_at          | furthest_step
        first_content            | u1      | first-active | mobile   | AT           | 2025-02-02 09:00:00 | 1
        first_content_start      | u1      | first-active | mobile   | AT           | 2025-02-02 09:00:00 | 1
        first_content_engagement | u1      | first-active | mobile   | AT           | 2025-02-02 09:00:00 | 2
    """
    assert_rows(asked(spark, happened, active=active), fact_funnel, expected)


def test_a_configured_funnel_may_be_entered_every_time_and_has_its_own_window(spark: SparkSession) -> None:
    happened = """
        event_id | resolved_user_id | event_name   | event_timestamp
        e1       | u1               | app-open     | 2025-02-01 10:00:00
        e2       | u1               | feature-used | 2025-02-02 10:00:01
        e3       | u1               | app-open     | 2025-02-03 10:00:00
        e4       | u1               | feature-used | 2025-02-03 11:00:00
    """
    funnels = {
        "every": {"steps": ["app-open", "feature-used"], "days": 1, "entry": "every"},
        "first": {"steps": [["app-open", "login-successful"], "feature-used"], "days": 2},
    }
    expected = """
        funnel | entry | entry_event | furthest_step
        every  | 1     | app-open    | 1
        every  | 2     | app-open    | 2
        first  | 1     | app-open    | 2
    """
    assert_rows(asked(spark, happened, funnels=funnels), fact_funnel, expected)


def test_configured_funnels_are_added_to_the_declared_and_replace_those_of_their_name(spark: SparkSession) -> None:
    known = "user_id | signup_at | is_current\nu1 | 2025-02-01 10:00 | true"
    happened = """
        event_id | resolved_user_id | event_name           | event_timestamp
        e1       | u1               | app-open             | 2025-02-01 10:00:00
        e2       | u1               | onboarding-completed | 2025-02-02 10:00:01
    """
    funnels = {
        "onboarding_completion": {"steps": ["sign-up", "onboarding-completed"], "days": 1},
        "opened": {"steps": ["sign-up", "app-open", "item-started", "item-finished"], "days": 1},
    }
    expected = """
        funnel                   | steps | furthest_step | is_converted
        onboarding               | 3     | 1             | false
        onboarding_completion    | 2     | 1             | false
        first_content            | 3     | 1             | false
        first_content_start      | 2     | 1             | false
        first_content_engagement | 2     | 1             | false
        opened                   | 4     | 2             | false
    """
    assert_rows(asked(spark, happened, known, funnels=funnels), fact_funnel, expected)


TWO = ["app-open", "item-started"]


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"steps": ["app-open"], "days": 7}, "give two steps or more"),
        ({"steps": ["app-open", "app-open"], "days": 7}, "no event in two of them"),
        ({"steps": ["app-open", []], "days": 7}, "give two steps or more"),
        ({"steps": 2, "days": 7}, "give two steps or more"),
        ({"steps": ["app-open", 5], "days": 7}, "there is no event 5"),
        ({"steps": ["app-open", "item-strated"], "days": 7}, "there is no event 'item-strated'"),
        ({"steps": TWO}, "days must be a whole number from 1 on, not None"),
        ({"steps": TWO, "days": -1}, "days must be"),
        ({"steps": TWO, "days": True}, "days must be"),
        ({"steps": TWO, "days": 7, "entry": "any"}, "entry is 'any'; it can be"),
        ({"steps": TWO, "days": 7, "order": "strict"}, "give steps, days and entry, and nothing else"),
        (["app-open", "item-started"], "give steps, days and entry"),
    ],
)
def test_a_funnel_that_means_nothing_is_refused_by_name(spark: SparkSession, declared: Any, problem: str) -> None:
    with pytest.raises(ConfigError, match=rf"funnels\.odd: .*{problem}"):
        asked(spark, "event_id\n", funnels={"odd": declared})


def test_a_rate_stays_the_one_of_its_name(spark: SparkSession) -> None:
    """METRICS' onboarding completion rate is the second of its two steps; by other steps it would be another number."""
    steps = ["sign-up", "onboarding-step", "onboarding-completed"]
    for changed in ({"steps": steps}, {"steps": ["sign-up", "app-open"]}, {"steps": [steps[0], steps[2]], "entry": "every"}):
        with pytest.raises(ConfigError, match=r"funnels\.onboarding_completion: it is a rate of two steps"):
            asked(spark, "event_id\n", funnels={"onboarding_completion": {"days": 7, **changed}})
    with pytest.raises(ConfigError, match=r"funnels\.2025: give the funnel's name as text"):
        asked(spark, "event_id\n", funnels={2025: {"steps": TWO, "days": 7}})
    longer = {"onboarding": {"steps": [*steps, "item-started"], "days": 7}}
    assert asked(spark, "event_id\n", funnels=longer).count() == 0


def test_what_comes_late_counts_where_the_window_is_long_or_the_funnel_begins_with_an_event(spark: SparkSession) -> None:
    happened = """
        event_id | resolved_user_id | event_name    | event_timestamp
        e1       | u1               | item-finished | 2025-01-21 10:00:00
        e2       | u2               | app-open      | 2025-02-10 10:00:00
        e3       | u2               | item-finished | 2025-02-11 10:00:00
    """
    known = "user_id | signup_at | is_current\nu1 | 2025-01-01 10:00 | true\nu2 | 2025-01-01 10:00 | true"
    funnels = {
        "long": {"steps": ["sign-up", "item-finished"], "days": 30},
        "mixed": {"steps": [["first-active", "app-open"], "item-finished"], "days": 7},
    }
    found = asked(spark, happened, known, funnels=funnels).where("funnel IN ('long', 'mixed')")
    expected = "funnel | user_id | furthest_step\nlong | u1 | 2\nlong | u2 | 1\nmixed | u2 | 2"
    assert_rows(found, fact_funnel, expected)


def test_a_loop_over_the_events_finds_the_same_steps(spark: SparkSession) -> None:
    chance, begin = random.Random(3), datetime(2025, 1, 1, tzinfo=UTC)
    signed_up = {f"u{n}": begin + timedelta(minutes=chance.randrange(40 * 24 * 60)) for n in range(60)}
    minutes = chance.sample(range(50 * 24 * 60), 500)
    names = ["onboarding-step", "onboarding-completed", "item-started", "item-finished", "app-open"]
    happened = sorted(
        (begin + timedelta(minutes=m, seconds=30), chance.choice(list(signed_up)), chance.choice(names)) for m in minutes
    )

    def furthest(user: str, steps: list[str]) -> int:
        reached, deadline = 0, signed_up[user] + timedelta(days=7)
        for at, who, name in happened:
            if who == user and signed_up[user] <= at <= deadline and reached < len(steps) and name == steps[reached]:
                reached += 1
        return 1 + reached

    def text(at: datetime) -> str:
        return f"{at:%Y-%m-%d %H:%M:%S}"

    drawn = [f"e{n} | {user} | {name} | {text(at)}" for n, (at, user, name) in enumerate(happened)]
    known = [f"{user} | {text(at)} | true" for user, at in signed_up.items()]
    found = asked(
        spark,
        "\n".join(["event_id | resolved_user_id | event_name | event_timestamp", *drawn]),
        "\n".join(["user_id | signup_at | is_current", *known]),
    )
    rows = {(row.funnel, row.user_id): row.furthest_step for row in found.collect()}
    steps = {
        "onboarding": ["onboarding-step", "onboarding-completed"],
        "onboarding_completion": ["onboarding-completed"],
        "first_content": ["item-started", "item-finished"],
        "first_content_start": ["item-started"],
        "first_content_engagement": ["item-finished"],
    }
    assert rows == {(name, user): furthest(user, after) for name, after in steps.items() for user in signed_up}
    assert set(rows.values()) == {1, 2, 3}
