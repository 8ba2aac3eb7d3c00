"""On how many days of a window users were active."""

import json
from datetime import date

import pytest

from engagement_lib.analytics.stickiness import stickiness_histogram
from tests.support import assert_rows, rows

DAYS = "user_id string, day date, country string"
BARS = "country string, active_periods int, users bigint, is_partial_window boolean"


def ask(activity, **asked):
    return stickiness_histogram(activity, **{"user": "user_id", "date": "day", **asked})


def test_the_window_holds_exactly_its_days_and_bars_without_users_are_zero(spark):
    """A window of 4 days up to the 5th begins on the 2nd: ana's 1st is outside, so is bob's 6th."""
    activity = """
        user_id | day
        ana     | 2025-02-01
        ana     | 2025-02-02
        ana     | 2025-02-05
        ana     | 2025-02-05
        bob     | 2025-02-03
        bob     | 2025-02-06
        kim     | 2025-02-04
                | 2025-02-04
    """
    assert_rows(
        ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 5), window=4, first_date=date(2025, 2, 2)),
        BARS,
        """
        active_periods | users | is_partial_window
        1              | 2     | false
        2              | 1     | false
        3              | 0     | false
        4              | 0     | false
        """,
    )


def test_a_window_that_begins_before_the_data_is_partial(spark):
    activity = "user_id | day\nana | 2025-02-05"
    got = ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 5), window=2, first_date=date(2025, 2, 5)).collect()
    assert [(row.users, row.is_partial_window) for row in got] == [(1, True), (0, True)]


@pytest.mark.parametrize(
    ("period", "as_of", "first_date", "is_partial"),
    [
        ("week", date(2025, 2, 9), date(2025, 1, 29), True),
        ("week", date(2025, 2, 9), date(2025, 1, 27), False),
        ("month", date(2025, 2, 28), date(2025, 1, 15), True),
        ("month", date(2025, 2, 28), date(2025, 1, 1), False),
    ],
)
def test_a_window_whose_first_week_or_month_began_before_the_data_is_partial(spark, period, as_of, first_date, is_partial):
    activity = rows(spark, DAYS, "user_id | day\nana | 2025-02-05")
    got = ask(activity, as_of=as_of, window=2, first_date=first_date, period=period).collect()
    assert [row.is_partial_window for row in got] == [is_partial, is_partial]


def test_hours_are_those_of_clocks_that_are_half_an_hour_off(spark):
    times = ["09 18:15", "10 04:40", "10 05:20", "10 18:15", "10 18:45"]
    activity = rows(
        spark, {"user_id": "string", "day": "timestamp"}, "user_id | day" + "".join(f"\nana | 2025-01-{t}" for t in times)
    )
    got = ask(activity, as_of=date(2025, 1, 10), window=24, period="hour", time_zone="Asia/Kolkata").where("users = 1").collect()
    assert [row.active_periods for row in got] == [2]


def test_nobody_active_gives_bars_of_zero(spark):
    got = ask(rows(spark, DAYS, "user_id | day"), as_of=date(2025, 2, 5), window=2).collect()
    assert [(row.active_periods, row.users, row.is_partial_window) for row in got] == [(1, 0, None), (2, 0, None)]


def test_a_user_counts_in_each_country_with_the_days_there(spark):
    activity = """
        user_id | day        | country
        ana     | 2025-02-04 | DE
        ana     | 2025-02-05 | DE
        ana     | 2025-02-05 | AT
    """
    assert_rows(
        ask(rows(spark, DAYS, activity), as_of=date(2025, 2, 5), window=2, by=["country"]),
        BARS,
        """
        country | active_periods | users
        AT      | 1              | 1
        AT      | 2              | 0
        DE      | 1              | 0
        DE      | 2              | 1
        """,
    )


def test_a_window_of_no_days_is_refused(spark):
    with pytest.raises(ValueError, match="window is 0"):
        ask(rows(spark, DAYS, "user_id | day"), as_of=date(2025, 2, 5), window=0)


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        ("day", {"as_of": date(2020, 1, 21), "window": 11}),
        ("week", {"as_of": date(2020, 1, 20), "window": 4, "period": "week", "week_start": "sunday"}),
        ("month", {"as_of": date(2020, 1, 20), "window": 2, "period": "month"}),
        ("hour_11_to_12", {"as_of": date(2020, 1, 11), "window": 26, "period": "hour"}),
    ],
)
def test_the_published_histograms(spark, shared, case, asked):
    folder = shared / "cases/posthog_stickiness"
    expected = json.loads((folder / "expected.json").read_text())[case]
    events = spark.read.csv(str(folder / "events.csv"), header=True)
    views = events.where("event_name = 'pageview'").selectExpr("user_id", "cast(event_timestamp_utc as timestamp) as at")
    got = ask(views, date="at", **asked).orderBy("active_periods").collect()
    assert [row.users for row in got] == expected


def test_with_weeks_from_monday_the_published_weeks_are_two(spark, shared):
    events = spark.read.csv(str(shared / "cases/posthog_stickiness/events.csv"), header=True)
    views = events.where("event_name = 'pageview'").selectExpr("user_id", "cast(event_timestamp_utc as date) as day")
    got = ask(views, as_of=date(2020, 1, 20), window=4, period="week").orderBy("active_periods").collect()
    assert [row.users for row in got] == [0, 2, 0, 0]
