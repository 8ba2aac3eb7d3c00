"""ops.unknown_references: what rows name and no source has told of."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, SparkSession

from engagement_lib.tables.ops.unknown_references import REFERENCES, unknown_references
from tests.support import assert_rows, filled

COLUMNS = "from_table | columns | to_table | referring_rows | values | unknown_rows | unknown_values | example"


def found(spark: SparkSession, drawn: Mapping[str, str]) -> DataFrame:
    return unknown_references(*[filled(spark, each, drawn.get(each.name, each.grain[0])) for each in unknown_references.inputs])


def test_values_that_the_other_table_lacks_are_counted_with_their_rows(spark: SparkSession) -> None:
    drawn = {
        "users": """
            user_id | valid_from
            u1      |
            u2      | 2025-01-01 00:00
            u2      | 2025-02-01 00:00
        """,
        "subscriptions": """
            subscription_id | user_id
            s1              | u1
            s2              | u2
            s3              | u9
            s3              | u9
            s4              | u8
            s5              |
        """,
        "payments": """
            payment_id | user_id | subscription_id
            p1         | u1      | s1
            p2         | u1      | s7
        """,
    }
    assert_rows(
        found(spark, drawn),
        unknown_references,
        f"""
        {COLUMNS}
        silver.subscriptions | user_id         | silver.users         | 5 | 4 | 3 | 2 | u8
        silver.payments      | user_id         | silver.users         | 2 | 1 | 0 | 0 |
        silver.payments      | subscription_id | silver.subscriptions | 2 | 2 | 1 | 1 | s7
        """,
    )


def test_several_columns_refer_together(spark: SparkSession) -> None:
    drawn = {
        "variants": """
            experiment_id | variant
            e1            | a
            e1            | b
            e2            | c
        """,
        "assignments": """
            experiment_id | variant | user_id
            e1            | b       | u1
            e1            | c       | u1
            e2            | c       | u2
        """,
        "fact_experiment_exposure": """
            experiment_id | variant | user_id
            e3            | a       | u1
        """,
        "experiments": """
            experiment_id | name
            e1            | First
        """,
    }
    assert_rows(
        found(spark, drawn),
        unknown_references,
        f"""
        {COLUMNS}
        silver.assignments            | experiment_id, variant | silver.variants    | 3 | 3 | 1 | 1 | e1/c
        gold.fact_experiment_exposure | experiment_id, variant | silver.variants    | 1 | 1 | 1 | 1 | e3/a
        silver.variants               | experiment_id          | silver.experiments | 3 | 2 | 1 | 1 | e2
        silver.assignments            | user_id                | silver.users       | 3 | 2 |   |   |
        """,
    )


def test_a_source_that_never_delivered_is_not_asked(spark: SparkSession) -> None:
    drawn = {"fact_content_consumption": "item_id | user_id\n873 | u1\n874 | u1", "fact_feature_use": "feature_id\nask"}
    rows = found(spark, drawn).collect()
    assert {(row.columns, row.referring_rows, row.unknown_rows, row.unknown_values) for row in rows} == {
        ("item_id", 2, None, None),
        ("feature_id", 1, None, None),
    }


def test_what_refers_has_the_columns_of_what_it_refers_to() -> None:
    for source, references in REFERENCES.items():
        for columns, target in references.items():
            assert {*columns} <= {f.name for f in source.fields} & {f.name for f in target.fields}, (source.id, columns)
            assert set(target.grain) - set(columns) <= {"valid_from"}, target.id
