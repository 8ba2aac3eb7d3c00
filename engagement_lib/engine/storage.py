"""How Delta stores a table, from its contract."""

from __future__ import annotations

from typing import Any

from delta.tables import DeltaTableBuilder

from engagement_lib.engine.table import Table


def columns_of(table: Table) -> str:
    """The columns with their types, as Spark reads a schema from a text."""
    return ", ".join(f"{field.name} {field.type}" for field in table.fields)


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
