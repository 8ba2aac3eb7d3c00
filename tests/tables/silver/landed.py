"""Drawn records of entity files, as bronze holds them."""

from pyspark.sql import DataFrame, SparkSession

from engagement_lib.engine.table import Table
from tests.support import rows


def landed(spark: SparkSession, bronze: Table, drawing: str | None) -> DataFrame:
    """Bronze rows with the drawn columns; others are null, records are numbered as drawn in one file."""
    drawn = rows(spark, bronze, drawing).collect() if drawing else []
    names = [field.name for field in bronze.fields]
    filled = []
    for number, row in enumerate(drawn, start=1):
        where = {"_file": "f.csv", "_file_hash": "h", "_record": number, "_load": 1}
        filled.append(tuple({**dict.fromkeys(names), **where, **row.asDict()}[name] for name in names))
    return spark.createDataFrame(filled, ", ".join(f"{field.name} {field.type}" for field in bronze.fields))
