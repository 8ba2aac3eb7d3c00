"""Frames drawn as text: a test shows its rows the way a person would sketch them.

    rows(spark, {"user_id": "string", "day": "date", "n": "int"}, '''
        user_id | day        | n
        u1      | 2025-02-03 | 2
        u2      | 2025-02-04 |
    ''')

A blank cell or ``null`` is null; ``"..."`` keeps blanks, bars and the empty string (escapes as in JSON); ``[a, b]`` is an array,
``{a: 1, b: 2}`` a map or struct; timestamps are UTC. Lines that only rule (``---+---``) are ignored.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from chispa import assert_approx_df_equality
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    FractionalType,
    IntegralType,
    MapType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
)


class HasFields(Protocol):
    """A table contract: each field has a ``name`` and a ``type`` in Spark's DDL."""

    fields: Any


Schema = Mapping[str, str] | str | StructType | HasFields

QUOTED = r'"(?:[^"\\]|\\.)*"'
RULE = re.compile(r"[-=+|:\s]+")


def rows(spark: SparkSession, schema: Schema, drawing: str) -> DataFrame:
    """The drawn rows, typed as the schema says; only the drawn columns, in the order of the drawing."""
    header, *body = _cells(drawing)
    types = _types(schema)
    unknown = [name for name in header if name not in types]
    if unknown:
        raise ValueError(f"the drawing has columns {unknown} that the schema lacks; it has {sorted(types)}")
    drawn = StructType()
    for name in header:
        drawn.add(name, types[name])
    values = []
    for cells in body:
        if len(cells) != len(header):
            raise ValueError(f"the drawn row {cells} has {len(cells)} cells, the header has {len(header)}")
        values.append(tuple(_value(cell, types[name]) for name, cell in zip(header, cells, strict=True)))
    return spark.createDataFrame(values, drawn)


def assert_rows(actual: DataFrame, schema: Schema, drawing: str, ignore_order: bool = True, tolerance: float = 1e-9) -> None:
    """Fails with both tables side by side unless the drawn columns of the actual rows are the drawing.

    ``tolerance`` is the absolute difference that fractions may have.
    """
    expected = rows(actual.sparkSession, schema, drawing)
    assert_approx_df_equality(
        _comparable(actual.select(*expected.columns)),
        _comparable(expected),
        tolerance,
        ignore_nullable=True,
        ignore_row_order=ignore_order,
        allow_nan_equality=True,
    )


def _cells(drawing: str) -> list[list[str]]:
    lines = [line.strip() for line in drawing.splitlines()]
    lines = [line for line in lines if line and not (RULE.fullmatch(line) and "-" in line)]
    is_framed = lines[0].startswith("|")
    return [_split(line[1:-1] if is_framed else line, "|") for line in lines]


def _split(text: str, separator: str) -> list[str]:
    """The parts of the text between separators that stand outside quotes and brackets, without surrounding blanks."""
    parts, depth, part = [], 0, ""
    for token in re.findall(QUOTED + "|.", text, flags=re.DOTALL):
        depth += (token in "[{") - (token in "]}")
        if token == separator and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += token
    return [*parts, part.strip()]


def _types(schema: Schema) -> dict[str, DataType]:
    if isinstance(schema, str):
        schema = StructType.fromDDL(schema)
    if isinstance(schema, StructType):
        return {field.name: field.dataType for field in schema.fields}
    if isinstance(schema, Mapping):
        return {name: DataType.fromDDL(ddl) for name, ddl in schema.items()}
    return {field.name: DataType.fromDDL(field.type) for field in schema.fields}


def _value(cell: str, kind: DataType) -> Any:
    if cell in ("", "null"):
        return None
    if isinstance(kind, ArrayType):
        return [_value(item, kind.elementType) for item in _inside(cell)]
    if isinstance(kind, MapType):
        pairs = [_split(item, ":") for item in _inside(cell)]
        return {_value(key, kind.keyType): _value(":".join(rest), kind.valueType) for key, *rest in pairs}
    if isinstance(kind, StructType):
        pairs = [_split(item, ":") for item in _inside(cell)]
        return {key: _value(":".join(rest), kind[key].dataType) for key, *rest in pairs}
    return _scalar(json.loads(cell) if re.fullmatch(QUOTED, cell) else cell, kind)


def _inside(cell: str) -> list[str]:
    if cell[0] + cell[-1] not in ("[]", "{}"):
        raise ValueError(f"the cell {cell} should be written [a, b] or {{a: 1, b: 2}}")
    return [item for item in _split(cell[1:-1], ",") if item]


def _scalar(text: str, kind: DataType) -> Any:
    if isinstance(kind, StringType):
        return text
    if isinstance(kind, BooleanType):
        return {"true": True, "false": False}[text]
    if isinstance(kind, IntegralType):
        return int(text.replace(",", "").replace("_", ""))
    if isinstance(kind, DecimalType):
        return Decimal(text)
    if isinstance(kind, FractionalType):
        return float(text)
    if isinstance(kind, DateType):
        return date.fromisoformat(text)
    if isinstance(kind, TimestampType):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    if isinstance(kind, TimestampNTZType):
        return datetime.fromisoformat(text)
    if isinstance(kind, BinaryType):
        return text.encode()
    raise TypeError(f"a drawing cannot hold {kind.simpleString()}")


def _comparable(frame: DataFrame) -> DataFrame:
    """Maps as sorted entries, because Spark neither sorts nor compares maps."""
    return frame.select(
        *(
            F.array_sort(F.map_entries(field.name)).alias(field.name) if isinstance(field.dataType, MapType) else field.name
            for field in frame.schema.fields
        )
    )


def filled(spark: SparkSession, table: HasFields, drawing: str) -> DataFrame:
    """Drawn rows with all columns of the table: those not drawn are 0 or false where the contract requires a value, else null."""
    drawn = rows(spark, table, drawing)
    nothing = {"bigint": "0L", "int": "0", "boolean": "false"}
    return drawn.selectExpr(
        *(
            field.name
            if field.name in drawn.columns
            else f"cast({nothing.get(field.type, 'null') if field.required else 'null'} as {field.type}) as {field.name}"
            for field in table.fields
        )
    )


def nothing(spark: SparkSession, table: HasFields) -> DataFrame:
    """No rows, in the columns of the table."""
    return spark.createDataFrame([], StructType.fromDDL(", ".join(f"{field.name} {field.type}" for field in table.fields)))
