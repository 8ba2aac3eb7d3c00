"""gold.fact_session: which events make a session, and what it was."""

from datetime import datetime, timedelta

import pytest
from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from tests.support import assert_rows, filled, nothing


def sessions(spark: SparkSession, drawing: str, **parameters):  # type: ignore[no-untyped-def]
    return fact_session(filled(spark, events, drawing), nothing(spark, identity_map), **parameters)


def test_exactly_thirty_minutes_is_one_session_and_a_second_more_is_two(spark: SparkSession) -> None:
    found = sessions(
        spark,
        """
        event_id | platform | resolved_user_id | event_timestamp     | event_name
        e1       | web      | u1               | 2025-02-03 10:00:00 | app-open
        e2       | web      | u1               | 2025-02-03 10:30:00 | app-open
        e3       | web      | u1               | 2025-02-03 11:00:01 | app-open
        """,
    )
    assert_rows(
        found,
        fact_session,
        """
        started_at          | ended_at            | events | duration_seconds | is_single_event | is_engaged
        2025-02-03 10:00:00 | 2025-02-03 10:30:00 | 2      | 1800             | false           | true
        2025-02-03 11:00:01 | 2025-02-03 11:00:01 | 1      | 0                | true            | false
        """,
    )


def test_each_platform_and_each_anonymous_visitor_has_sessions_of_their_own(spark: SparkSession) -> None:
    found = sessions(
        spark,
        """
        event_id | platform | resolved_user_id | anonymous_id | event_timestamp     | event_name
        e1       | web      | u1               | a1           | 2025-02-03 10:00:00 | app-open
        e2       | mobile   | u1               | a2           | 2025-02-03 10:01:00 | app-open
        e3       | web      |                  | a1           | 2025-02-03 10:02:00 | app-open
        e4       | web      |                  | a1           | 2025-02-03 10:03:00 | app-open
        """,
    )
    assert_rows(
        found,
        fact_session,
        """
        platform | user_id | events
        web      | u1      | 1
        mobile   | u1      | 1
        web      |         | 2
        """,
    )


def test_a_session_across_midnight_belongs_to_the_day_it_starts_on(spark: SparkSession) -> None:
    drawing = """
        event_id | platform | resolved_user_id | event_timestamp     | event_name
        e1       | web      | u1               | 2025-02-03 23:50:00 | app-open
        e2       | web      | u1               | 2025-02-04 00:10:00 | app-open
    """
    assert_rows(sessions(spark, drawing), fact_session, "session_date | events\n2025-02-03 | 2")
    in_berlin = sessions(spark, drawing, report_time_zone="Europe/Berlin")
    assert_rows(in_berlin, fact_session, "session_date | events\n2025-02-04 | 2")


@pytest.mark.parametrize(("time_zone", "third_start"), [("UTC", "2025-02-05 00:00"), ("Europe/Berlin", "2025-02-04 23:00")])
def test_a_session_without_a_pause_is_cut_at_midnight_of_the_report_time_zone(
    spark: SparkSession, time_zone: str, third_start: str
) -> None:
    first = datetime(2025, 2, 3, 10)
    opened = [f"web | u1 | app-open | {first + timedelta(minutes=30 * n)}" for n in range(90)]
    drawing = "\n".join(["platform | resolved_user_id | event_name | event_timestamp", *opened])
    expected = f"started_at\n2025-02-03 10:00\n2025-02-04 10:00\n{third_start}"
    assert_rows(sessions(spark, drawing, report_time_zone=time_zone), fact_session, expected)


def test_a_duration_is_the_seconds_that_passed_not_those_that_a_clock_shows(spark: SparkSession) -> None:
    found = sessions(
        spark,
        """
        event_id | platform | resolved_user_id | event_timestamp         | event_name
        e1       | web      | u1               | 2025-02-03 10:00:01.900 | app-open
        e2       | web      | u1               | 2025-02-03 10:00:02.100 | app-open
        e3       | mobile   | u1               | 2025-02-03 10:00:01.900 | app-open
        e4       | mobile   | u1               | 2025-02-03 10:00:03.900 | app-open
        """,
    )
    assert_rows(
        found,
        fact_session,
        """
        platform | duration_seconds | engaged_seconds
        web      | 0                | 0
        mobile   | 2                | 2
        """,
    )


def test_engaged_time_counts_each_gap_up_to_five_minutes(spark: SparkSession) -> None:
    found = sessions(
        spark,
        """
        event_id | platform | resolved_user_id | event_timestamp     | event_name    | country_code | user_access_type | screen_name
        e1       | mobile   | u1               | 2025-02-03 10:00:00 | item-started  | DE           | free             | home
        e2       | mobile   | u1               | 2025-02-03 10:02:00 | item-finished | DE           | premium          | reader
        e3       | mobile   | u1               | 2025-02-03 10:22:00 | app-open      | FR           | premium          | library
        """,
    )
    assert_rows(
        found,
        fact_session,
        """
        engaged_seconds | content_events | items_started | items_finished | has_completion | country_code | user_access_type | exit_event | exit_screen
        420             | 2              | 1             | 1              | true           | DE           | free             | app-open   | library
        """,
    )


def test_the_last_progress_mark_is_the_latest_not_the_furthest(spark: SparkSession) -> None:
    found = sessions(
        spark,
        """
        event_id | platform | resolved_user_id | event_timestamp     | event_name    | progress_pct
        e1       | mobile   | u1               | 2025-02-03 10:00:00 | item-progress | 75
        e2       | mobile   | u1               | 2025-02-03 10:02:00 | item-progress | 50
        e3       | mobile   | u1               | 2025-02-03 10:03:00 | app-open      |
        e4       | mobile   | u2               | 2025-02-03 10:03:00 | app-open      |
        """,
    )
    assert_rows(found, fact_session, "user_id | last_progress_pct\nu1 | 50\nu2 |")


def test_the_trackers_session_can_be_taken_instead(spark: SparkSession) -> None:
    found = sessions(
        spark,
        """
        event_id | platform | resolved_user_id | session_id | event_timestamp     | event_name
        e1       | web      | u1               | s1         | 2025-02-03 10:00:00 | app-open
        e2       | web      | u1               | s2         | 2025-02-03 10:01:00 | app-open
        e3       | web      | u1               | s1         | 2025-02-03 14:00:00 | app-open
        e4       | web      | u1               |            | 2025-02-03 10:02:00 | app-open
        e5       | web      | u1               |            | 2025-02-03 10:32:00 | app-open
        e6       | web      | u1               |            | 2025-02-03 20:00:00 | app-open
        """,
        use_tracker_session_id=True,
    )
    assert_rows(
        found,
        fact_session,
        """
        started_at          | ended_at            | events
        2025-02-03 10:00:00 | 2025-02-03 14:00:00 | 2
        2025-02-03 10:01:00 | 2025-02-03 10:01:00 | 1
        2025-02-03 10:02:00 | 2025-02-03 10:32:00 | 2
        2025-02-03 20:00:00 | 2025-02-03 20:00:00 | 1
        """,
    )
