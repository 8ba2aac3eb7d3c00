"""silver.payments: what was paid and what was paid back."""

from pyspark.sql import SparkSession

from engagement_lib.tables.bronze.payments import payments as bronze
from engagement_lib.tables.silver.payments import payments
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def test_a_refund_is_a_later_version_of_its_payment_and_amounts_are_exact(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        payment_id | subscription_id | user_id | paid_at             | amount | currency | status    | refunded_at
        p1         | s1              | u1      | 2025-02-08 10:00:00 | 79.99  | eur      | refunded  | 2025-02-12 09:00:00
        p1         | s1              | u1      | 2025-02-08 10:00:00 | 79.99  | EUR      | succeeded |
        p2         | s2              | u2      | 2025-02-09 10:00:00 | 0.1    | EUR      | failed    |
        p3         | s2              | u2      | 2025-02-09 10:00:00 | 1e3    | EUR      | succeeded |
        p4         | s2              | u2      | 2025-02-09 10:00:00 | 5      | Euro     | succeeded |
        """,
    )
    assert_rows(
        payments(records),
        payments,
        """
        payment_id | amount | currency | status    | refunded_at         | valid_from          | is_current
        p1         | 79.99  | EUR      | succeeded |                     | 2025-02-08 10:00:00 | false
        p1         | 79.99  | EUR      | refunded  | 2025-02-12 09:00:00 | 2025-02-12 09:00:00 | true
        p2         | 0.1    | EUR      | failed    |                     | 2025-02-09 10:00:00 | true
        """,
    )
