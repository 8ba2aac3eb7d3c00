"""Versions from statements: the same whatever their order, and each statement is a version or a repeat."""

import random

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.analytics.history import mark_repeats, versions
from tests.support import assert_rows, rows

STATEMENTS = "thing string, at timestamp, says string, number int"
OUT = f"{STATEMENTS}, valid_from timestamp, valid_to timestamp, is_current boolean, is_repeat boolean"


def order():  # type: ignore[no-untyped-def]
    return {"keys": ("thing",), "changed_at": "at", "content": "says", "first": [F.asc("says"), F.asc("number")]}


def test_versions_follow_each_other_without_gaps_and_the_first_may_hold_since_ever(spark: SparkSession) -> None:
    statements = rows(
        spark,
        STATEMENTS,
        """
        thing | at                  | says
        a     | 2025-02-03 00:00:00 | three
        a     |                     | one
        a     | 2025-02-02 00:00:00 | two
        b     | 2025-02-02 00:00:00 | two
        """,
    ).withColumn("number", F.lit(1))
    assert_rows(
        versions(statements, **order()),
        OUT,
        """
        thing | says  | valid_from          | valid_to            | is_current
        a     | one   |                     | 2025-02-02 00:00:00 | false
        a     | two   | 2025-02-02 00:00:00 | 2025-02-03 00:00:00 | false
        a     | three | 2025-02-03 00:00:00 |                     | true
        b     | two   | 2025-02-02 00:00:00 |                     | true
        """,
    )


def test_another_statement_of_the_time_and_one_that_changes_nothing_are_repeats(spark: SparkSession) -> None:
    """The statement ``z`` of the second day gives way to ``a``; so ``a`` of the third day repeats the second."""
    statements = rows(
        spark,
        STATEMENTS,
        """
        thing | at                  | says | number
        t     | 2025-02-01 00:00:00 | z    | 1
        t     | 2025-02-02 00:00:00 | z    | 2
        t     | 2025-02-02 00:00:00 | a    | 3
        t     | 2025-02-03 00:00:00 | a    | 4
        t     | 2025-02-04 00:00:00 | z    | 5
        t     | 2025-02-04 00:00:00 | z    | 6
        """,
    )
    assert_rows(
        mark_repeats(statements, **order()),
        OUT,
        """
        number | is_repeat
        1      | false
        2      | true
        3      | false
        4      | true
        5      | false
        6      | true
        """,
    )


def test_the_order_and_partitioning_of_statements_changes_nothing(spark: SparkSession) -> None:
    chance = random.Random(5)
    drawn = [(f"t{chance.randrange(3)}", f"2025-02-{chance.randrange(1, 9):02d}", chance.choice("abc"), n) for n in range(60)]
    found = set()
    for parts in (1, 5):
        chance.shuffle(drawn)
        frame = spark.createDataFrame(drawn, "thing string, at string, says string, number int").repartition(parts)
        kept = versions(frame.withColumn("at", F.to_timestamp("at")), **order())
        found.add(tuple(sorted(map(str, kept.collect()))))
    assert len(found) == 1
