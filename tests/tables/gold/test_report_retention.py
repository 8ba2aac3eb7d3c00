"""gold.report_retention: who came back, and for whom it is too early to tell."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_retention import report_retention
from tests.support import assert_rows, filled


def test_exact_and_later_returns_and_days_that_are_not_over(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_engagement,
        """
        activity_date | user_id | is_active
        2025-02-01    | u1      | true
        2025-02-02    | u1      | true
        2025-02-01    | u2      | true
        2025-02-09    | u2      | true
        2025-02-01    | u3      | true
        2025-02-02    | u3      | false
        2025-02-09    | u4      | true
        2025-02-10    | u4      | true
        """,
    )
    assert_rows(
        report_retention(fact, as_of=date(2025, 2, 9)),
        report_retention,
        """
        cohort_date | day_n | cohort_size | eligible | retained_on | retention_rate     | retained_on_or_after | retention_rate_on_or_after | is_mature
        2025-02-01  | 1     | 3           | 3        | 1           | 0.3333333333333333 | 2                    | 0.6666666666666666         | true
        2025-02-01  | 7     | 3           | 3        | 0           | 0.0                | 1                    | 0.3333333333333333         | true
        """,
    )
    later = report_retention(fact, as_of=date(2025, 2, 10)).where("cohort_date = '2025-02-09'")
    drawing = "cohort_date | day_n | eligible | retained_on | is_mature\n2025-02-09 | 1 | 1 | 1 | true"
    assert_rows(later, report_retention, drawing)
