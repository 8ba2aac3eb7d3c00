"""engine.checks: contracts before any job, rules inside the write."""

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from engagement_lib.engine.checks import Counted, as_check_failure, conform, guarded
from engagement_lib.engine.table import Field, Rebuild, ReplaceDays, Rule, Table, Write
from engagement_lib.errors import CheckFailed
from tests.support import assert_rows, rows


def declared(*rules: Rule, grain: tuple[str, ...] = ("id",), write: Write = Rebuild()) -> Table:  # noqa: B008
    fields = (Field("id", "string", "Id."), Field("n", "bigint", "Number."), Field("kind", "string", "Kind.", allowed=("a", "b")))
    return Table("gold", "things", "One row per thing.", grain, fields, (), rules, write, lambda: None)


def failure(frame, table: Table) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(PySparkException) as caught:
        guarded(frame, table).collect()
    return str(as_check_failure(caught.value, table))


def test_columns_that_differ_from_the_contract_are_named_before_any_job(spark: SparkSession) -> None:
    with pytest.raises(CheckFailed, match=r"n is string, declared bigint|kind is missing") as caught:
        conform(rows(spark, "id string, n string, more string", "id | n | more\nx | 1 | y"), declared())
    for words in ("kind is missing", "more is not declared", "n is string, declared bigint"):
        assert words in str(caught.value)


def test_columns_come_out_in_the_order_of_the_contract(spark: SparkSession) -> None:
    frame = rows(spark, "kind string, n bigint, id string", "kind | n | id\na | 1 | x")
    assert conform(frame, declared()).columns == ["id", "n", "kind"]


def test_a_broken_rule_a_value_that_is_not_allowed_and_a_repeated_grain_stop_the_write(spark: SparkSession) -> None:
    table = declared(Rule("positive", "n > 0"))
    assert "gold.things: rule positive" in failure(rows(spark, table, "id | n | kind\nx | 0 | a"), table)
    assert "rule kind_allowed" in failure(rows(spark, table, "id | n | kind\nx | 1 | c"), table)
    assert "rule one row per id" in failure(rows(spark, table, "id | n | kind\nx | 1 | a\nx | 2 | a"), table)


def test_a_grain_is_checked_within_the_partitions_of_a_table(spark: SparkSession) -> None:
    table = declared(write=ReplaceDays("kind", partitioned=True))
    assert "rule one row per id" in failure(rows(spark, table, "id | n | kind\nx | 1 | a\nx | 2 | a"), table)
    apart = "id | n | kind\nx | 1 | a\nx | 2 | b"
    assert_rows(guarded(rows(spark, table, apart), table), table, apart)


def test_rows_that_keep_the_rules_pass_unchanged_and_null_breaks_no_rule(spark: SparkSession) -> None:
    table = declared(Rule("positive", "n > 0"))
    drawing = "id | n | kind\nx | 1 | a\ny |  | "
    assert_rows(guarded(rows(spark, table, drawing), table), table, drawing)


@pytest.mark.parametrize("drawing", ["id | n | kind\nx | 0 | a\ny | 5 | b\nz | -1 | b", "id | n | kind"])
def test_warnings_are_counted_while_the_rows_are_read(spark: SparkSession, drawing: str) -> None:
    table = declared(Rule("positive", "n > 0", "warn"))
    counted = Counted(table)
    written = len(counted.on(guarded(rows(spark, table, drawing), table)).collect())
    expected = [("gold.things", "positive", 2)] if "x" in drawing else []
    assert [(w.table, w.rule, w.rows) for w in counted.warnings(written)] == expected
