"""gold.dim_feature: the current version of each feature."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.dim_feature import dim_feature
from engagement_lib.tables.silver.features import features
from tests.support import assert_rows, filled


def test_a_feature_is_its_current_version(spark: SparkSession) -> None:
    versions = filled(
        spark,
        features,
        """
        feature_id | launched_at         | eligible_access_types | is_current
        search     | 2025-02-01 00:00:00 | [free]                | false
        search     | 2025-02-01 00:00:00 | [free, premium]       | true
        """,
    )
    assert_rows(dim_feature(versions), dim_feature, "feature_id | eligible_access_types\nsearch | [free, premium]")
