"""New, retained, resurrected, dormant: drawn users, and the growth identity on random histories."""

import random
from datetime import date, timedelta

import pytest

from engagement_lib.analytics.lifecycle import growth_accounting, lifecycle
from tests.support import assert_rows, rows

DAYS = "user_id string, day date, country string"
STATE = "user_id string, period_start date, state string, days_since_last int, is_mature boolean"
GROWTH = (
    "country string, period_start date, new bigint, retained bigint, resurrected bigint, churned bigint, active bigint, "
    "active_before bigint, quick_ratio double, is_mature boolean"
)


def ask(activity, **asked):
    return lifecycle(activity, **{"user": "user_id", "date": "day", **asked})


def test_a_user_comes_stays_falls_silent_once_and_comes_back(spark):
    activity = """
        user_id | day
        ana     | 2025-02-01
        ana     | 2025-02-02
        ana     | 2025-02-02
        ana     | 2025-02-06
                | 2025-02-03
        ana     | 2025-02-09
    """
    assert_rows(
        ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 6)),
        STATE,
        """
        user_id | period_start | state       | days_since_last | is_mature
        ana     | 2025-02-01   | new         |                 | true
        ana     | 2025-02-02   | retained    | 1               | true
        ana     | 2025-02-03   | dormant     | 1               | true
        ana     | 2025-02-06   | resurrected | 4               | true
        """,
    )


def test_silence_in_a_week_that_is_not_over_is_not_yet_known(spark):
    """2025-02-05 is a Wednesday: the week from Monday the 3rd still runs."""
    activity = """
        user_id | day
        ana     | 2025-01-29
        bob     | 2025-02-02
        bob     | 2025-02-03
    """
    assert_rows(
        ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 5), period="week"),
        STATE,
        """
        user_id | period_start | state    | days_since_last | is_mature
        ana     | 2025-01-27   | new      |                 | true
        ana     | 2025-02-03   | dormant  | 7               | false
        bob     | 2025-01-27   | new      |                 | true
        bob     | 2025-02-03   | retained | 1               | false
        """,
    )
    sundays = ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 5), period="week", week_start="sunday")
    assert [row.state for row in sundays.where("user_id = 'bob'").collect()] == ["new"]


def test_months_follow_each_other_over_the_new_year(spark):
    activity = """
        user_id | day
        ana     | 2024-12-31
        ana     | 2025-01-01
        ana     | 2025-03-15
    """
    got = ask(rows(spark, DAYS, activity), as_of=date(2025, 3, 31), period="month").orderBy("period_start").collect()
    assert [(row.period_start.month, row.state) for row in got] == [
        (12, "new"), (1, "retained"), (2, "dormant"), (3, "resurrected")
    ]  # fmt: skip


def test_periods_before_the_first_date_decide_who_is_new_but_have_no_rows(spark):
    activity = """
        user_id | day
        ana     | 2025-02-01
        ana     | 2025-02-04
        bob     | 2025-02-02
    """
    assert_rows(
        ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 4), first_date=date(2025, 2, 3)),
        STATE,
        """
        user_id | period_start | state
        ana     | 2025-02-04   | resurrected
        bob     | 2025-02-03   | dormant
        """,
    )


def test_growth_has_a_row_for_days_without_anybody(spark):
    activity = """
        user_id | day
        ana     | 2025-02-01
        bob     | 2025-02-01
        bob     | 2025-02-02
        ana     | 2025-02-05
        kim     | 2025-02-05
    """
    states = ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 6))
    assert_rows(
        growth_accounting(states, as_of=date(2025, 2, 6)),
        GROWTH,
        """
        period_start | new | retained | resurrected | churned | active | active_before | quick_ratio | is_mature
        2025-02-01   | 2   | 0        | 0           | 0       | 2      | 0             |             | true
        2025-02-02   | 0   | 1        | 0           | 1       | 1      | 2             | 0           | true
        2025-02-03   | 0   | 0        | 0           | 1       | 0      | 1             | 0           | true
        2025-02-04   | 0   | 0        | 0           | 0       | 0      | 0             |             | true
        2025-02-05   | 1   | 0        | 1           | 0       | 2      | 0             |             | true
        2025-02-06   | 0   | 0        | 0           | 2       | 0      | 2             | 0           | true
        """,
    )


def test_growth_by_country_has_all_days_of_each_country(spark):
    activity = """
        user_id | day        | country
        ana     | 2025-02-01 | DE
        bob     | 2025-02-03 | AT
    """
    frame = rows(spark, DAYS, activity)
    states = ask(frame, as_of=date(2025, 2, 3)).join(frame.select("user_id", "country"), "user_id")
    assert_rows(
        growth_accounting(states, as_of=date(2025, 2, 3), first_date=date(2025, 2, 2), by=["country"]),
        GROWTH,
        """
        country | period_start | new | churned | active
        AT      | 2025-02-02   | 0   | 0       | 0
        AT      | 2025-02-03   | 1   | 0       | 1
        DE      | 2025-02-02   | 0   | 1       | 0
        DE      | 2025-02-03   | 0   | 0       | 0
        """,
    )


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_todays_users_are_yesterdays_plus_the_gains_minus_the_losses(spark, period):
    """Ten random histories at once; what is active is counted anew from the days, not taken from the states."""
    draw = random.Random(4)
    start, as_of = date(2025, 1, 1), date(2025, 4, 20)
    visits = {
        (f"{batch} {draw.randrange(6)}", start + timedelta(days=draw.randrange(110)), str(batch))
        for batch in range(10)
        for _ in range(3 + 9 * batch)
    }
    frame = spark.createDataFrame(sorted(visits), DAYS)
    states = ask(frame, as_of=as_of, period=period).join(frame.select("user_id", "country").distinct(), "user_id")
    growth = growth_accounting(states, as_of=as_of, period=period, first_date=start, by=["country"]).collect()
    begins = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
    }[period]
    active = {}
    for user, day, batch in visits:
        active.setdefault((batch, begins(day)), set()).add(user)
    for batch in {row.country for row in growth}:
        before = 0
        for row in sorted((row for row in growth if row.country == batch), key=lambda row: row.period_start):
            assert row.active == len(active.get((batch, row.period_start), ()))
            assert row.active_before == before
            assert row.active == before + row.new + row.resurrected - row.churned
            before = row.active
    assert sum(row.new for row in growth) == len({user for user, _, _ in visits})
