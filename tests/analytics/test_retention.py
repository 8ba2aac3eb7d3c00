"""Who comes back: drawn users, a published triangle, the seed events, and a plain-Python second way."""

import json
import random
from datetime import UTC, date, datetime, timedelta

import pytest

from engagement_lib.analytics.retention import retention
from tests.support import assert_rows, rows

EVENTS = "user_id string, at timestamp, day date, name string, channel string"
RETENTION = (
    "channel string, cohort date, n int, last_n int, cohort_size bigint, eligible bigint, retained bigint, is_mature boolean"
)


def ask(frame, **asked):
    return retention(frame, **{"user": "user_id", "timestamp": "at", **asked})


def test_a_day_that_is_not_over_is_null_and_a_day_without_return_is_zero(spark):
    visits = """
        user_id | at
        ana     | 2025-02-01 09:00
        ana     | 2025-02-01 23:59
        ana     | 2025-02-03 00:00
        bob     | 2025-02-01 12:00
        eve     | 2025-02-03 12:00
        eve     | 2025-02-05 12:00
                | 2025-02-01 12:00
    """
    assert_rows(
        ask(rows(spark, EVENTS, visits), as_of=date(2025, 2, 4)),
        RETENTION,
        """
        cohort     | n | cohort_size | eligible | retained | is_mature
        2025-02-01 | 0 | 2           | 2        | 2        | true
        2025-02-01 | 1 | 2           | 2        | 0        | true
        2025-02-01 | 2 | 2           | 2        | 1        | true
        2025-02-01 | 3 | 2           | 2        | 0        | true
        2025-02-03 | 0 | 1           | 1        | 1        | true
        2025-02-03 | 1 | 1           | 1        | 0        | true
        """,
    )


def test_on_or_after_counts_a_late_return_for_every_earlier_day(spark):
    visits = """
        user_id | at
        ana     | 2025-02-01 09:00
        ana     | 2025-02-03 09:00
        bob     | 2025-02-01 12:00
        bob     | 2025-02-04 12:00
        kim     | 2025-02-01 12:00
    """
    assert_rows(
        ask(rows(spark, EVENTS, visits), as_of=date(2025, 2, 5), kind="on_or_after", last_n=3),
        RETENTION,
        """
        cohort     | n | cohort_size | retained
        2025-02-01 | 0 | 3           | 3
        2025-02-01 | 1 | 3           | 2
        2025-02-01 | 2 | 3           | 2
        2025-02-01 | 3 | 3           | 1
        """,
    )


def test_the_clock_counts_24_hours_from_each_members_own_first_event(spark):
    """Ana is back on the next day but after 23:59 hours; bob on the second day but after 24:00 hours exactly."""
    visits = """
        user_id | at
        ana     | 2025-02-01 12:00:00
        ana     | 2025-02-02 11:59:59
        bob     | 2025-02-01 12:00:00
        bob     | 2025-02-02 12:00:00
        eve     | 2025-02-01 13:00:00
        eve     | 2025-02-02 14:00:00
    """
    frame = rows(spark, EVENTS, visits)
    assert_rows(
        ask(frame, as_of=datetime(2025, 2, 3, 12, tzinfo=UTC), kind="24h"),
        RETENTION,
        """
        cohort     | n | cohort_size | eligible | retained | is_mature
        2025-02-01 | 0 | 3           | 3        | 3        | true
        2025-02-01 | 1 | 3           | 2        | 1        | false
        2025-02-01 | 2 | 3           | 0        |          | false
        """,
    )
    assert_rows(
        ask(frame, as_of=date(2025, 2, 2)),
        RETENTION,
        """
        cohort     | n | cohort_size | retained
        2025-02-01 | 0 | 3           | 3
        2025-02-01 | 1 | 3           | 3
        """,
    )


def test_a_week_that_has_begun_is_shown_and_not_yet_counted(spark):
    """2025-02-09 is a Sunday: with weeks from Monday the second week is over, with weeks from Sunday the third has begun."""
    visits = """
        user_id | day
        ana     | 2025-02-01
        ana     | 2025-02-03
        bob     | 2025-02-02
        bob     | 2025-02-09
    """
    frame = rows(spark, EVENTS, visits)
    assert_rows(
        ask(frame, timestamp="day", as_of=date(2025, 2, 9), period="week"),
        RETENTION,
        """
        cohort     | n | cohort_size | eligible | retained | is_mature
        2025-01-27 | 0 | 2           | 2        | 2        | true
        2025-01-27 | 1 | 2           | 2        | 2        | true
        """,
    )
    assert_rows(
        ask(frame, timestamp="day", as_of=date(2025, 2, 9), period="week", week_start="sunday"),
        RETENTION,
        """
        cohort     | n | cohort_size | eligible | retained | is_mature
        2025-01-26 | 0 | 1           | 1        | 1        | true
        2025-01-26 | 1 | 1           | 1        | 1        | true
        2025-01-26 | 2 | 1           | 0        |          | false
        2025-02-02 | 0 | 1           | 1        | 1        | true
        2025-02-02 | 1 | 1           | 0        |          | false
        """,
    )


