"""A lake in Spark's own catalog: the layers are its schemas."""

from pyspark.sql import SparkSession

from engagement_lib.errors import ConfigError

_OWN = "spark_catalog"


def refuse_other_catalogs(spark: SparkSession, catalog: str) -> None:
    """Raises `ConfigError` for any catalog but Spark's own: Delta creates tables by names of two parts, in the current catalog,
    and its catalog works as Spark's own only.
    """
    if catalog != _OWN:
        raise ConfigError(f"lake.catalog: tables can be in {_OWN} only, Spark's own catalog, not in '{catalog}'")
    if (current := spark.catalog.currentCatalog()) != _OWN:
        raise ConfigError(f"lake.catalog: the session's current catalog is {current}; make {_OWN} the current one first")
