"""What holds for every declared table and metric, without a line about any of them."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from engagement_lib import metrics
from engagement_lib.docs.pages import write_pages
from engagement_lib.engine.checks import conform
from engagement_lib.engine.table import AppendFiles, Merge, Recorded, SetAside, Table
from engagement_lib.parameters import PARAMETERS, verify
from engagement_lib.pipeline import all_tables

ROOT = Path(__file__).resolve().parents[2]
TABLES = all_tables()
COMPUTED = [t for t in TABLES.values() if not isinstance(t.write, Recorded | SetAside | AppendFiles | Merge)]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.id)
def test_every_column_is_described_in_a_sentence(table: Table) -> None:
    assert all(field.description.endswith(".") for field in table.fields)
    assert table.description.startswith("One row per")
    # The first line is the table's comment and its entry in every list.
    assert table.description.split("\n")[0].endswith(".")


@pytest.mark.parametrize("table", [t for t in TABLES.values() if t.layer in ("silver", "gold")], ids=lambda t: t.id)
def test_every_table_has_a_test_of_its_name(table: Table) -> None:
    assert (ROOT / "tests" / "tables" / table.layer / f"test_{table.name}.py").exists()


@pytest.mark.parametrize("table", [t for t in TABLES.values() if t.layer == "gold"], ids=lambda t: t.id)
def test_a_table_that_reads_events_knows_whose_the_anonymous_ones_are(table: Table) -> None:
    inputs = {needed.id for needed in table.inputs}
    assert "silver.events" not in inputs or "silver.identity_map" in inputs


@pytest.mark.parametrize("table", [t for t in COMPUTED if t.inputs], ids=lambda t: t.id)
def test_no_rows_in_give_a_table_of_the_right_columns(table: Table, spark: SparkSession) -> None:
    """Not yet any data: dimensions may have rows, everything else is empty; the contract's columns are there, and no column was
    missed that an input declares as read by nobody."""
    inputs = [
        spark.createDataFrame([], StructType.fromDDL(_ddl(needed))).drop(*getattr(needed.write, "unread", ()))
        for needed in table.inputs
    ]
    rows = conform(table(*inputs), table)
    assert rows.columns == [field.name for field in table.fields]
    assert rows.count() == 0


def _ddl(table: Table) -> str:
    return ", ".join(f"`{field.name}` {field.type}" for field in table.fields)


def test_every_parameter_is_explained_in_a_sentence_and_nothing_else_is() -> None:
    assert set(PARAMETERS) == {name for table in TABLES.values() for name in table.parameters}
    assert all(parameter.sentence.endswith(".") for parameter in PARAMETERS.values())


def test_every_default_is_a_value_that_the_parameter_can_have() -> None:
    for name, value in {name: value for table in TABLES.values() for name, value in table.parameters.items()}.items():
        verify(name, value)


def test_the_docs_say_what_the_code_says() -> None:
    assert write_pages(str(ROOT / "docs"), TABLES, check_only=True) == [], "run `make docs`"


@pytest.mark.parametrize("metric", metrics.ALL, ids=lambda m: m.name)
def test_every_metric_is_described_and_computed_by_valid_sql(metric: metrics.Metric, spark: SparkSession) -> None:
    from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

    assert metric.description.endswith(".") and metric.unit
    fact = spark.createDataFrame([], StructType.fromDDL(_ddl(fact_user_engagement)))
    fact.createOrReplaceTempView("fact_of_metric_test")
    assert spark.sql("select " + metric.sql + " from fact_of_metric_test").count() == 1


@pytest.mark.parametrize("metric", metrics.RATES, ids=lambda m: m.name)
def test_every_rate_is_valid_sql_over_its_report_and_null_without_rows(metric: metrics.Metric, spark: SparkSession) -> None:
    assert isinstance(metric.measure, metrics.Rate) and not metric.is_additive
    report = spark.createDataFrame([], StructType.fromDDL(_ddl(TABLES[metric.measure.table])))
    assert report.where(metric.measure.where).selectExpr(metric.sql).first()[0] is None
