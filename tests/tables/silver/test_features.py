"""silver.features: which features there are, and for whom."""

from pyspark.sql import SparkSession

from engagement_lib.tables.bronze.features import features as bronze
from engagement_lib.tables.silver.features import features
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def test_access_types_are_a_list_however_it_is_written(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        feature_id | name     | launched_at         | eligible_access_types
        search     | Search   | 2025-02-01 00:00:00 | premium;Free
        spaces     | Spaces   | 2025-02-01 00:00:00 | "[\\"premium\\"]"
        notes      | Notes    | 2025-02-01 00:00:00 |
        offline    | Offline  | 2025-02-01 00:00:00 | "Premium Plus ; free|[]"
        """,
    )
    assert_rows(
        features(records),
        features,
        """
        feature_id | eligible_access_types | is_current
        search     | [free, premium]       | true
        spaces     | [premium]             | true
        notes      |                       | true
        offline    | [free, premium plus]  | true
        """,
    )
