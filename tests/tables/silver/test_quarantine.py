"""silver.quarantine: which records go there, and with what."""

from pyspark.sql import SparkSession

from engagement_lib.sources.event_shape import _rules
from engagement_lib.tables.silver.quarantine import quarantine
from tests.support import assert_rows, rows

RECORDS = "source_file string, source_record bigint, platform string, _rule string, _reason string, _raw string, _load bigint"


def test_only_records_that_broke_a_rule_stand_here_with_their_text(spark: SparkSession) -> None:
    records = rows(
        spark,
        RECORDS,
        """
        source_file | source_record | platform | _rule              | _reason             | _raw   | _load
        a.csv       | 1             | mobile   | null               | null                | fine   | 1
        a.csv       | 2             | mobile   | event_name_missing | event_name is empty | broken | 1
        """,
    )
    assert_rows(
        quarantine(records),
        quarantine,
        """
        source_file | source_record | rule               | reason              | raw
        a.csv       | 2             | event_name_missing | event_name is empty | broken
        """,
    )


def test_the_description_names_each_rule_in_the_order_of_judgement(spark: SparkSession) -> None:
    named = [f"`{name}`" for name, _, _ in _rules(24, 366)]
    assert ", ".join(named) in " ".join(quarantine.description.split())
