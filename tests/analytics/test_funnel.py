"""Funnels: drawn users, two published funnels, the seed's content funnel, and a plain-Python second way."""

import itertools
import json
import random
from datetime import UTC, date, datetime, timedelta

import pytest

from engagement_lib.analytics.funnel import Exclusion, funnel
from engagement_lib.analytics.funnel_summary import funnel_summary
from tests.support import assert_rows, rows

EVENTS = "user_id string, item_id string, at timestamp, name string, seq int, channel string"
ATTEMPT = (
    "user_id string, entry int, entered_at timestamp, step_times array<timestamp>, furthest_step int, is_converted boolean, "
    "seconds_to_convert bigint, is_excluded boolean, window_open boolean, channel string"
)
SUMMARY = (
    "step int, step_name string, entered bigint, users bigint, open_users bigint, users_before bigint, open_users_before bigint, "
    "excluded_users bigint, conversion_rate double, step_conversion_rate double, average_seconds double, median_seconds double"
)
STEPS = ["view", "start", "finish"]
HOUR = 3600


def ask(events, steps=STEPS, **asked):
    defaults = {"user": "user_id", "timestamp": "at", "event_name": "name", "window_seconds": HOUR, "as_of": date(2025, 2, 9)}
    return funnel(events, steps, **{**defaults, **asked})


def test_the_window_includes_its_last_instant_and_closes_after_it(spark):
    events = """
        user_id | at                  | name
        ana     | 2025-02-01 10:00:00 | view
        ana     | 2025-02-01 10:20:00 | start
        ana     | 2025-02-01 11:00:00 | finish
        bob     | 2025-02-01 10:00:00 | view
        bob     | 2025-02-01 10:20:00 | start
        bob     | 2025-02-01 11:00:01 | finish
    """
    assert_rows(
        ask(rows(spark, EVENTS, events)),
        ATTEMPT,
        """
        user_id | step_times                                             | furthest_step | is_converted | seconds_to_convert
        ana     | [2025-02-01 10:00, 2025-02-01 10:20, 2025-02-01 11:00] | 3             | true         | 3600
        bob     | [2025-02-01 10:00, 2025-02-01 10:20, null]             | 2             | false        |
        """,
    )


ORDERS = """
    user_id | at               | name
    ana     | 2025-02-01 10:00 | view
    ana     | 2025-02-01 10:01 | ping
    ana     | 2025-02-01 10:02 | start
    ana     | 2025-02-01 10:03 | finish
    bob     | 2025-02-01 10:00 | view
    bob     | 2025-02-01 10:01 | finish
    bob     | 2025-02-01 10:02 | start
    kim     | 2025-02-01 10:00 | finish
    kim     | 2025-02-01 10:01 | start
    kim     | 2025-02-01 10:02 | view
    lee     | 2025-02-01 10:00 | ping
    lee     | 2025-02-01 10:01 | view
    lee     | 2025-02-01 10:02 | start
    lee     | 2025-02-01 10:03 | finish
"""


@pytest.mark.parametrize(
    ("order", "furthest"),
    [
        ("ordered", {"ana": 3, "bob": 2, "kim": 1, "lee": 3}),
        ("strict", {"ana": 1, "bob": 1, "kim": 1, "lee": 3}),
        ("any", {"ana": 3, "bob": 3, "kim": 3, "lee": 3}),
    ],
)
def test_what_counts_as_progress_depends_on_the_order_asked_for(spark, order, furthest):
    got = ask(rows(spark, EVENTS, ORDERS), order=order).collect()
    assert {row.user_id: row.furthest_step for row in got} == furthest


def test_every_entry_is_an_attempt_of_its_own(spark):
    """The first attempt runs out of its window, the second one makes it with the same finish."""
    events = """
        user_id | at               | name   | channel
        ana     | 2025-02-01 10:00 | view   | mail
        ana     | 2025-02-01 10:50 | view   | ads
        ana     | 2025-02-01 11:10 | start  |
        ana     | 2025-02-01 11:20 | finish |
    """
    assert_rows(
        ask(rows(spark, EVENTS, events), entry="every", by=["channel"]),
        ATTEMPT,
        """
        user_id | entry | channel | entered_at       | furthest_step | seconds_to_convert
        ana     | 1     | mail    | 2025-02-01 10:00 | 1             |
        ana     | 2     | ads     | 2025-02-01 10:50 | 3             | 1800
        """,
    )


