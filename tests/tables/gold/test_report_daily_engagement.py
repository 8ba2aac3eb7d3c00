"""gold.report_daily_engagement: daily active users and learners, days without events, gaps in the feed."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.engine.checks import conform, guarded
from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from tests.support import assert_rows, filled, nothing

FACT = """
    activity_date | user_id | platform | country_code | user_access_type | events | items_finished | is_active | is_learner | is_last_of_day
    2025-02-01    | u1      | web      | DE           | free             | 3      | 1              | true      | true       | false
    2025-02-01    | u1      | mobile   | DE           | free             | 1      | 0              | true      | false      | true
    2025-02-01    | u2      | web      |              | premium          | 1      | 0              | true      | false      | true
    2025-02-01    |         | web      | FR           | free             | 5      | 2              | false     | false      | false
    2025-02-03    | u1      | web      | DE           | free             | 1      | 0              | true      | false      | true
"""


def report(spark: SparkSession, first: date, last: date):  # type: ignore[no-untyped-def]
    fact = filled(spark, fact_user_engagement, FACT)
    return report_daily_engagement(fact, first_day=first, as_of=last)


def test_a_user_on_two_platforms_is_one_daily_active_user(spark: SparkSession) -> None:
    found = report(spark, date(2025, 2, 1), date(2025, 2, 1)).where("activity_date = '2025-02-01'")
    assert_rows(
        found,
        report_daily_engagement,
        """
        split            | split_value | daily_active_users | daily_active_learners | events | content_completions | users_last_seen | anonymous_events
        total            | total       | 2                  | 1                     | 10     | 3                   | 2               | 5
        platform         | web         | 2                  | 1                     | 9      | 3                   | 1               | 5
        platform         | mobile      | 1                  | 0                     | 1      | 0                   | 1               | 0
        country_code     | DE          | 1                  | 1                     | 4      | 1                   | 1               | 0
        country_code     | unknown     | 1                  | 0                     | 1      | 0                   | 1               | 0
        country_code     | FR          | 0                  | 0                     | 5      | 2                   | 0               | 5
        user_access_type | free        | 1                  | 1                     | 9      | 3                   | 1               | 5
        user_access_type | premium     | 1                  | 0                     | 1      | 0                   | 1               | 0
        """,
    )


def test_days_without_events_are_rows_with_zero_and_name_the_silent_platforms(spark: SparkSession) -> None:
    found = report(spark, date(2025, 1, 31), date(2025, 2, 3)).where("split = 'total'")
    assert_rows(
        found,
        report_daily_engagement,
        """
        activity_date | daily_active_users | silent_platforms | is_complete
        2025-01-31    | 0                  | [mobile, web]    | false
        2025-02-01    | 2                  | []               | true
        2025-02-02    | 0                  | [mobile, web]    | false
        2025-02-03    | 1                  | [mobile]         | false
        """,
    )
    before_any_calendar = report(spark, date(1999, 12, 31), date(2000, 1, 1)).where(
        "split = 'total' AND activity_date < '2025-01-01'"
    )
    assert [str(row.activity_date) for row in before_any_calendar.orderBy("activity_date").collect()] == [
        "1999-12-31",
        "2000-01-01",
    ]


def test_each_number_of_a_day_is_the_count_of_its_own_kind(spark: SparkSession) -> None:
    happened = filled(
        spark,
        events,
        """
        event_id | event_date | resolved_user_id | platform | country_code | user_access_type | event_name    | event_timestamp
        w1       | 2025-02-01 | u1               | web      | DE           | free             | item-started  | 2025-02-01 10:00
        w2       | 2025-02-01 | u1               | web      | DE           | free             | item-started  | 2025-02-01 10:01
        w3       | 2025-02-01 | u1               | web      | DE           | free             | item-started  | 2025-02-01 10:02
        w4       | 2025-02-01 | u1               | web      | DE           | free             | item-finished | 2025-02-01 10:03
        w5       | 2025-02-01 | u1               | web      | DE           | free             | app-open      | 2025-02-01 10:04
        w6       | 2025-02-01 | u1               | web      | DE           | free             | app-open      | 2025-02-01 10:05
        w7       | 2025-02-01 | u1               | web      | DE           | free             | app-open      | 2025-02-01 15:00
        w8       | 2025-02-01 | u1               | web      | DE           | free             | app-open      | 2025-02-01 15:01
        m1       | 2025-02-01 | u2               | mobile   | AT           | premium          | item-started  | 2025-02-01 10:00
        m2       | 2025-02-01 | u2               | mobile   | AT           | premium          | item-finished | 2025-02-01 12:00
        m3       | 2025-02-01 | u2               | mobile   | AT           | premium          | item-finished | 2025-02-01 14:00
        m4       | 2025-02-01 | u2               | mobile   | AT           | premium          | app-open      | 2025-02-01 14:01
        """,
    )
    identities, day = nothing(spark, identity_map), date(2025, 2, 1)
    fact = fact_user_engagement(happened, identities, fact_session(happened, identities))
    assert_rows(
        report_daily_engagement(fact, first_day=day, as_of=day),
        report_daily_engagement,
        """
        split            | split_value | daily_active_users | events | items_started | content_completions | sessions
        total            | total       | 2                  | 12     | 4             | 3                   | 5
        platform         | web         | 1                  | 8      | 3             | 1                   | 2
        platform         | mobile      | 1                  | 4      | 1             | 2                   | 3
        country_code     | DE          | 1                  | 8      | 3             | 1                   | 2
        country_code     | AT          | 1                  | 4      | 1             | 2                   | 3
        user_access_type | free        | 1                  | 8      | 3             | 1                   | 2
        user_access_type | premium     | 1                  | 4      | 1             | 2                   | 3
        """,
    )


def test_who_does_something_passive_last_is_last_seen_where_the_user_was_active(spark: SparkSession) -> None:
    happened = """
        event_date | resolved_user_id | platform | event_name    | event_timestamp
        2025-02-01 | u1               | mobile   | item-finished | 2025-02-01 10:00:00
        2025-02-01 | u1               | web      | app-open      | 2025-02-01 11:00:00
    """
    others = nothing(spark, identity_map), nothing(spark, fact_session)
    fact = fact_user_engagement(filled(spark, events, happened), *others, passive_events=("app-open",))
    day = date(2025, 2, 1)
    found = report_daily_engagement(fact, first_day=day, as_of=day)
    assert_rows(
        guarded(conform(found, report_daily_engagement), report_daily_engagement).where("split IN ('total', 'platform')"),
        report_daily_engagement,
        """
        split    | split_value | daily_active_users | users_last_seen
        total    | total       | 1                  | 1
        platform | mobile      | 1                  | 1
        platform | web         | 0                  | 0
        """,
    )
