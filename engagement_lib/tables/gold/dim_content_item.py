"""Items as they are known now."""

from pyspark.sql import DataFrame

from engagement_lib.engine.table import Rebuild, table
from engagement_lib.sources.content_items import ENTITY
from engagement_lib.tables.silver.content_items import content_items


@table(inputs=(content_items,), grain=ENTITY.keys, fields=ENTITY.fields, write=Rebuild())
def dim_content_item(content_items: DataFrame) -> DataFrame:
    """One row per item of the content system, as known now; earlier versions are in silver.content_items."""
    return content_items.where("is_current").select(*[field.name for field in ENTITY.fields])
