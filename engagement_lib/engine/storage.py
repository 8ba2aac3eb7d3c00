"""How Delta stores a table, from its contract."""

from __future__ import annotations

from copy import copy
from typing import Any

from delta.tables import DeltaTableBuilder
from pyspark.sql import SparkSession

from engagement_lib.engine.table import Table

MERGE_METADATA = "spark.databricks.delta.commitInfo.userMetadata"


def columns_of(table: Table) -> str:
    """The columns with their types, as Spark reads a schema from a text."""
    return ", ".join(f"{field.name} {field.type}" for field in table.fields)


def quiet_session(spark: SparkSession) -> SparkSession:
    """A session set as the given one, whose Delta looks for no files of a table it makes, and gives it no merge's metadata."""
    session = copy(spark)  # not a new one: that would become the session of `toDF`, and know nothing that was set since the start
    session._jsparkSession = spark._jsparkSession.cloneSession()
    session._jsparkSession.conf().set("spark.databricks.delta.allFilesInCrc.enabled", "false")
    session._jsparkSession.conf().unset(MERGE_METADATA)
    return session


def declared(builder: DeltaTableBuilder, table: Table) -> DeltaTableBuilder:
    """The builder, told what the contract says: columns, comments, partitions, properties."""
    builder = builder.comment(table.description.split("\n")[0])
    for field in table.fields:
        builder = builder.addColumn(field.name, field.type, nullable=not field.required, comment=field.description)
    if table.partition:
        builder = builder.partitionedBy(table.partition)
    for key, value in _properties_of(table).items():
        builder = builder.property(key, value)
    return builder


def _properties_of(table: Table) -> dict[str, str]:
    """Statistics only where a run filters by them, and never on personal columns: they would outlive an erasure."""
    filtered = [name for name in (table.day, "_load") if name in {f.name for f in table.fields} - {table.partition}]
    statistics: dict[str, Any] = (
        {"delta.dataSkippingStatsColumns": ",".join(filtered)} if filtered else {"delta.dataSkippingNumIndexedCols": "0"}
    )
    return {"delta.enableDeletionVectors": "false", **statistics}
