"""gold.report_user_segments: the one segment of each user, and where the user was last."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_user_segments import report_user_segments
from tests.support import assert_rows, filled

ACTIVITY = """
    activity_date | user_id | platform | country_code | user_access_type | is_active | is_last_of_day | items_finished
    2025-01-10    | u1      | web      | DE           | free             | true      | true           | 1
    2025-01-11    | u1      | web      | DE           | free             | true      | true           | 1
    2025-01-12    | u1      | web      | DE           | free             | true      | true           | 1
    2025-01-13    | u1      | web      | DE           | free             | true      | true           | 1
    2025-02-24    | u1      | web      | DE           | free             | true      | false          | 1
    2025-02-24    | u1      | mobile   | AT           | premium          | true      | true           | 2
    2025-02-10    | u2      | web      | FR           | free             | true      | true           | 0
    2025-02-25    | u3      | web      |              | free             | true      | true           | 1
    2025-02-26    | u3      | mobile   |              | free             | false     | true           | 0
    2024-12-01    | u4      | web      | DE           | free             | true      | true           | 0
    2025-02-28    | u5      | web      | DE           | free             | true      | true           | 0
    2025-02-25    |         | web      | DE           | free             | false     | false          | 0
"""


def test_each_user_has_the_first_segment_that_fits(spark: SparkSession) -> None:
    found = report_user_segments(filled(spark, fact_user_engagement, ACTIVITY), as_of=date(2025, 2, 26))
    assert_rows(
        found,
        report_user_segments,
        """
        user_id | segment  | reason                           | is_new | active_days | active_days_before | completions | days_since_last | platform | country_code | user_access_type
        u1      | at_risk  | active days fell from 4 to 1     | false  | 1           | 4                  | 3           | 2               | mobile   | AT           | premium
        u2      | at_risk  | last active 16 days ago          | false  | 1           | 0                  | 0           | 16              | web      | FR           | free
        u3      | casual   | active days 1, completions 1     | true   | 1           | 0                  | 1           | 1               | mobile   |              | free
        u4      | dormant  | last active 87 days ago          | false  | 0           | 0                  | 0           | 87              | web      | DE           | free
        """,
    )


def test_the_thresholds_are_parameters(spark: SparkSession) -> None:
    fact = filled(spark, fact_user_engagement, ACTIVITY)
    found = report_user_segments(fact, as_of=date(2025, 2, 28), engaged_days=1, engaged_completions=1, at_risk_days_before=5)
    drawing = "user_id | segment\nu1 | highly_engaged\nu2 | at_risk\nu3 | highly_engaged\nu4 | dormant\nu5 | casual"
    assert_rows(found, report_user_segments, drawing)


def test_two_windows_that_reach_back_before_the_data_are_said(spark: SparkSession) -> None:
    fact = filled(spark, fact_user_engagement, ACTIVITY)
    for first_day, is_partial in ((date(2025, 1, 4), False), (date(2025, 1, 5), True)):
        found = report_user_segments(fact, first_day=first_day, as_of=date(2025, 2, 28))
        assert {row.is_partial_window for row in found.collect()} == {is_partial}
