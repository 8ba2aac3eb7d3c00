"""A lake in a catalog of Spark: the layers are its schemas."""

import re

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from engagement_lib.errors import ConfigError


def enter(spark: SparkSession, catalog: str) -> None:
    """Make the catalog the session's current one, because Delta takes names of two parts only.

    Raises `ConfigError` for a name that is none, and for a catalog that Spark does not know.
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", catalog):
        raise ConfigError(f"lake.catalog: '{catalog}' is not a name of letters, digits and underscores")
    try:
        spark.catalog.setCurrentCatalog(catalog)
    except Py4JJavaError as problem:
        raise ConfigError(f"lake.catalog: Spark knows no catalog {catalog}; its own is spark_catalog") from problem
