"""Signals that a user is on the way out: each with its threshold, its words and its null."""

from datetime import date, timedelta

from engagement_lib.analytics.churn import churn_signals
from tests.support import assert_rows, rows

W = date(2025, 3, 31)
DAYS = "user_id string, day date, sessions bigint, starts bigint, finishes bigint, uses bigint, first_active date"
SIGNALS = (
    "user_id string, has_history boolean, sessions_fell boolean, completion_fell boolean, feature_use_fell boolean, score int, "
    "reasons array<string>, completion_rate_now double, completion_rate_before double"
)


def ask(activity, **asked):
    names = {"sessions": "sessions", "starts": "starts", "finishes": "finishes", "feature_uses": "uses"}
    return churn_signals(activity, **{"user": "user_id", "date": "day", "as_of": W, **names, **asked})


def windows(spark, **users):
    """Each user's four counts now and before, on the last day of each window, and a first day 56 days of history ago."""
    listed = [
        (user, W - timedelta(days=ago), *counts)
        for user, (now, before) in users.items()
        for ago, counts in ((0, now), (28, before), (55, (0, 0, 0, 0)))
    ]
    return spark.createDataFrame(listed, "user_id string, day date, sessions bigint, starts bigint, finishes bigint, uses bigint")


def test_each_signal_has_its_threshold(spark):
    frame = windows(
        spark,
        half=((2, 0, 0, 2), (4, 0, 0, 4)),
        more_than_half=((3, 0, 0, 3), (5, 0, 0, 5)),
        few_before=((0, 0, 0, 0), (3, 0, 0, 3)),
        finishes_less=((9, 20, 7, 0), (9, 10, 5, 0)),
        finishes_hardly_less=((9, 20, 8, 0), (9, 10, 5, 0)),
        starts_little=((9, 3, 0, 0), (9, 10, 5, 0)),
        never_finished=((9, 10, 0, 0), (9, 10, 0, 0)),
    )
    assert_rows(
        ask(frame),
        SIGNALS,
        """
        user_id              | sessions_fell | completion_fell | feature_use_fell | score | reasons
        half                 | true          | false           | true             | 2     | ["sessions fell from 4 to 2", "feature uses fell from 4 to 2"]
        more_than_half       | false         | false           | false            | 0     | []
        few_before           | false         | false           | false            | 0     | []
        finishes_less        | false         | true            | false            | 1     | ["completion rate fell from 50 % to 35 %"]
        finishes_hardly_less | false         | false           | false            | 0     | []
        starts_little        | false         | false           | false            | 0     | []
        never_finished       | false         | false           | false            | 0     | []
        """,
    )


def test_without_56_days_of_history_nothing_is_known(spark):
    activity = """
        user_id | day        | sessions | first_active
        ana     | 2025-03-31 | 1        | 2025-02-04
        ana     | 2025-03-03 | 9        | 2025-02-04
        bob     | 2025-03-31 | 1        | 2025-02-05
        bob     | 2025-03-03 | 9        | 2025-02-05
    """
    frame = rows(spark, DAYS, activity).selectExpr("*", "0L as starts", "0L as finishes", "0L as uses")
    assert_rows(
        ask(frame, first_active="first_active"),
        SIGNALS,
        """
        user_id | has_history | sessions_fell | completion_fell | score | reasons
        ana     | true        | true          | false           | 1     | ["sessions fell from 9 to 1"]
        bob     | false       |               |                 |       |
        """,
    )
    assert {row.has_history for row in ask(frame).collect()} == {False}


def test_a_rate_without_starts_is_null(spark):
    row = ask(windows(spark, ana=((1, 0, 0, 0), (1, 4, 1, 0)))).first()
    assert (row.completion_rate_now, row.completion_rate_before) == (None, 0.25)


def test_users_gone_for_longer_than_both_windows_have_no_row(spark):
    frame = windows(spark, ana=((1, 0, 0, 0), (1, 0, 0, 0)))
    assert ask(frame, as_of=W + timedelta(days=55)).count() == 1
    assert ask(frame, as_of=W + timedelta(days=56)).count() == 0


def test_the_day_before_the_window_belongs_to_the_window_before(spark):
    activity = """
        user_id | day        | sessions
        ana     | 2025-03-04 | 2
        ana     | 2025-03-03 | 4
        ana     | 2025-02-04 | 0
        ana     | 2025-02-03 | 9
    """
    frame = rows(spark, DAYS, activity).selectExpr("*", "0L as starts", "0L as finishes", "0L as uses")
    row = ask(frame).first()
    assert (row.sessions_now, row.sessions_before, row.sessions_fell) == (2, 4, True)