def test_one_event_satisfies_one_step_only(spark):
    events = """
        user_id | at               | name
        ana     | 2025-02-01 10:00 | view
        bob     | 2025-02-01 10:00 | view
        bob     | 2025-02-01 10:01 | view
    """
    got = ask(rows(spark, EVENTS, events), ["view", "view"]).collect()
    assert {row.user_id: row.furthest_step for row in got} == {"ana": 1, "bob": 2}


def test_one_of_several_names_does_for_a_step(spark):
    events = """
        user_id | at               | name
        ana     | 2025-02-01 10:00 | app-open
        ana     | 2025-02-01 10:01 | read
        bob     | 2025-02-01 10:00 | app-open
        bob     | 2025-02-01 10:01 | listen
    """
    got = ask(rows(spark, EVENTS, events), ["app-open", ["read", "listen"]]).collect()
    assert [row.is_converted for row in got] == [True, True]


def test_events_of_one_instant_follow_the_tie_break_else_the_order_of_the_steps(spark):
    events = """
        user_id | at               | name   | seq
        ana     | 2025-02-01 10:00 | finish | 1
        ana     | 2025-02-01 10:00 | start  | 2
        ana     | 2025-02-01 10:00 | view   | 3
    """
    frame = rows(spark, EVENTS, events)
    assert ask(frame).first().furthest_step == 3
    assert ask(frame, tie_break=["seq"]).first().furthest_step == 1


@pytest.mark.parametrize("names", [("signup", "login"), ("login", "signup")])
def test_of_names_that_do_for_one_step_the_one_that_does_for_a_later_one_comes_later(spark, names):
    events = "user_id | at | name" + "".join(f"\nana | 2025-02-01 10:00 | {name}" for name in names)
    got = ask(rows(spark, EVENTS, events).coalesce(1), [["signup", "login"], ["login", "purchase"]]).first()
    assert (got.furthest_step, got.is_converted) == (2, True)


def test_two_entries_of_one_instant_are_taken_in_the_order_of_their_values(spark):
    events = """
        user_id | at               | name | channel
        ana     | 2025-02-01 10:00 | view | search
        ana     | 2025-02-01 10:00 | view | mail
        ana     | 2025-02-01 10:00 | view | push
    """
    assert ask(rows(spark, EVENTS, events), by=["channel"]).first().channel == "mail"


def test_a_window_that_is_not_over_is_open(spark):
    events = """
        user_id | at               | name
        ana     | 2025-02-01 22:59 | view
        bob     | 2025-02-01 23:00 | view
        kim     | 2025-02-01 23:30 | view
        kim     | 2025-02-01 23:40 | start
        kim     | 2025-02-01 23:50 | finish
        lee     | 2025-02-02 00:00 | view
    """
    assert_rows(
        ask(rows(spark, EVENTS, events), as_of=date(2025, 2, 1)),
        ATTEMPT,
        """
        user_id | furthest_step | is_converted | window_open
        ana     | 1             | false        | false
        bob     | 1             | false        | true
        kim     | 3             | true         | true
        """,
    )


def test_one_may_enter_on_the_days_of_the_range_and_go_on_later(spark):
    events = """
        user_id | at               | name
        ana     | 2025-02-01 23:00 | view
        ana     | 2025-02-02 23:30 | view
        ana     | 2025-02-03 00:10 | start
        bob     | 2025-02-03 00:00 | view
    """
    assert_rows(
        ask(rows(spark, EVENTS, events), entry_range=(date(2025, 2, 2), date(2025, 2, 2))),
        ATTEMPT,
        """
        user_id | entry | entered_at       | furthest_step
        ana     | 1     | 2025-02-02 23:30 | 2
        """,
    )


