"""silver.identity_map: whom an anonymous id stands for, on the days when that is asked."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.engine.checks import guarded
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users
from tests.support import assert_rows, filled

HAPPENED = """
    event_id | event_date | anonymous_id | user_id | event_timestamp
    e1       | 2025-02-01 | phone        |         | 2025-02-01 10:00:00
    e2       | 2025-02-02 | phone        | ana     | 2025-02-02 10:00:00
    e3       | 2025-02-02 | phone        |         | 2025-02-02 11:00:00
    e4       | 2025-02-03 | phone        | bob     | 2025-02-03 10:00:00
    e5       | 2025-02-03 | phone        |         | 2025-02-03 09:00:00
    e6       | 2025-02-03 | phone        |         | 2025-02-03 11:00:00
    e7       | 2025-02-03 | stranger     |         | 2025-02-03 11:00:00
    e8       | 2025-02-03 | known        | cleo    | 2025-02-03 11:00:00
    e9       | 2025-02-03 |              | cleo    | 2025-02-03 11:00:00
"""


def test_a_device_belongs_to_its_user_before_and_after_until_another_takes_over(spark: SparkSession) -> None:
    assert_rows(
        identity_map(filled(spark, events, HAPPENED)),
        identity_map,
        """
        event_date | anonymous_id | user_id | first_seen          | last_seen           | valid_from          | valid_to            | is_shared | events
        2025-02-01 | phone        | ana     | 2025-02-02 10:00:00 | 2025-02-02 10:00:00 |                     | 2025-02-03 10:00:00 | true      | 1
        2025-02-02 | phone        | ana     | 2025-02-02 10:00:00 | 2025-02-02 10:00:00 |                     | 2025-02-03 10:00:00 | true      | 1
        2025-02-03 | phone        | ana     | 2025-02-02 10:00:00 | 2025-02-02 10:00:00 |                     | 2025-02-03 10:00:00 | true      | 1
        2025-02-03 | phone        | bob     | 2025-02-03 10:00:00 | 2025-02-03 10:00:00 | 2025-02-03 10:00:00 |                     | true      | 1
        """,
    )


def test_each_event_gets_one_user_and_keeps_its_own(spark: SparkSession) -> None:
    happened = filled(spark, events, HAPPENED).withColumn("resolved_user_id", F.col("user_id"))
    resolved = with_resolved_users(happened, identity_map(happened))
    assert sorted(resolved.columns) == sorted(happened.columns)
    assert_rows(
        resolved,
        events,
        """
        event_id | resolved_user_id
        e1       | ana
        e2       | ana
        e3       | ana
        e4       | bob
        e5       | ana
        e6       | bob
        e7       |
        e8       | cleo
        e9       | cleo
        """,
    )


def test_a_shared_device_can_stand_for_nobody(spark: SparkSession) -> None:
    assert identity_map(filled(spark, events, HAPPENED), shared_device="unresolved").count() == 0


def test_two_users_in_the_first_identified_instant_are_two_rows_and_each_event_has_one_user(spark: SparkSession) -> None:
    happened = filled(
        spark,
        events,
        """
        event_id | event_date | anonymous_id | user_id | event_timestamp
        e1       | 2025-02-01 | d            |         | 2025-02-01 10:00:00
        e2       | 2025-02-01 | d            | bob     | 2025-02-01 11:00:00
        e3       | 2025-02-01 | d            | ana     | 2025-02-01 11:00:00
        e4       | 2025-02-01 | d            |         | 2025-02-01 11:00:00
        e5       | 2025-02-01 | d            |         | 2025-02-01 12:00:00
        """,
    ).withColumn("resolved_user_id", F.col("user_id"))
    known = guarded(identity_map(happened), identity_map)
    assert_rows(
        known,
        identity_map,
        """
        event_date | anonymous_id | user_id | first_seen          | valid_from          | valid_to            | is_shared | events
        2025-02-01 | d            | ana     | 2025-02-01 11:00:00 |                     | 2025-02-01 11:00:00 | true      | 1
        2025-02-01 | d            | bob     | 2025-02-01 11:00:00 | 2025-02-01 11:00:00 |                     | true      | 2
        """,
    )
    assert_rows(
        with_resolved_users(happened, known),
        events,
        """
        event_id | resolved_user_id
        e1       | ana
        e2       | bob
        e3       | ana
        e4       | bob
        e5       | bob
        """,
    )
