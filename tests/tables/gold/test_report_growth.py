"""gold.report_growth: the growth accounting of days, weeks and months."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.fact_user_lifecycle import fact_user_lifecycle
from engagement_lib.tables.gold.report_growth import report_growth
from tests.support import assert_rows, filled


def test_who_is_new_stays_comes_back_and_is_lost(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_engagement,
        """
        activity_date | user_id | is_active
        2025-01-31    | u1      | true
        2025-01-31    | u2      | true
        2025-02-01    | u1      | true
        2025-02-01    | u3      | false
        2025-02-03    | u2      | true
        2025-02-03    |         | false
        """,
    )
    states = fact_user_lifecycle(fact, as_of=date(2025, 2, 3))
    found = report_growth(states, first_day=date(2025, 1, 31), as_of=date(2025, 2, 3))
    assert_rows(
        found,
        report_growth,
        """
        period | period_start | new | retained | resurrected | churned | active | active_before | quick_ratio | is_mature
        day    | 2025-01-31   | 2   | 0        | 0           | 0       | 2      | 0             |             | true
        day    | 2025-02-01   | 0   | 1        | 0           | 1       | 1      | 2             | 0.0         | true
        day    | 2025-02-02   | 0   | 0        | 0           | 1       | 0      | 1             | 0.0         | true
        day    | 2025-02-03   | 0   | 0        | 1           | 0       | 1      | 0             |             | true
        week   | 2025-01-27   | 2   | 0        | 0           | 0       | 2      | 0             |             | true
        week   | 2025-02-03   | 0   | 1        | 0           | 1       | 1      | 2             |             | false
        month  | 2025-01-01   | 2   | 0        | 0           | 0       | 2      | 0             |             | true
        month  | 2025-02-01   | 0   | 2        | 0           | 0       | 2      | 2             |             | false
        """,
    )
