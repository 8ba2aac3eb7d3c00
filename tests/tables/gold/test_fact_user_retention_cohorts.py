"""gold.fact_user_retention_cohorts: who came back, by what they were when they came."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.fact_user_retention_cohorts import fact_user_retention_cohorts
from engagement_lib.tables.silver.users import users
from tests.support import assert_rows, filled, nothing

ACTIVE = """
    activity_date | user_id | country_code | user_access_type | is_active | first_event_at   | last_event_at
    2025-02-01    | u1      | DE           | free             | true      | 2025-02-01 20:00 | 2025-02-01 21:00
    2025-02-01    | u1      | AT           | free             | true      | 2025-02-01 22:00 | 2025-02-01 22:00
    2025-02-02    | u1      | AT           | premium          | true      | 2025-02-02 09:00 | 2025-02-02 19:59
    2025-02-01    | u2      | DE           | free             | true      | 2025-02-01 10:00 | 2025-02-01 10:00
    2025-02-02    | u2      | DE           | free             | true      | 2025-02-02 08:00 | 2025-02-02 10:00
    2025-02-01    | u3      |              | free             | true      | 2025-02-01 10:00 | 2025-02-01 10:00
    2025-02-03    | u3      |              | free             | true      | 2025-02-03 09:59 | 2025-02-03 18:00
    2025-02-02    | u4      | DE           | free             | true      | 2025-02-02 00:00 | 2025-02-02 00:00
    2025-02-02    | u5      | DE           | free             | true      | 2025-02-02 00:01 | 2025-02-02 00:01
    2025-02-01    | u4      | DE           | free             | false     | 2025-02-01 00:00 | 2025-02-01 00:00
"""
USERS = """
    user_id | signup_at        | acquisition_channel | is_current
    u2      | 2025-01-01 10:00 | ads                 | true
"""


def test_cohorts_by_the_calendar_and_by_the_clock(spark: SparkSession) -> None:
    """u1 is back the next day, but within 24 hours; u2 exactly 24 hours later; u3 two dates later, but within 48 hours."""
    found = fact_user_retention_cohorts(
        filled(spark, fact_user_engagement, ACTIVE), filled(spark, users, USERS), as_of=date(2025, 2, 3)
    )
    assert_rows(
        found,
        fact_user_retention_cohorts,
        """
        cohort_date | day_n | country_code | user_access_type | acquisition_channel | cohort_size | eligible | retained_on | retained_on_or_after | eligible_24h | retained_24h | is_mature
        2025-02-01  | 1     | DE           | free             |                     | 1           | 1        | 1           | 1                    | 1            | 0            | true
        2025-02-01  | 1     | DE           | free             | ads                 | 1           | 1        | 1           | 1                    | 1            | 1            | true
        2025-02-01  | 1     |              | free             |                     | 1           | 1        | 0           | 1                    | 1            | 1            | true
        2025-02-02  | 1     | DE           | free             |                     | 2           | 2        | 0           | 0                    | 1            | 0            | true
        """,
    )


def test_a_day_can_be_over_by_the_calendar_and_not_by_the_clock(spark: SparkSession) -> None:
    """An hour west of UTC u4 and u5 came on the first, before midnight; of nobody are 48 hours over at the end of the second."""
    found = fact_user_retention_cohorts(
        filled(spark, fact_user_engagement, ACTIVE), nothing(spark, users), as_of=date(2025, 2, 2), report_time_zone="Etc/GMT+1"
    )
    assert_rows(
        found,
        fact_user_retention_cohorts,
        """
        cohort_date | day_n | country_code | acquisition_channel | cohort_size | eligible | retained_on | eligible_24h | retained_24h
        2025-02-01  | 1     | DE           |                     | 4           | 4        | 2           | 0            |
        2025-02-01  | 1     |              |                     | 1           | 1        | 0           | 0            |
        """,
    )
