"""What happens after the as-of date changes nothing: for every table that asks for the date, without a line about any of them."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, Table
from engagement_lib.pipeline import all_tables
from engagement_lib.tables.gold.fact_funnel import FIRST_CONTENT
from engagement_lib.tables.silver.identity_map import identity_map

AS_OF, DAYS, ROWS = date(2025, 3, 31), 60, 200
#: Values of columns that mean something only where they meet again, or only as one of a few words.
WORDS = {
    "event_name": v.EVENT_NAMES,
    "user_id": [f"user_id-{n}" for n in range(8)],
    "resolved_user_id": [f"user_id-{n}" for n in range(8)],
    "subscription_id": [f"subscription_id-{n}" for n in range(8)],
    "feature_id": ["feature_id-0", "feature_id-1"],
    "experiment_id": ["experiment_id-0", "experiment_id-1"],
    "variant": ["control", "treatment"],
    "user_access_type": ["free", "premium"],
    "funnel": [FIRST_CONTENT],
}
NUMBERS = {"bigint": int, "int": int, "double": float, "decimal(18,4)": Decimal}


def is_open(table: Table) -> bool:
    """Whether rows may be dated after the as-of date. Who an anonymous id is, is known as of now, as are all attributes."""
    return "as_of" not in table.run_values and bool(table.inputs) and table is not identity_map


TABLES = [t for t in all_tables().values() if "as_of" in t.run_values and any(map(is_open, t.inputs))]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.id)
def test_rows_after_the_as_of_date_change_nothing(table: Table, spark: SparkSession) -> None:
    given = [drawn(spark, needed, later=False) for needed in table.inputs]
    later = [drawn(spark, needed, later=True) if is_open(needed) else None for needed in table.inputs]
    more = [rows if added is None else rows.unionByName(added) for rows, added in zip(given, later, strict=True)]
    before = answer(table, given)
    assert before, "the drawn rows say nothing about the table"
    assert answer(table, more) == before


def answer(table: Table, inputs: list[DataFrame]) -> list[str]:
    run_values = {"first_day": AS_OF - timedelta(days=DAYS - 1), "as_of": AS_OF}
    rows = table(*inputs, **{name: run_values[name] for name in table.run_values})
    # Of a table of days a run writes those up to the as-of date.
    return sorted(str(row) for row in (rows.where(F.col(table.day) <= F.lit(AS_OF)) if table.day else rows).collect())


def drawn(spark: SparkSession, table: Table, *, later: bool) -> DataFrame:
    """Rows of the table by its contract, of the days up to the as-of date or after it. Of a thing known by one key there are few,
    and later ones are others."""
    if not table.inputs:
        return table(spark.range(1))
    chance, key = random.Random(table.id), _key(table)
    rows = []
    for number in range(0 if table is identity_map else 4 if key else ROWS):
        ago = chance.randrange(DAYS)
        day = AS_OF + timedelta(days=ago + 1) if later else AS_OF - timedelta(days=ago)
        # What is known by a key lasts: its times lie weeks apart, those of a fact within a day.
        seconds = sorted(chance.randrange(86_400 * (40 if key else 1)) for _ in table.fields)
        row = {field.name: _value(field, day, at, chance) for field, at in zip(table.fields, seconds, strict=True)}
        rows.append(row | ({key: f"{key}-{number + 100 * later}"} if key else {}))
    ddl = ", ".join(f"`{field.name}` {field.type}" for field in table.fields)
    return spark.createDataFrame([tuple(row.values()) for row in rows], StructType.fromDDL(ddl))


def _key(table: Table) -> str | None:
    keys = [name for name in table.grain if name != v.VALID_FROM.name]
    return keys[0] if len(keys) == 1 and keys[0] != "event_id" and table.day is None else None


def _value(field: Field, day: date, second: int, chance: random.Random) -> Any:
    if field.name == v.IS_CURRENT.name:
        return True
    if not field.required and chance.random() < 0.3:
        return None
    if field.type == "date":
        return day
    if "timestamp" in field.type:
        moment = datetime.combine(day, time(), UTC) + timedelta(seconds=second)
        return [moment] if field.type.startswith("array") else moment
    if field.type in NUMBERS:
        return NUMBERS[field.type](chance.randrange(4))
    if field.type == "boolean":
        # Accounts of testers are few.
        return chance.random() < (0.1 if field.name == "is_test" else 0.7)
    if field.type.startswith("map"):
        return {name: chance.choice(WORDS[name]) for name in ("experiment_id", "variant")}
    words = chance.choice(WORDS.get(field.name) or field.allowed or ["some", "other"])
    return [words] if field.type.startswith("array") else words
