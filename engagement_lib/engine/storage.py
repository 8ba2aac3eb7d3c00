"""How Delta stores a table, from its contract."""

from __future__ import annotations

from typing import Any

from engagement_lib.engine.table import Table


def columns_of(table: Table) -> str:
    """The columns with their types, as Spark reads a schema from a text."""
    return ", ".join(f"{field.name} {field.type}" for field in table.fields)


def properties_of(table: Table) -> dict[str, str]:
    """Statistics only where a run filters by them, and never on personal columns: they would outlive an erasure."""
    filtered = [name for name in (table.day, "_load") if name in {f.name for f in table.fields} - {table.partition}]
    statistics: dict[str, Any] = (
        {"delta.dataSkippingStatsColumns": ",".join(filtered)} if filtered else {"delta.dataSkippingNumIndexedCols": "0"}
    )
    return {"delta.enableDeletionVectors": "false", **statistics}
