"""gold.dim_date: the calendar."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.dim_date import dim_date
from tests.support import assert_rows


def test_a_day_knows_its_week_and_month_across_the_turn_of_the_year(spark: SparkSession) -> None:
    found = dim_date(spark.range(1), calendar_first_date="2024-12-29", calendar_last_date="2025-01-01")
    assert_rows(
        found,
        dim_date,
        """
        date       | year | month      | iso_week   | iso_weekday | is_weekend
        2024-12-29 | 2024 | 2024-12-01 | 2024-12-23 | 7           | true
        2024-12-30 | 2024 | 2024-12-01 | 2024-12-30 | 1           | false
        2024-12-31 | 2024 | 2024-12-01 | 2024-12-30 | 2           | false
        2025-01-01 | 2025 | 2025-01-01 | 2024-12-30 | 3           | false
        """,
    )
