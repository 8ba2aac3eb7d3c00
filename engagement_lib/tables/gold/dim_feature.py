"""Features as they are known now."""

from pyspark.sql import DataFrame

from engagement_lib.engine.table import Rebuild, table
from engagement_lib.sources.features import ENTITY
from engagement_lib.tables.silver.features import features


@table(inputs=(features,), grain=ENTITY.keys, fields=ENTITY.fields, write=Rebuild())
def dim_feature(features: DataFrame) -> DataFrame:
    """One row per feature, as known now; earlier versions are in silver.features."""
    return features.where("is_current").select(*[field.name for field in ENTITY.fields])
