"""silver.subscriptions: where each subscription stood, and when."""

from pyspark.sql import SparkSession

from engagement_lib.tables.bronze.subscriptions import subscriptions as bronze
from engagement_lib.tables.silver.subscriptions import subscriptions
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def test_what_happens_to_a_subscription_makes_versions_also_without_updated_at(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        subscription_id | user_id | status   | trial_start_at      | trial_end_at        | started_at          | cancelled_at
        s1              | u1      | Active   | 2025-02-01 10:00:00 | 2025-02-08 10:00:00 | 2025-02-08 10:00:00 |
        s1              | u1      | trialing | 2025-02-01 10:00:00 | 2025-02-08 10:00:00 |                     |
        s1              | u1      | canceled | 2025-02-01 10:00:00 | 2025-02-08 10:00:00 | 2025-02-08 10:00:00 | 2025-03-01 10:00:00
        s2              | u2      | trialing | 2025-02-03 10:00:00 | 2025-02-10 10:00:00 |                     |
        """,
    )
    assert_rows(
        subscriptions(records),
        subscriptions,
        """
        subscription_id | status   | valid_from          | valid_to            | is_current
        s1              | trialing | 2025-02-01 10:00:00 | 2025-02-08 10:00:00 | false
        s1              | active   | 2025-02-08 10:00:00 | 2025-03-01 10:00:00 | false
        s1              | cancelled | 2025-03-01 10:00:00 |                    | true
        s2              | trialing | 2025-02-03 10:00:00 |                     | true
        """,
    )
