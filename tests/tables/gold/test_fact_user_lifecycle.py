"""gold.fact_user_lifecycle: who is new, stays, comes back or falls silent."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.fact_user_lifecycle import fact_user_lifecycle
from tests.support import assert_rows, filled


def test_states_of_days_weeks_and_months(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_engagement,
        """
        activity_date | user_id | platform | is_active
        2025-01-31    | u1      | web      | true
        2025-01-31    | u1      | mobile   | true
        2025-02-01    | u1      | web      | true
        2025-02-03    | u1      | web      | true
        2025-02-03    | u2      | web      | true
        2025-02-02    | u2      | web      | false
        2025-02-02    |         | web      | false
        """,
    )
    assert_rows(
        fact_user_lifecycle(fact, as_of=date(2025, 2, 4)),
        fact_user_lifecycle,
        """
        user_id | period | period_start | state       | days_since_last | is_mature
        u1      | day    | 2025-01-31   | new         |                 | true
        u1      | day    | 2025-02-01   | retained    | 1               | true
        u1      | day    | 2025-02-02   | dormant     | 1               | true
        u1      | day    | 2025-02-03   | resurrected | 2               | true
        u1      | day    | 2025-02-04   | dormant     | 1               | true
        u2      | day    | 2025-02-03   | new         |                 | true
        u2      | day    | 2025-02-04   | dormant     | 1               | true
        u1      | week   | 2025-01-27   | new         |                 | true
        u1      | week   | 2025-02-03   | retained    | 2               | false
        u2      | week   | 2025-02-03   | new         |                 | false
        u1      | month  | 2025-01-01   | new         |                 | true
        u1      | month  | 2025-02-01   | retained    | 1               | false
        u2      | month  | 2025-02-01   | new         |                 | false
        """,
    )
