"""gold.fact_user_retention_cohorts: who came back, by when they came and what they were then."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.fact_user_retention_cohorts import fact_user_retention_cohorts
from engagement_lib.tables.silver.users import users
from tests.support import assert_rows, filled, nothing

ACTIVE = """
    activity_date | user_id | country_code | user_access_type | is_active | first_active_at  | last_active_at
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
DAYS = "cohort_type = 'day' AND day_n = last_day_n"
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
        found.where(DAYS),
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
        found.where(DAYS),
        fact_user_retention_cohorts,
        """
        cohort_date | day_n | country_code | acquisition_channel | cohort_size | eligible | retained_on | eligible_24h | retained_24h
        2025-02-01  | 1     | DE           |                     | 4           | 4        | 2           | 0            |
        2025-02-01  | 1     |              |                     | 1           | 1        | 0           | 0            |
        """,
    )


def test_a_bracket_is_any_of_its_days_and_waits_for_the_last(spark: SparkSession) -> None:
    """u1 is back on day 4 and, an hour before its eighth 24 hours are over, on day 8; u2 on day 7; u3 on day 15, of a bracket
    that is not over on day 19."""
    visits = """
        activity_date | user_id | is_active | first_active_at  | last_active_at
        2025-02-01    | u1      | true      | 2025-02-01 10:00 | 2025-02-01 10:00
        2025-02-05    | u1      | true      | 2025-02-05 10:00 | 2025-02-05 10:00
        2025-02-09    | u1      | true      | 2025-02-09 09:00 | 2025-02-09 09:00
        2025-02-01    | u2      | true      | 2025-02-01 10:00 | 2025-02-01 10:00
        2025-02-08    | u2      | true      | 2025-02-08 12:00 | 2025-02-08 12:00
        2025-02-01    | u3      | true      | 2025-02-01 10:00 | 2025-02-01 10:00
        2025-02-16    | u3      | true      | 2025-02-16 12:00 | 2025-02-16 12:00
    """
    found = fact_user_retention_cohorts(
        filled(spark, fact_user_engagement, visits), nothing(spark, users), as_of=date(2025, 2, 20)
    )
    assert_rows(
        found.where("cohort_type = 'day' AND day_n < last_day_n"),
        fact_user_retention_cohorts,
        """
        cohort_date | day_n | last_day_n | cohort_size | eligible | retained_on | retained_on_or_after | eligible_24h | retained_24h | is_mature
        2025-02-01  | 1     | 7          | 3           | 3        | 2           | 3                    | 3            | 2            | true
        2025-02-01  | 8     | 14         | 3           | 3        | 1           | 2                    | 3            | 0            | true
        2025-02-01  | 15    | 21         | 3           | 0        |             |                      | 0            |              | false
        """,
    )


WEEKS_AND_MONTHS = """
    activity_date | user_id | country_code | is_active | first_active_at  | last_active_at
    2025-02-03    | u1      | DE           | true      | 2025-02-03 10:00 | 2025-02-03 10:00
    2025-02-10    | u1      | DE           | true      | 2025-02-10 11:00 | 2025-02-10 11:00
    2025-02-05    | u2      | DE           | true      | 2025-02-05 10:00 | 2025-02-05 10:00
    2025-02-10    | u2      | DE           | true      | 2025-02-10 11:00 | 2025-02-10 11:00
    2025-02-09    | u3      | AT           | true      | 2025-02-09 10:00 | 2025-02-09 10:00
    2025-02-10    | u4      | DE           | true      | 2025-02-10 10:00 | 2025-02-10 10:00
"""


def test_weeks_and_months_have_all_of_their_users_each_on_the_own_clock(spark: SparkSession) -> None:
    """Day 7 of u1 is the tenth, a Monday; that of the others, one of whom came on that Monday, has not even begun."""
    found = fact_user_retention_cohorts(
        filled(spark, fact_user_engagement, WEEKS_AND_MONTHS), nothing(spark, users), as_of=date(2025, 2, 11)
    )
    assert_rows(
        found.where("day_n = 7"),
        fact_user_retention_cohorts,
        """
        cohort_type | cohort_date | day_n | last_day_n | country_code | cohort_size | eligible | retained_on | retained_on_or_after | eligible_24h | retained_24h | is_mature
        day         | 2025-02-03  | 7     | 7          | DE           | 1           | 1        | 1           | 1                    | 1            | 1            | true
        week        | 2025-02-03  | 7     | 7          | DE           | 2           | 1        | 1           | 1                    | 1            | 1            | false
        week        | 2025-02-03  | 7     | 7          | AT           | 1           | 0        |             |                      | 0            |              | false
        month       | 2025-02-01  | 7     | 7          | DE           | 3           | 1        | 1           | 1                    | 1            | 1            | false
        month       | 2025-02-01  | 7     | 7          | AT           | 1           | 0        |             |                      | 0            |              | false
        """,
    )


def test_a_cohort_is_mature_when_nobody_can_come_to_it_and_the_day_is_over_for_its_last_users(spark: SparkSession) -> None:
    """On the sixteenth day 7 is over for those of the ninth, a Sunday; February goes on."""
    found = fact_user_retention_cohorts(
        filled(spark, fact_user_engagement, WEEKS_AND_MONTHS), nothing(spark, users), as_of=date(2025, 2, 16)
    )
    assert_rows(
        found.where("day_n IN (7, 8) AND cohort_type <> 'day'"),
        fact_user_retention_cohorts,
        """
        cohort_type | cohort_date | day_n | last_day_n | country_code | cohort_size | eligible | retained_on | is_mature
        week        | 2025-02-03  | 7     | 7          | DE           | 2           | 2        | 1           | true
        week        | 2025-02-03  | 7     | 7          | AT           | 1           | 1        | 0           | true
        week        | 2025-02-03  | 8     | 14         | DE           | 2           | 0        |             | false
        week        | 2025-02-03  | 8     | 14         | AT           | 1           | 0        |             | false
        month       | 2025-02-01  | 7     | 7          | DE           | 3           | 2        | 1           | false
        month       | 2025-02-01  | 7     | 7          | AT           | 1           | 1        | 0           | false
        month       | 2025-02-01  | 8     | 14         | DE           | 3           | 0        |             | false
        month       | 2025-02-01  | 8     | 14         | AT           | 1           | 0        |             | false
        """,
    )


def test_a_passive_event_neither_begins_the_clock_nor_brings_anybody_back(spark: SparkSession) -> None:
    """u1 first did something at noon; what came within the second 24 hours from then on was passive."""
    seen = """
        activity_date | user_id | is_active | first_event_at   | last_event_at    | first_active_at  | last_active_at
        2025-02-01    | u1      | true      | 2025-02-01 08:00 | 2025-02-01 12:00 | 2025-02-01 12:00 | 2025-02-01 12:00
        2025-02-02    | u1      | true      | 2025-02-02 10:00 | 2025-02-02 13:00 | 2025-02-02 10:00 | 2025-02-02 10:00
    """
    found = fact_user_retention_cohorts(filled(spark, fact_user_engagement, seen), nothing(spark, users), as_of=date(2025, 2, 3))
    assert_rows(
        found.where(DAYS),
        fact_user_retention_cohorts,
        "cohort_date | day_n | retained_on | eligible_24h | retained_24h\n2025-02-01 | 1 | 1 | 1 | 0",
    )
