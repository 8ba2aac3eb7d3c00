"""Which user an anonymous id stands for: backwards, forwards, and on shared devices."""

import random

import pytest

from engagement_lib.analytics.identities import resolve_identities, stitch_identities
from tests.support import assert_rows, rows

EVENTS = "user_id string, device string, at timestamp, resolved_user_id string"
MAP = (
    "anonymous_id string, user_id string, first_seen timestamp, last_seen timestamp, valid_from timestamp, valid_to timestamp, "
    "is_shared boolean"
)
NAMES = {"user": "user_id", "anonymous_id": "device", "timestamp": "at"}


def test_a_user_is_known_before_the_first_and_after_the_last_login(spark):
    events = """
        user_id | device | at
                | d1     | 2025-02-01 08:00
        ana     | d1     | 2025-02-01 09:00
        ana     | d1     | 2025-02-03 09:00
                | d1     | 2025-02-09 09:00
                | d2     | 2025-02-01 09:00
                |        | 2025-02-01 09:00
        ana     |        | 2025-02-01 09:00
    """
    frame = rows(spark, EVENTS, events)
    identities = stitch_identities(frame, **NAMES)
    assert_rows(
        identities,
        MAP,
        """
        anonymous_id | user_id | first_seen       | last_seen        | valid_from | valid_to | is_shared
        d1           | ana     | 2025-02-01 09:00 | 2025-02-03 09:00 |            |          | false
        """,
    )
    assert_rows(
        resolve_identities(frame, identities, **NAMES),
        EVENTS,
        """
        user_id | device | at               | resolved_user_id
                | d1     | 2025-02-01 08:00 | ana
        ana     | d1     | 2025-02-01 09:00 | ana
        ana     | d1     | 2025-02-03 09:00 | ana
                | d1     | 2025-02-09 09:00 | ana
                | d2     | 2025-02-01 09:00 |
                |        | 2025-02-01 09:00 |
        ana     |        | 2025-02-01 09:00 | ana
        """,
    )


SHARED = """
    user_id | device | at
            | d1     | 2025-02-01 08:00
    ana     | d1     | 2025-02-01 09:00
            | d1     | 2025-02-01 09:30
    bob     | d1     | 2025-02-01 10:00
            | d1     | 2025-02-01 10:30
    ana     | d1     | 2025-02-01 11:00
            | d1     | 2025-02-01 11:00
            | d1     | 2025-02-02 12:00
    kim     | d2     | 2025-02-01 09:00
            | d2     | 2025-02-01 09:10
"""


def test_a_shared_device_stands_for_whoever_used_it_last(spark):
    frame = rows(spark, EVENTS, SHARED)
    identities = stitch_identities(frame, **NAMES)
    assert_rows(
        identities,
        MAP,
        """
        anonymous_id | user_id | first_seen       | last_seen        | valid_from       | valid_to         | is_shared
        d1           | ana     | 2025-02-01 09:00 | 2025-02-01 09:00 |                  | 2025-02-01 10:00 | true
        d1           | bob     | 2025-02-01 10:00 | 2025-02-01 10:00 | 2025-02-01 10:00 | 2025-02-01 11:00 | true
        d1           | ana     | 2025-02-01 11:00 | 2025-02-01 11:00 | 2025-02-01 11:00 |                  | true
        d2           | kim     | 2025-02-01 09:00 | 2025-02-01 09:00 |                  |                  | false
        """,
    )
    resolved = resolve_identities(frame, identities, **NAMES).where("user_id is null and device = 'd1'").orderBy("at")
    assert [row.resolved_user_id for row in resolved.collect()] == ["ana", "ana", "bob", "ana", "ana"]


def test_an_unresolved_shared_device_stands_for_nobody(spark):
    frame = rows(spark, EVENTS, SHARED)
    identities = stitch_identities(frame, **NAMES, shared_device="unresolved")
    assert [row.user_id for row in identities.collect()] == ["kim"]
    resolved = resolve_identities(frame, identities, **NAMES).where("user_id is null")
    assert sorted(str(row.resolved_user_id) for row in resolved.collect()) == ["None"] * 5 + ["kim"]


def test_two_users_at_one_instant_are_taken_in_the_order_of_their_ids(spark):
    events = """
        user_id | device | at
        bob     | d1     | 2025-02-01 09:00
        ana     | d1     | 2025-02-01 09:00
                | d1     | 2025-02-01 09:00
    """
    frame = rows(spark, EVENTS, events)
    resolved = resolve_identities(frame, stitch_identities(frame, **NAMES), **NAMES).where("user_id is null")
    assert resolved.first().resolved_user_id == "bob"


def test_an_unknown_rule_is_refused(spark):
    with pytest.raises(ValueError, match="shared_device is 'majority'; it can be last_known, unresolved"):
        stitch_identities(rows(spark, EVENTS, "user_id | device | at"), **NAMES, shared_device="majority")


def test_no_event_is_lost_or_doubled_whatever_was_shared(spark):
    """Random histories; the second way looks through the device's logins for each anonymous event."""
    draw = random.Random(8)
    listed = [
        (draw.choice([None, None, "ana", "bob"]), draw.choice([None, "d1", "d2", "d3", "d4"]), 60 * draw.randrange(200), event)
        for event in range(300)
    ]
    frame = spark.createDataFrame(listed, "user_id string, device string, seconds bigint, event int").selectExpr(
        "*", "timestamp_seconds(seconds) as at"
    )
    resolved = resolve_identities(frame, stitch_identities(frame, **NAMES), **NAMES).collect()
    assert sorted(row.event for row in resolved) == list(range(300))
    for row in resolved:
        logins = sorted((at, user) for user, device, at, _ in listed if user and device and device == row.device)
        before = [user for at, user in logins if at <= row.seconds]
        expected = row.user_id or (before[-1] if before else logins[0][1] if logins else None)
        assert row.resolved_user_id == expected, row
