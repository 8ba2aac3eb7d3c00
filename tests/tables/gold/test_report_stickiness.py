"""gold.report_stickiness: the histogram of active days."""

from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_stickiness import report_stickiness
from tests.support import assert_rows, filled


def test_users_are_counted_by_their_active_days_in_each_window(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_engagement,
        """
        activity_date | user_id | platform | country_code | user_access_type | is_active
        2025-02-20    | u1      | web      | DE           | free             | true
        2025-02-27    | u1      | web      | DE           | free             | true
        2025-02-28    | u1      | web      | DE           | free             | true
        2025-02-28    | u1      | mobile   | DE           | free             | true
        2025-02-28    | u2      | web      | DE           | free             | true
        2025-02-27    | u2      | web      | DE           | free             | false
        2025-02-27    |         | web      | DE           | free             | false
        """,
    )
    found = report_stickiness(fact, first_day=date(2025, 2, 20), as_of=date(2025, 2, 28))
    assert found.where("split = 'total'").count() == 7 + 28
    assert_rows(
        found.where("split IN ('total', 'platform') AND users > 0 OR split = 'total' AND window_days = 7 AND active_days = 3"),
        report_stickiness,
        """
        window_days | split_value | active_days | users | is_partial_window
        7           | total       | 1           | 1     | false
        7           | total       | 2           | 1     | false
        7           | total       | 3           | 0     | false
        7           | web         | 1           | 1     | false
        7           | web         | 2           | 1     | false
        7           | mobile      | 1           | 1     | false
        28          | total       | 1           | 1     | true
        28          | total       | 3           | 1     | true
        28          | web         | 1           | 1     | true
        28          | web         | 3           | 1     | true
        28          | mobile      | 1           | 1     | true
        """,
    )


def test_the_total_of_a_window_in_which_nobody_was_active_is_rows_of_0(spark: SparkSession) -> None:
    passive = "activity_date | user_id | platform | is_active\n2025-02-28 | u1 | web | false"
    fact = filled(spark, fact_user_engagement, passive)
    found = report_stickiness(fact, first_day=date(2025, 2, 20), as_of=date(2025, 2, 28))
    assert_rows(
        found.groupBy("window_days", "split", "split_value", "is_partial_window").agg(
            F.count("*").cast("int").alias("active_days"), F.sum("users").alias("users")
        ),
        report_stickiness,
        """
        window_days | split | split_value | is_partial_window | active_days | users
        7           | total | total       | false             | 7           | 0
        28          | total | total       | true              | 28          | 0
        """,
    )
