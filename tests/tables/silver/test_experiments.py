"""silver.experiments: which experiments run, and when."""

from pyspark.sql import SparkSession

from engagement_lib.tables.bronze.experiments import experiments as bronze
from engagement_lib.tables.silver.experiments import experiments
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def test_an_end_that_is_set_later_is_a_later_version(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        experiment_id | name    | started_at          | ended_at            | primary_metric | updated_at
        e1            | Banner  | 2025-02-01 00:00:00 |                     | dal            |
        e1            | Banner  | 2025-02-01 00:00:00 | 2025-03-01 00:00:00 | dal            | 2025-02-20 00:00:00
        e2            | Nothing |                     |                     | dal            |
        """,
    )
    assert_rows(
        experiments(records),
        experiments,
        """
        experiment_id | ended_at            | valid_from          | valid_to            | is_current
        e1            |                     | 2025-02-01 00:00:00 | 2025-02-20 00:00:00 | false
        e1            | 2025-03-01 00:00:00 | 2025-02-20 00:00:00 |                     | true
        """,
    )