def test_an_excluded_event_counts_only_between_its_steps(spark):
    """Ana logs out between, bob after converting, kim before entering, lee after the start and never finishes, max too late."""
    events = """
        user_id | at               | name
        ana     | 2025-02-01 10:00 | view
        ana     | 2025-02-01 10:05 | log-out
        ana     | 2025-02-01 10:10 | start
        ana     | 2025-02-01 10:20 | finish
        bob     | 2025-02-01 10:00 | view
        bob     | 2025-02-01 10:10 | start
        bob     | 2025-02-01 10:20 | finish
        bob     | 2025-02-01 10:30 | log-out
        kim     | 2025-02-01 09:00 | log-out
        kim     | 2025-02-01 10:00 | view
        lee     | 2025-02-01 10:00 | view
        lee     | 2025-02-01 10:10 | start
        lee     | 2025-02-01 10:30 | log-out
        max     | 2025-02-01 10:00 | view
        max     | 2025-02-01 11:01 | log-out
    """
    frame = rows(spark, EVENTS, events)

    def excluded(*exclusions):
        return {row.user_id for row in ask(frame, exclusions=exclusions).collect() if row.is_excluded}

    assert excluded(Exclusion("log-out")) == {"ana", "lee"}
    assert excluded(Exclusion("log-out", after=2)) == {"lee"}
    assert excluded(Exclusion("log-out", before=2)) == {"ana"}
    assert excluded(Exclusion("log-out", after=2), Exclusion("log-out", before=2)) == {"ana", "lee"}
    assert {row.user_id for row in ask(frame, exclusions=[Exclusion("log-out")]).collect() if row.is_converted} == {"bob"}


def test_the_unit_may_be_a_user_and_an_item(spark):
    events = """
        user_id | item_id | at               | name
        ana     | 1       | 2025-02-01 10:00 | start
        ana     | 2       | 2025-02-01 10:10 | finish
        ana     |         | 2025-02-01 10:10 | start
    """
    got = ask(rows(spark, EVENTS, events), ["start", "finish"], user=["user_id", "item_id"]).collect()
    assert [(row.user_id, row.item_id, row.furthest_step) for row in got] == [("ana", "1", 1)]


def test_the_summary_counts_each_user_at_the_best_attempt_and_nobody_as_lost_who_may_still_come(spark):
    """Ana: second attempt gets to start. Bob: converted. Kim: open after the view. Lee: lost. Max: excluded."""
    events = """
        user_id | at               | name
        ana     | 2025-02-01 10:00 | view
        ana     | 2025-02-01 12:00 | view
        ana     | 2025-02-01 12:10 | start
        bob     | 2025-02-01 10:00 | view
        bob     | 2025-02-01 10:30 | start
        bob     | 2025-02-01 10:40 | finish
        kim     | 2025-02-01 23:59 | view
        lee     | 2025-02-01 10:00 | view
        max     | 2025-02-01 10:00 | view
        max     | 2025-02-01 10:10 | log-out
    """
    asked = {"as_of": date(2025, 2, 1), "entry": "every", "exclusions": [Exclusion("log-out")]}
    assert_rows(
        funnel_summary(ask(rows(spark, EVENTS, events), **asked), STEPS, user="user_id"),
        SUMMARY,
        """
        step | step_name | entered | users | open_users | users_before | open_users_before | excluded_users
        1    | view      | 4       | 4     | 0          |              |                   | 1
        2    | start     | 4       | 2     | 1          | 4            | 1                 | 1
        3    | finish    | 4       | 1     | 1          | 2            | 0                 | 1
        """,
    )
    assert_rows(
        funnel_summary(ask(rows(spark, EVENTS, events), **asked), STEPS, user="user_id"),
        SUMMARY,
        """
        step | conversion_rate     | step_conversion_rate | average_seconds | median_seconds
        1    | 1                   |                      |                 |
        2    | 0.66666666666666667 | 0.66666666666666667  | 1200            | 1200
        3    | 0.33333333333333333 | 0.5                  | 600             | 600
        """,
    )


def test_no_entries_give_no_rate(spark):
    summary = funnel_summary(ask(rows(spark, EVENTS, "user_id | at | name")), STEPS, user="user_id")
    assert summary.collect() == []


@pytest.mark.parametrize(
    ("steps", "asked", "message"),
    [
        ([], {}, "at least one step"),
        ("view", {}, "at least one step"),
        (STEPS, {"order": "random"}, "order is 'random'; it can be ordered, strict, any"),
        (STEPS, {"order": "any", "exclusions": [Exclusion("log-out")]}, "in any order"),
        (["view", ["start", "view"]], {"order": "any"}, "in any order the steps need different events"),
        (STEPS, {"exclusions": [Exclusion("log-out", after=3)]}, "does not lie between two of the 3 steps"),
    ],
)
def test_questions_without_an_answer_are_refused_by_name(spark, steps, asked, message):
    with pytest.raises(ValueError, match=message):
        ask(rows(spark, EVENTS, "user_id | at | name"), steps, **asked)


