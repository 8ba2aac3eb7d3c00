"""silver.assignments: who was given which variant."""

from pyspark.sql import SparkSession

from engagement_lib.tables.bronze.assignments import assignments as bronze
from engagement_lib.tables.silver.assignments import assignments
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def test_a_user_with_two_variants_has_a_row_for_each(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        experiment_id | user_id | variant   | assigned_at
        e1            | u1      | control   | 2025-02-01 10:00:00
        e1            | u1      | treatment | 2025-02-02 10:00:00
        e1            | u1      | control   | 2025-02-01 10:00:00
        e1            | u2      |           | 2025-02-01 10:00:00
        """,
    )
    assert_rows(
        assignments(records),
        assignments,
        """
        experiment_id | user_id | variant   | assigned_at         | is_current
        e1            | u1      | control   | 2025-02-01 10:00:00 | true
        e1            | u1      | treatment | 2025-02-02 10:00:00 | true
        """,
    )
