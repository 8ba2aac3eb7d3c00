"""gold.dim_content_item: the current version of each item."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.dim_content_item import dim_content_item
from engagement_lib.tables.silver.content_items import content_items
from tests.support import assert_rows, filled


def test_an_item_is_its_current_version(spark: SparkSession) -> None:
    versions = filled(spark, content_items, "item_id | title | is_current\n873 | Old | false\n873 | New | true\n7 | Only | true")
    assert_rows(dim_content_item(versions), dim_content_item, "item_id | title\n873 | New\n7 | Only")
