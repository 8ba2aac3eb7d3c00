"""gold.report_retention: who came back, and for whom it is too early to tell."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_user_retention_cohorts import fact_user_retention_cohorts
from engagement_lib.tables.gold.report_retention import report_retention
from tests.support import assert_rows, filled


def test_cohorts_add_up_over_countries_access_types_and_channels(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_retention_cohorts,
        """
        cohort_type | cohort_date | day_n | last_day_n | country_code | cohort_size | eligible | retained_on | retained_on_or_after | eligible_24h | retained_24h | is_mature
        day         | 2025-02-01  | 1     | 1          | DE           | 3           | 3        | 1           | 2                    | 2            | 1            | true
        day         | 2025-02-01  | 1     | 1          |              | 1           | 1        | 0           | 1                    | 0            |              | true
        day         | 2025-02-01  | 1     | 7          | DE           | 3           | 0        |             |                      | 0            |              | false
        day         | 2025-02-02  | 1     | 1          | DE           | 2           | 2        | 0           | 0                    | 2            | 0            | true
        month       | 2025-02-01  | 1     | 1          | DE           | 5           | 3        | 1           | 2                    | 2            | 1            | false
        month       | 2025-02-01  | 1     | 1          |              | 3           | 1        | 0           | 1                    | 0            |              | false
        """,
    )
    assert_rows(
        report_retention(fact),
        report_retention,
        """
        cohort_type | cohort_date | day_n | last_day_n | cohort_size | eligible | retained_on | retention_rate | retained_on_or_after | retention_rate_on_or_after | eligible_24h | retained_24h | retention_rate_24h | is_mature
        day         | 2025-02-01  | 1     | 1          | 4           | 4        | 1           | 0.25           | 3                    | 0.75                       | 2            | 1            | 0.5                | true
        day         | 2025-02-01  | 1     | 7          | 3           | 0        |             |                |                      |                            | 0            |              |                    | false
        day         | 2025-02-02  | 1     | 1          | 2           | 2        | 0           | 0              | 0                    | 0                          | 2            | 0            | 0                  | true
        month       | 2025-02-01  | 1     | 1          | 8           | 4        | 1           | 0.25           | 3                    | 0.75                       | 2            | 1            | 0.5                | false
        """,
    )
