"""gold.report_active_windows: windows of active users and stickiness."""

from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_active_windows import report_active_windows
from tests.support import assert_rows, filled


def test_stickiness_is_the_mean_of_daily_users_over_the_windows_users_and_null_until_thirty_days_exist(
    spark: SparkSession,
) -> None:
    days = [(date(2025, 1, day), user) for day in range(1, 31) for user in ("u1", "u2") if user == "u1" or day <= 15]
    fact = spark.createDataFrame(days, "activity_date date, user_id string").select(
        "*",
        F.lit("web").alias("platform"),
        F.lit("DE").alias("country_code"),
        F.lit("free").alias("user_access_type"),
        F.lit(True).alias("is_active"),
    )
    found = report_active_windows(fact, first_day=date(2025, 1, 1), as_of=date(2025, 1, 31)).where("split = 'total'")
    assert_rows(
        found.where("activity_date >= '2025-01-29'"),
        report_active_windows,
        """
        activity_date | daily_active_users | weekly_active_users | monthly_active_users_30d | mean_daily_active_users_30d | stickiness | dau_over_mau | is_partial_window
        2025-01-29    | 1                  | 1                   | 2                        |                             |            |              | true
        2025-01-30    | 1                  | 1                   | 2                        | 1.5                         | 0.75       | 0.5          | false
        2025-01-31    | 0                  | 1                   | 2                        | 1.4333333333333333          | 0.7166666666666667 | 0.0  | false
        """,
    )


def test_the_total_has_a_row_for_each_day_of_a_long_silence(spark: SparkSession) -> None:
    lone = "activity_date | user_id | platform | country_code | user_access_type | is_active\n2025-01-10 | u1 | web | DE | free | true"
    given = filled(spark, fact_user_engagement, lone)
    found = report_active_windows(given, first_day=date(2025, 1, 8), as_of=date(2025, 3, 1))
    assert_rows(
        found.where("activity_date IN ('2025-01-08', '2025-01-10', '2025-02-09', '2025-02-08', '2025-03-01')"),
        report_active_windows,
        """
        activity_date | split            | split_value | daily_active_users | monthly_active_users_30d | stickiness          | is_partial_window
        2025-01-08    | total            | total       | 0                  | 0                        |                     | true
        2025-01-10    | total            | total       | 1                  | 1                        |                     | true
        2025-01-10    | platform         | web         | 1                  | 1                        |                     | true
        2025-01-10    | country_code     | DE          | 1                  | 1                        |                     | true
        2025-01-10    | user_access_type | free        | 1                  | 1                        |                     | true
        2025-02-08    | total            | total       | 0                  | 1                        | 0.03333333333333333 | false
        2025-02-08    | platform         | web         | 0                  | 1                        | 0.03333333333333333 | false
        2025-02-08    | country_code     | DE          | 0                  | 1                        | 0.03333333333333333 | false
        2025-02-08    | user_access_type | free        | 0                  | 1                        | 0.03333333333333333 | false
        2025-02-09    | total            | total       | 0                  | 0                        |                     | false
        2025-03-01    | total            | total       | 0                  | 0                        |                     | false
        """,
    )


def test_only_active_known_users_count(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_engagement,
        """
        activity_date | user_id | platform | country_code | user_access_type | is_active
        2025-02-01    | u1      | web      | DE           | free             | true
        2025-02-01    | u2      | web      | DE           | free             | false
        2025-02-01    |         | web      | DE           | free             | false
        """,
    )
    found = report_active_windows(fact, first_day=date(2025, 2, 1), as_of=date(2025, 2, 1))
    drawing = "split | split_value | daily_active_users\ntotal | total | 1\nplatform | web | 1\ncountry_code | DE | 1\nuser_access_type | free | 1"
    assert_rows(found, report_active_windows, drawing)


def test_stickiness_and_mean_of_daily_users_are_those_of_each_value_of_a_split(spark: SparkSession) -> None:
    drawn = ["activity_date | user_id | platform | is_active", "2025-01-10 | u2 | mobile | true"]
    drawn += [f"2025-01-{day:02} | u1 | web | true" for day in range(1, 31)]
    fact = filled(spark, fact_user_engagement, "\n".join(drawn))
    found = report_active_windows(fact, first_day=date(2025, 1, 1), as_of=date(2025, 1, 30))
    assert_rows(
        found.where("activity_date = '2025-01-30' AND split IN ('total', 'platform')"),
        report_active_windows,
        f"""
        split    | split_value | daily_active_users | monthly_active_users_30d | mean_daily_active_users_30d | stickiness | dau_over_mau
        total    | total       | 1                  | 2                        | {31 / 30}                   | {31 / 60}  | 0.5
        platform | web         | 1                  | 1                        | 1                           | 1          | 1
        platform | mobile      | 0                  | 1                        | {1 / 30}                    | {1 / 30}   | 0
        """,
    )


def test_a_value_of_a_split_keeps_its_row_while_the_month_of_its_activity_lasts(spark: SparkSession) -> None:
    drawn = "activity_date | user_id | platform | is_active\n2025-01-01 | u1 | web | true\n2025-01-31 | u2 | mobile | true"
    fact = filled(spark, fact_user_engagement, drawn)
    found = report_active_windows(fact, first_day=date(2025, 1, 1), as_of=date(2025, 2, 1))
    assert_rows(
        found.where("activity_date >= '2025-01-31' AND split = 'platform'"),
        report_active_windows,
        """
        activity_date | split_value | monthly_active_users_30d | monthly_active_users_calendar
        2025-01-31    | web         | 0                        | 1
        2025-01-31    | mobile      | 1                        | 1
        2025-02-01    | mobile      | 1                        | 0
        """,
    )
