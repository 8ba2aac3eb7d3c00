"""Who is at risk, highly engaged, casual or dormant, and for which reason."""

from datetime import date, timedelta

import pytest

from engagement_lib.analytics.segments import user_segments
from tests.support import assert_rows, rows

DAYS = "user_id string, day date, finished bigint, first_active date"
SEGMENT = (
    "user_id string, segment string, reason string, is_new boolean, active_days int, active_days_before int, completions bigint, "
    "days_since_last int, first_active date"
)
W = date(2025, 3, 31)


def ask(activity, **asked):
    return user_segments(activity, **{"user": "user_id", "date": "day", "completions": "finished", "as_of": W, **asked})


def visits(spark, **days_ago):
    """Each user's active days as days before W, one completion on each of the first four."""
    listed = [
        (user, W - timedelta(days=ago), 1 if place < 4 else 0)
        for user, agos in days_ago.items()
        for place, ago in enumerate(agos)
    ]
    return spark.createDataFrame(listed, "user_id string, day date, finished bigint")


def test_each_user_is_in_the_first_segment_that_fits(spark):
    frame = visits(
        spark,
        faithful=range(12),
        frequent=range(11),
        halved=[0, 1, 28, 30, 40, 55],
        rare_before=[0, 28, 40, 55],
        idle=[14],
        recent=[13],
        window_end=[27],
        gone=[28],
        longer_gone=[200],
    )
    assert_rows(
        ask(frame),
        SEGMENT,
        """
        user_id     | segment        | reason                                           | is_new | days_since_last
        faithful    | highly_engaged | active days 12, completions 4                 | true   | 0
        frequent    | casual         | active days 11, completions 4                 | true   | 0
        halved      | at_risk        | active days fell from 4 to 2                     | false  | 0
        rare_before | casual         | active days 1, completions 1                  | false  | 0
        idle        | at_risk        | last active 14 days ago                          | false  | 14
        recent      | casual         | active days 1, completions 1                  | true   | 13
        window_end  | at_risk        | last active 27 days ago                          | false  | 27
        gone        | dormant        | last active 28 days ago                          | false  | 28
        longer_gone | dormant        | last active 200 days ago                         | false  | 200
        """,
    )


def test_a_fall_comes_before_engagement_and_both_reasons_are_kept(spark):
    frame = visits(spark, fallen=[15, 16, 28, 29, 30, 31, 55, 56])
    assert_rows(
        ask(frame),
        SEGMENT,
        """
        user_id | segment | reason                                                | active_days | active_days_before
        fallen  | at_risk | active days fell from 5 to 2; last active 15 days ago | 2           | 5
        """,
    )
    engaged = {"engaged_days": 2, "engaged_completions": 1}
    assert ask(frame, **engaged).first().segment == "at_risk"
    assert ask(frame, **engaged, at_risk_share=0.3, at_risk_after_days=16).first().segment == "highly_engaged"


def test_several_rows_of_one_day_are_one_active_day_and_all_their_completions(spark):
    activity = """
        user_id | day        | finished | first_active
        ana     | 2025-03-31 | 3        | 2025-01-01
        ana     | 2025-03-31 | 1        | 2025-01-01
        ana     | 2025-03-30 |          | 2025-01-01
        ana     | 2025-04-01 | 9        | 2025-01-01
                | 2025-03-31 | 1        |
    """
    assert_rows(
        ask(rows(spark, DAYS, activity), first_active="first_active", engaged_days=2),
        SEGMENT,
        """
        user_id | segment        | active_days | completions | is_new | first_active
        ana     | highly_engaged | 2           | 4           | false  | 2025-01-01
        """,
    )


def test_a_window_longer_than_its_bits_is_refused(spark):
    with pytest.raises(ValueError, match="window_days is 64; it can be 1 to 63"):
        ask(visits(spark, ana=[0]), window_days=64)
    assert ask(visits(spark, ana=range(0, 126, 1)), window_days=63).first().active_days_before == 63


def test_every_known_user_of_the_seed_is_in_one_segment(seed_events):
    activity = seed_events.selectExpr("user_id", "cast(at as date) as day", "if(name = 'item-finished', 1L, 0L) as finished")
    got = ask(activity, as_of=date(2025, 2, 5)).collect()
    assert len(got) == len({row.user_id for row in got}) == 156
    assert {row.segment for row in got} == {"casual"}
    week = ask(activity, as_of=date(2025, 2, 5), at_risk_after_days=7).collect()
    assert sum(row.segment == "at_risk" for row in week) == 6