# published ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["strict", "times"])
def test_the_published_funnels(spark, shared, name):
    folder = shared / "cases/posthog_funnels"
    case = json.loads((folder / "expected.json").read_text())[name]
    read = spark.read.csv(str(folder / "events.csv"), header=True)
    events = read.where(read["case"] == name).selectExpr(
        "user_id", "cast(event_timestamp_utc as timestamp) as at", "event_name as name", "cast(seq as int) as seq"
    )
    entries = ask(
        events,
        case["steps"],
        order=case["order"],
        window_seconds=case["window_seconds"],
        entry="every",
        tie_break=["seq"],
        as_of=date(2020, 3, 1),
    )
    summary = funnel_summary(entries, case["steps"], user="user_id").orderBy("step").collect()
    assert [row.users for row in summary] == case["counts"]
    if name == "times":
        assert [row.average_seconds for row in summary] == case["avg_seconds"]
        assert [row.median_seconds for row in summary] == case["median_seconds"]
    else:
        furthest = {row.user_id: row.furthest_step for row in entries.collect()}
        reached = {str(step): sorted(user for user, far in furthest.items() if far >= step) for step in (1, 2, 3)}
        assert reached == case["users"]


def test_the_seed_events_give_the_golden_content_funnel(seed_events, shared):
    golden = json.loads((shared / "seed_data/golden.json").read_text())["item_funnel"]
    hours = {"converted_30min": 0.5, "converted_1h": 1, "converted_24h": 24, "converted_7d": 168, "converted_none": 100_000}
    for name, window in hours.items():
        entries = ask(
            seed_events,
            ["item-started", "item-finished"],
            user=["user_id", "item_id"],
            window_seconds=int(window * HOUR),
            entry="every",
        )
        summary = funnel_summary(entries, ["started", "finished"], user=["user_id", "item_id"]).orderBy("step").collect()
        assert summary[1].users == int(golden[name]), name
        assert summary[0].users == int(golden["started_user_items"])
        if name == "converted_24h":
            assert summary[1].conversion_rate is not None


# a second way ---------------------------------------------------------------------------------------------------


def second_way(events, steps, order, window):
    """The furthest step of each attempt by trying every way through the events."""
    found = {}
    for start, (_, first) in enumerate(events):
        if first != steps[0]:
            continue
        deadline = events[start][0] + window
        later = [(position, name) for position, (at, name) in enumerate(events) if position > start and at <= deadline]
        best = 1
        for length in range(2, len(steps) + 1):
            for way in itertools.combinations(later, length - 1):
                is_adjacent = order != "strict" or [p for p, _ in way] == list(range(start + 1, start + length))
                if is_adjacent and [name for _, name in way] == list(steps[1:length]):
                    best = length
        found[len(found) + 1] = best
    return found


@pytest.mark.parametrize("order", ["ordered", "strict"])
def test_random_histories_tried_in_every_way(spark, order):
    """Different instants, so that the order of the events is not in question."""
    draw = random.Random(17)
    start = datetime(2025, 2, 1, tzinfo=UTC)
    histories = {}
    for user in range(150):
        minutes = sorted(draw.sample(range(0, 100, 5), draw.randrange(1, 9)))
        histories[f"u{user}"] = [(start + timedelta(minutes=m), draw.choice([*STEPS, "view", "ping"])) for m in minutes]
    listed = [(user, at, name) for user, events in histories.items() for at, name in events]
    draw.shuffle(listed)
    frame = spark.createDataFrame(listed, "user_id string, at timestamp, name string")
    got = {}
    for row in ask(frame, order=order, entry="every", window_seconds=2400).collect():
        got.setdefault(row.user_id, {})[row.entry] = row.furthest_step
    window = timedelta(seconds=2400)
    expected = {user: second_way(events, STEPS, order, window) for user, events in histories.items()}
    assert got == {user: attempts for user, attempts in expected.items() if attempts}
    assert any(3 in attempts.values() for attempts in got.values())
