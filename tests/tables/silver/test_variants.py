"""silver.variants: which variants experiments have."""

from pyspark.sql import SparkSession

from engagement_lib.sources.variants import ENTITY
from engagement_lib.tables.bronze.variants import variants as bronze
from engagement_lib.tables.silver.variants import variants
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def test_a_variant_without_a_time_holds_since_ever(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        experiment_id | variant   | weight | is_control | updated_at
        e1            | control   | 50     | yes        |
        e1            | treatment | 50     | no         |
        e1            | treatment | 0.25   | no         | 2025-02-20 00:00:00
        e1            | third     | half   | no         |
        """,
    )
    assert_rows(
        variants(records),
        variants,
        """
        experiment_id | variant   | weight | is_control | valid_from          | valid_to            | is_current
        e1            | control   | 50     | true       |                     |                     | true
        e1            | treatment | 50     | false      |                     | 2025-02-20 00:00:00 | false
        e1            | treatment | 0.25   | false      | 2025-02-20 00:00:00 |                     | true
        """,
    )


def test_a_weight_below_nothing_is_put_aside(spark: SparkSession) -> None:
    records = landed(spark, bronze, "experiment_id | variant | weight | is_control\ne1 | a | 0 | yes\ne1 | b | -1 | no")
    assert [(row.variant, row.weight) for row in variants(records).collect()] == [("a", 0)]
    (refused,) = ENTITY.typed(records).where("_rule IS NOT NULL").collect()
    assert (refused["_rule"], refused["_reason"]) == (
        "weight_invalid",
        "weight '-1' is not a decimal number with a point, 0 or more",
    )
