"""The drawn tables of the other tests mean what they show."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from chispa import DataFramesNotEqualError
from pyspark.sql import SparkSession

from tests.support import assert_rows, rows

SCHEMA = {"user_id": "string", "day": "date", "n": "bigint"}


def test_blank_cells_and_null_are_null_and_types_are_those_of_the_schema(spark: SparkSession) -> None:
    drawn = rows(
        spark,
        SCHEMA,
        """
        user_id | day        | n
        --------+------------+---
        u1      | 2025-02-03 | 2
        null    |            |
        """,
    )
    assert [tuple(row) for row in drawn.collect()] == [("u1", date(2025, 2, 3), 2), (None, None, None)]
    assert dict(drawn.dtypes) == SCHEMA


def test_columns_that_are_not_drawn_are_left_out(spark: SparkSession) -> None:
    table = SimpleNamespace(fields=[SimpleNamespace(name=name, type=type_) for name, type_ in SCHEMA.items()])
    assert rows(spark, table, "n | user_id\n1 | u1").columns == ["n", "user_id"]


def test_a_column_that_the_schema_lacks_is_an_error_that_names_it(spark: SparkSession) -> None:
    with pytest.raises(ValueError, match=r"columns \['usr'\] that the schema lacks"):
        rows(spark, SCHEMA, "usr | n\nu1 | 1")


def test_a_row_with_too_few_cells_is_an_error(spark: SparkSession) -> None:
    with pytest.raises(ValueError, match="has 1 cells, the header has 2"):
        rows(spark, SCHEMA, "user_id | n\nu1")


def test_quotes_keep_blanks_bars_and_the_empty_string(spark: SparkSession) -> None:
    drawn = rows(spark, "a string, b string", 'a | b\n" x " | "p | q"\n"" | "say \\"hi\\" \\u00e9"')
    assert [tuple(row) for row in drawn.collect()] == [(" x ", "p | q"), ("", 'say "hi" é')]


def test_a_timestamp_is_utc_with_up_to_six_digits(spark: SparkSession) -> None:
    [row] = rows(spark, "at timestamp", "at\n2025-02-03 23:59:59.999999").selectExpr("unix_micros(at)").collect()
    assert row[0] == int(datetime(2025, 2, 3, 23, 59, 59, tzinfo=UTC).timestamp()) * 1_000_000 + 999_999


def test_arrays_and_maps_hold_typed_values(spark: SparkSession) -> None:
    drawn = rows(spark, "a array<string>, m map<string,int>, e array<int>", 'a | m | e\n[x, "y, z", null] | {k: 1, l: 2} | []')
    assert drawn.first() == (["x", "y, z", None], {"k": 1, "l": 2}, [])


def test_booleans_doubles_and_decimals_are_read(spark: SparkSession) -> None:
    [row] = rows(spark, "b boolean, d double, c decimal(10,2)", "b | d | c\ntrue | 0.5 | 12.30").collect()
    assert (row.b, row.d, str(row.c)) == (True, 0.5, "12.30")


def test_a_framed_drawing_is_the_same_as_one_without_frame(spark: SparkSession) -> None:
    assert (
        rows(spark, SCHEMA, "| user_id | n |\n|---|---|\n| u1 | |").collect()
        == rows(spark, SCHEMA, "user_id | n\nu1 |").collect()
    )


def test_only_the_drawn_columns_are_compared_and_order_does_not_matter(spark: SparkSession) -> None:
    actual = rows(spark, SCHEMA, "user_id | day | n\nu2 | 2025-02-03 | 2\nu1 | 2025-02-04 | 1")
    assert_rows(actual, SCHEMA, "user_id | n\nu1 | 1\nu2 | 2")


def test_a_differing_cell_fails(spark: SparkSession) -> None:
    with pytest.raises(DataFramesNotEqualError):
        assert_rows(rows(spark, SCHEMA, "user_id | n\nu1 | 1"), SCHEMA, "user_id | n\nu1 | 2")


def test_a_null_is_not_zero(spark: SparkSession) -> None:
    with pytest.raises(DataFramesNotEqualError):
        assert_rows(rows(spark, SCHEMA, "user_id | n\nu1 |"), SCHEMA, "user_id | n\nu1 | 0")


def test_a_missing_row_fails(spark: SparkSession) -> None:
    with pytest.raises(DataFramesNotEqualError):
        assert_rows(rows(spark, SCHEMA, "user_id | n\nu1 | 1"), SCHEMA, "user_id | n\nu1 | 1\nu1 | 1")


def test_the_wrong_order_fails_where_order_matters(spark: SparkSession) -> None:
    with pytest.raises(DataFramesNotEqualError):
        assert_rows(rows(spark, SCHEMA, "n\n2\n1"), SCHEMA, "n\n1\n2", ignore_order=False)


def test_fractions_may_differ_by_the_tolerance_only(spark: SparkSession) -> None:
    third = spark.sql("SELECT 1D / 3D AS rate")
    assert_rows(third, {"rate": "double"}, "rate\n0.3333", tolerance=1e-4)
    with pytest.raises(DataFramesNotEqualError):
        assert_rows(third, {"rate": "double"}, "rate\n0.3333")


def test_maps_are_compared_whatever_the_order_of_their_keys(spark: SparkSession) -> None:
    schema = {"m": "map<string,int>"}
    assert_rows(rows(spark, schema, "m\n{a: 1, b: 2}"), schema, "m\n{b: 2, a: 1}")
    with pytest.raises(DataFramesNotEqualError):
        assert_rows(rows(spark, schema, "m\n{a: 1}"), schema, "m\n{a: 2}")
