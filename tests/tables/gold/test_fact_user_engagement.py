"""gold.fact_user_engagement: what a user did on a day."""

from pyspark.sql import SparkSession

from engagement_lib.engine.checks import guarded
from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from tests.support import assert_rows, filled, nothing

NO_SESSIONS = """
    session_date | user_id | platform | country_code | user_access_type | started_at
"""


def engagement(spark: SparkSession, drawing: str, sessions: str = NO_SESSIONS, **parameters):  # type: ignore[no-untyped-def]
    nobody = nothing(spark, identity_map)
    return fact_user_engagement(filled(spark, events, drawing), nobody, filled(spark, fact_session, sessions), **parameters)


def test_a_user_in_two_countries_has_two_rows_and_one_is_the_last_of_the_day(spark: SparkSession) -> None:
    found = engagement(
        spark,
        """
        event_date | resolved_user_id | platform | country_code | user_access_type | event_name    | event_timestamp
        2025-02-03 | u1               | web      | DE           | free             | item-started  | 2025-02-03 10:00:00
        2025-02-03 | u1               | web      | AT           | free             | item-finished | 2025-02-03 12:00:00
        2025-02-03 | u1               | web      | DE           | free             | app-open      | 2025-02-03 11:00:00
        2025-02-04 | u1               | web      | DE           | free             | app-open      | 2025-02-04 11:00:00
        """,
    )
    assert_rows(
        found,
        fact_user_engagement,
        """
        activity_date | country_code | events | items_started | items_finished | is_learner | is_last_of_day
        2025-02-03    | DE           | 2      | 1             | 0              | true       | false
        2025-02-03    | AT           | 1      | 0             | 1              | true       | true
        2025-02-04    | DE           | 1      | 0             | 0              | false      | true
        """,
    )


def test_anonymous_events_are_counted_but_are_nobodys_activity(spark: SparkSession) -> None:
    found = engagement(
        spark,
        """
        event_date | resolved_user_id | platform | event_name   | event_timestamp
        2025-02-03 |                  | web      | item-started | 2025-02-03 10:00:00
        2025-02-03 |                  | web      | app-open     | 2025-02-03 10:00:01
        """,
    )
    drawing = "user_id | events | content_events | is_active | is_learner | is_last_of_day\n | 2 | 1 | false | false | false"
    assert_rows(found, fact_user_engagement, drawing)


def test_passive_events_do_not_make_a_user_active(spark: SparkSession) -> None:
    found = engagement(
        spark,
        """
        event_date | resolved_user_id | platform | event_name       | event_timestamp
        2025-02-03 | u1               | web      | login-successful | 2025-02-03 10:00:00
        """,
        passive_events=("login-successful",),
    )
    assert_rows(found, fact_user_engagement, "user_id | events | active_events | is_active\nu1 | 1 | 0 | false")


def test_when_a_user_was_active_is_told_by_events_that_are_not_passive(spark: SparkSession) -> None:
    found = engagement(
        spark,
        """
        event_date | resolved_user_id | platform | event_name    | event_timestamp
        2025-02-03 | u1               | web      | app-open      | 2025-02-03 09:00:00
        2025-02-03 | u1               | web      | item-started  | 2025-02-03 10:00:00
        2025-02-03 | u1               | web      | item-finished | 2025-02-03 11:00:00
        2025-02-03 | u1               | web      | app-open      | 2025-02-03 12:00:00
        2025-02-03 | u2               | web      | app-open      | 2025-02-03 09:00:00
        2025-02-03 |                  | web      | item-started  | 2025-02-03 09:00:00
        """,
        passive_events=("app-open",),
    )
    assert_rows(
        guarded(found, fact_user_engagement),
        fact_user_engagement,
        """
        user_id | first_event_at      | last_event_at       | first_active_at     | last_active_at
        u1      | 2025-02-03 09:00:00 | 2025-02-03 12:00:00 | 2025-02-03 10:00:00 | 2025-02-03 11:00:00
        u2      | 2025-02-03 09:00:00 | 2025-02-03 09:00:00 |                     |
                | 2025-02-03 09:00:00 | 2025-02-03 09:00:00 |                     |
        """,
    )


def test_the_last_row_of_the_day_is_that_of_the_last_active_event(spark: SparkSession) -> None:
    found = engagement(
        spark,
        """
        event_date | resolved_user_id | platform | event_name    | event_timestamp
        2025-02-03 | u1               | mobile   | item-finished | 2025-02-03 10:00:00
        2025-02-03 | u1               | web      | app-open      | 2025-02-03 11:00:00
        2025-02-03 | u2               | mobile   | item-finished | 2025-02-03 10:00:00
        2025-02-03 | u2               | mobile   | app-open      | 2025-02-03 12:00:00
        2025-02-03 | u2               | web      | item-finished | 2025-02-03 11:00:00
        2025-02-03 | u3               | mobile   | app-open      | 2025-02-03 10:00:00
        2025-02-03 | u3               | web      | app-open      | 2025-02-03 11:00:00
        """,
        passive_events=("app-open",),
    )
    assert_rows(
        found.where("is_last_of_day"),
        fact_user_engagement,
        """
        user_id | platform | is_active
        u1      | mobile   | true
        u2      | web      | true
        u3      | web      | false
        """,
    )


def test_sessions_count_on_the_day_and_for_the_values_they_start_with(spark: SparkSession) -> None:
    found = engagement(
        spark,
        """
        event_date | resolved_user_id | platform | country_code | user_access_type | event_name | event_timestamp
        2025-02-03 | u1               | web      | DE           | free             | app-open   | 2025-02-03 10:00:00
        2025-02-03 | u1               | web      | DE           | premium          | app-open   | 2025-02-03 10:01:00
        """,
        sessions="""
        session_date | user_id | platform | country_code | user_access_type | started_at
        2025-02-03   | u1      | web      | DE           | free             | 2025-02-03 10:00:00
        """,
    )
    assert_rows(found, fact_user_engagement, "user_access_type | sessions_started | events\nfree | 1 | 1\npremium | 0 | 1")


def test_an_event_without_a_user_counts_for_the_one_whom_its_anonymous_id_stands_for(spark: SparkSession) -> None:
    happened = filled(
        spark,
        events,
        """
        event_date | anonymous_id | platform | event_name | event_timestamp
        2025-02-03 | phone        | mobile   | app-open   | 2025-02-03 10:00:00
        2025-02-03 | phone        | mobile   | app-open   | 2025-02-03 12:00:00
        2025-02-03 | other        | mobile   | app-open   | 2025-02-03 10:00:00
        """,
    )
    owners = filled(
        spark,
        identity_map,
        """
        event_date | anonymous_id | user_id | valid_from          | valid_to
        2025-02-03 | phone        | u1      |                     | 2025-02-03 11:00:00
        2025-02-03 | phone        | u2      | 2025-02-03 11:00:00 |
        2025-02-04 | other        | u3      |                     |
        """,
    )
    found = fact_user_engagement(happened, owners, nothing(spark, fact_session))
    assert_rows(found, fact_user_engagement, "user_id | events | is_active\nu1 | 1 | true\nu2 | 1 | true\nnull | 1 | false")