def test_months_are_calendar_months(spark):
    visits = """
        user_id | day
        ana     | 2024-12-31
        ana     | 2025-01-01
        ana     | 2025-02-28
    """
    assert_rows(
        ask(rows(spark, EVENTS, visits), timestamp="day", as_of=date(2025, 2, 28), period="month"),
        RETENTION,
        """
        cohort     | n | retained
        2024-12-01 | 0 | 1
        2024-12-01 | 1 | 1
        2024-12-01 | 2 | 1
        """,
    )


def test_the_first_and_the_returning_event_can_differ(spark):
    """Ana's item before her sign-up brings her nowhere; bob never signed up."""
    events = """
        user_id | at               | name
        ana     | 2025-02-01 09:00 | item-started
        ana     | 2025-02-02 09:00 | sign-up
        ana     | 2025-02-03 09:00 | app-open
        ana     | 2025-02-04 09:00 | item-started
        bob     | 2025-02-02 09:00 | item-started
    """
    asked = {"event_name": "name", "start_events": ["sign-up"], "return_events": ["item-started"]}
    assert_rows(
        ask(rows(spark, EVENTS, events), as_of=date(2025, 2, 4), **asked),
        RETENTION,
        """
        cohort     | n | cohort_size | retained
        2025-02-02 | 0 | 1           | 0
        2025-02-02 | 1 | 1           | 0
        2025-02-02 | 2 | 1           | 1
        """,
    )


def test_brackets_wait_for_their_last_day(spark):
    visits = """
        user_id | day
        ana     | 2025-02-01
        ana     | 2025-02-05
        bob     | 2025-02-01
        bob     | 2025-02-12
        kim     | 2025-02-07
        kim     | 2025-02-08
    """
    brackets = [(0, 0), (1, 7), (8, 14)]
    assert_rows(
        ask(rows(spark, EVENTS, visits), timestamp="day", as_of=date(2025, 2, 15), brackets=brackets),
        RETENTION,
        """
        cohort     | n | last_n | cohort_size | eligible | retained | is_mature
        2025-02-01 | 0 | 0      | 2           | 2        | 2        | true
        2025-02-01 | 1 | 7      | 2           | 2        | 1        | true
        2025-02-01 | 8 | 14     | 2           | 2        | 1        | true
        2025-02-07 | 0 | 0      | 1           | 1        | 1        | true
        2025-02-07 | 1 | 7      | 1           | 1        | 1        | true
        2025-02-07 | 8 | 14     | 1           | 0        |          | false
        """,
    )


def test_a_member_carries_the_values_of_the_first_event(spark):
    """Two first events at one instant: the smaller channel, whatever the order of the rows."""
    visits = """
        user_id | at               | channel
        ana     | 2025-02-01 09:00 | search
        ana     | 2025-02-01 09:00 | mail
        ana     | 2025-02-02 08:00 | ads
        bob     | 2025-02-01 09:00 |
    """
    assert_rows(
        ask(rows(spark, EVENTS, visits), as_of=date(2025, 2, 2), by=["channel"], last_n=1),
        RETENTION,
        """
        channel | cohort     | n | cohort_size | retained
        mail    | 2025-02-01 | 0 | 1           | 1
        mail    | 2025-02-01 | 1 | 1           | 1
                | 2025-02-01 | 0 | 1           | 1
                | 2025-02-01 | 1 | 1           | 0
        """,
    )


def test_a_day_is_a_day_on_the_readers_clocks(spark):
    """23:30 UTC is tomorrow in Berlin: the same user is back on one clock and not on the other."""
    visits = """
        user_id | at
        ana     | 2025-02-01 22:30
        ana     | 2025-02-01 23:30
    """
    frame = rows(spark, EVENTS, visits)
    assert_rows(
        ask(frame, as_of=date(2025, 2, 2), time_zone="Europe/Berlin", last_n=1),
        RETENTION,
        """
        cohort     | n | retained
        2025-02-01 | 0 | 1
        2025-02-01 | 1 | 1
        """,
    )
    assert_rows(
        ask(frame, as_of=date(2025, 2, 2), last_n=1),
        RETENTION,
        """
        cohort     | n | retained
        2025-02-01 | 0 | 1
        2025-02-01 | 1 | 0
        """,
    )


def test_nobody_gives_no_rows_of_the_right_shape(spark):
    empty = ask(rows(spark, EVENTS, "user_id | at"), as_of=date(2025, 2, 2))
    assert empty.columns == ["cohort", "n", "cohort_size", "eligible", "retained", "is_mature"]
    assert empty.collect() == []


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "rolling"}, "kind is 'rolling'; it can be exact, on_or_after, 24h"),
        ({"period": "quarter"}, "period is 'quarter'"),
        ({"start_events": ["sign-up"]}, "need event_name"),
        ({"kind": "24h", "period": "month"}, "no fixed number of hours"),
        ({"kind": "24h", "timestamp": "day"}, "day is a date"),
        ({"brackets": [(7, 1)]}, "0 <= first <= last"),
    ],
)
def test_questions_without_an_answer_are_refused_by_name(spark, asked, message):
    with pytest.raises(ValueError, match=message):
        ask(rows(spark, EVENTS, "user_id | at | day"), as_of=date(2025, 2, 2), **asked)


