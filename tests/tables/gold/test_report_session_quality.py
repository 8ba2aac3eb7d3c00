"""gold.report_session_quality: rates of sessions with what they are made of."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.gold.report_session_quality import report_session_quality
from tests.support import assert_rows, filled


def test_rates_of_a_day_and_a_day_without_sessions(spark: SparkSession) -> None:
    sessions = filled(
        spark,
        fact_session,
        """
        session_key | session_date | user_id | platform | country_code | user_access_type | events | content_events | duration_seconds | engaged_seconds | is_single_event | is_engaged
        s1          | 2025-02-01   | u1      | web      | DE           | free             | 1      | 0              | 0                | 0               | true            | false
        s2          | 2025-02-01   | u1      | web      | DE           | free             | 5      | 4              | 900              | 500             | false           | true
        s3          | 2025-02-01   | u2      | mobile   |              | free             | 3      | 1              | 300              | 300             | false           | true
        s4          | 2025-02-01   |         | web      | DE           | free             | 1      | 1              | 0                | 0               | true            | true
        """,
    )
    found = report_session_quality(sessions, first_day=date(2025, 2, 1), as_of=date(2025, 2, 2))
    assert_rows(
        found.where("split IN ('total', 'country_code')"),
        report_session_quality,
        """
        activity_date | split_value | sessions | sessions_of_users | users_with_sessions | sessions_per_user | mean_session_seconds | median_session_seconds | mean_session_seconds_of_several_events | median_session_seconds_of_several_events
        2025-02-01    | total       | 4        | 3                 | 2                   | 1.5               | 300.0                | 150.0                  | 600.0                                  | 600.0
        2025-02-01    | DE          | 3        | 2                 | 1                   | 2.0               | 300.0                | 0.0                    | 900.0                                  | 900.0
        2025-02-01    | unknown     | 1        | 1                 | 1                   | 1.0               | 300.0                | 300.0                  | 300.0                                  | 300.0
        2025-02-02    | total       | 0        | 0                 | 0                   |                   |                      |                        |                                        |
        """,
    )
    assert_rows(
        found.where("split = 'total'"),
        report_session_quality,
        """
        activity_date | mean_engaged_seconds | engaged_session_share | single_event_sessions | single_event_share | content_events | content_consumption_rate | content_consumption_per_user
        2025-02-01    | 200.0                | 0.75                  | 2                     | 0.5                | 6              | 1.5                      | 2.5
        2025-02-02    |                      |                       | 0                     |                    | 0              |                          |
        """,
    )