def test_the_published_recurring_triangle(spark, shared):
    folder = shared / "cases/posthog_retention"
    case = json.loads((folder / "expected.json").read_text())["day_recurring"]
    events = spark.read.csv(str(folder / "events.csv"), header=True)
    persons = spark.read.csv(str(folder / "identity.csv"), header=True)
    visits = events.join(persons, "distinct_id", "left").selectExpr(
        "coalesce(person_id, distinct_id) as user_id", "cast(event_timestamp_utc as timestamp) as at", "event_name as name"
    )
    start = date.fromisoformat(case["start"])
    got = ask(
        visits,
        as_of=start + timedelta(days=case["n"] - 1),
        cohort="recurring",
        event_name="name",
        start_events=[case["start_event"]],
        return_events=[case["return_event"]],
    ).collect()
    cells = {((row.cohort - start).days, row.n): row.retained for row in got}
    triangle = [[cells.get((day, n), 0) for n in range(case["n"] - day)] for day in range(case["n"])]
    assert triangle == case["expected"]


def test_the_seed_events_give_the_golden_retention(spark, shared, seed_events):
    golden = json.loads((shared / "seed_data/golden.json").read_text())["retention_all"]
    by_day = ask(seed_events, as_of=date(2025, 2, 5)).collect()
    by_clock = ask(seed_events, as_of=datetime(2025, 2, 5, 18, 56, tzinfo=UTC), kind="24h").collect()
    for n, expected in golden.items():
        for cells, names in (
            (by_day, ("eligible_users", "retained_exact_day")),
            (by_clock, ("eligible_24h_clock", "retained_24h_clock")),
        ):
            cells = [row for row in cells if row.n == int(n)]
            got = (sum(row.eligible for row in cells), sum(row.retained or 0 for row in cells))
            assert got == tuple(int(expected[name]) for name in names), (n, names)


# a second way ---------------------------------------------------------------------------------------------------


def histories(seed: int, count: int) -> list[tuple[str, datetime]]:
    """Random visits of a few users in a fortnight, times on a coarse grid so that boundaries are hit."""
    draw = random.Random(seed)
    start = datetime(2025, 1, 27, tzinfo=UTC)
    hours = (24 * draw.randrange(16) + draw.choice((0, 6, 12, 23)) for _ in range(count))
    return [(f"u{draw.randrange(9)}", start + timedelta(hours=hour)) for hour in hours]


def second_way(visits, kind, period_days, last_day, cohort):
    """Retention as one would count it on paper: for each member and n, look whether there is a visit."""
    epoch = datetime(2025, 1, 27, tzinfo=UTC)  # a Monday
    until = datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC) + timedelta(days=1)
    last_period = (until - timedelta(seconds=1) - epoch).days // period_days
    last_full = (until - epoch).days // period_days - 1
    number = lambda at: (at - epoch).days // period_days  # noqa: E731
    by_user = {}
    for user, at in visits:
        if at < until:
            by_user.setdefault(user, []).append(at)
    cells = {}
    for times in by_user.values():
        periods = sorted({number(at) for at in times})
        for c in periods if cohort == "recurring" else periods[:1]:
            entry = min(at for at in times if number(at) == c)
            for n in range(last_period - c + 1):
                low = entry + timedelta(days=n * period_days)
                high = low + timedelta(days=period_days)
                back = {
                    "exact": any(number(at) == c + n for at in times),
                    "on_or_after": any(number(at) >= c + n for at in times),
                    "24h": any(low <= at < high for at in times),
                }[kind]
                eligible = high <= until if kind == "24h" else c + n <= last_full
                size, able, returned = cells.get((c, n), (0, 0, 0))
                cells[c, n] = (size + 1, able + eligible, returned + (back and eligible))
    return {
        (epoch.date() + timedelta(days=c * period_days), n): (size, able, returned if able else None, size == able)
        for (c, n), (size, able, returned) in cells.items()
    }


@pytest.mark.parametrize("period", ["day", "week"])
@pytest.mark.parametrize("kind", ["exact", "on_or_after", "24h"])
@pytest.mark.parametrize("cohort", ["first", "recurring"])
def test_random_histories_counted_on_paper(spark, period, kind, cohort):
    last_day = date(2025, 2, 8)
    batches = {seed: histories(seed, 12 + 6 * seed) for seed in range(4)}
    visits = [(f"{seed} {user}", at, str(seed)) for seed, batch in batches.items() for user, at in batch]
    frame = spark.createDataFrame(visits, "user_id string, at timestamp, channel string")
    got = ask(frame, as_of=last_day, period=period, kind=kind, cohort=cohort, by=["channel"]).collect()
    for seed, batch in batches.items():
        cells = {
            (row.cohort, row.n): (row.cohort_size, row.eligible, row.retained, row.is_mature)
            for row in got
            if row.channel == str(seed)
        }
        assert cells == second_way(batch, kind, 7 if period == "week" else 1, last_day, cohort)
