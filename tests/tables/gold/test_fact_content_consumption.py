"""gold.fact_content_consumption: which start and which finish belong together."""

import random
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from tests.support import assert_rows, filled, nothing


def test_a_finish_belongs_to_the_start_of_its_format_and_without_one_is_an_orphan(spark: SparkSession) -> None:
    drawn = """
        resolved_user_id | item_id | content_format | item_type | platform | event_name    | progress_pct | event_timestamp
        u1               | 1       | text           | book      | web      | item-started  |              | 2025-02-01 10:00:00
        u1               | 1       | text           | book      | mobile   | item-progress | 40           | 2025-02-01 10:05:00
        u1               | 1       | text           | book      | mobile   | item-finished |              | 2025-02-01 10:10:00
        u1               | 1       | audio          | book      | mobile   | item-finished |              | 2025-02-02 10:00:00
        u1               | 2       | text           | book      | web      | item-started  |              | 2025-03-10 10:00:00
        u1               | 3       | text           | book      | web      | item-started  |              | 2025-02-01 10:00:00
                         | 1       | text           | book      | web      | item-started  |              | 2025-02-01 10:00:00
        u1               |         |                |           | web      | app-open      |              | 2025-02-01 10:00:00
        u1               | 4       | text           | book      | web      | item-started  |              | 2025-03-12 10:00:00
    """
    expected = """
        user_id | item_id | content_format | attempt | platform | max_progress | is_orphan_finish | seconds_to_finish | is_completed | is_mature
        u1      | 1       | text           | 1       | web      | 40           | false            | 600               | true         | true
        u1      | 1       | audio          | 1       | mobile   |              | true             |                   |              |
        u1      | 2       | text           | 1       | web      |              | false            |                   | false        | false
        u1      | 3       | text           | 1       | web      |              | false            |                   | false        | true
    """
    found = fact_content_consumption(filled(spark, events, drawn), nothing(spark, identity_map), as_of=date(2025, 3, 11))
    assert_rows(found, fact_content_consumption, expected)


def test_what_was_done_anonymously_is_the_users_who_logged_in_later(spark: SparkSession) -> None:
    drawn = """
        resolved_user_id | anonymous_id | event_date | item_id | platform | country_code | event_name    | event_timestamp
                         | a1           | 2025-02-01 | 1       | web      | AT           | item-started  | 2025-02-01 10:00:00
        u1               | a1           | 2025-02-02 | 1       | web      | DE           | item-finished | 2025-02-02 10:00:00
    """
    known = """
        event_date | anonymous_id | user_id | first_seen          | last_seen
        2025-02-01 | a1           | u1      | 2025-02-02 10:00:00 | 2025-02-02 10:00:00
    """
    found = fact_content_consumption(filled(spark, events, drawn), filled(spark, identity_map, known), as_of=date(2025, 2, 5))
    expected = """
        user_id | attempt | country_code | starts | is_completed | seconds_to_finish
        u1      | 1       | AT           | 1      | true         | 86400
    """
    assert_rows(found, fact_content_consumption, expected)


Event = tuple[datetime, str, str, str, str | None]


def drawn_events(seed: int) -> list[Event]:
    """Distinct times, so that nothing but time decides an order."""
    chance = random.Random(seed)
    minutes = chance.sample(range(60 * 24 * 60), 400)
    return [
        (
            datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minute),
            f"u{chance.randrange(8)}",
            chance.choice(["1", "2"]),
            chance.choice(["item-started", "item-finished"]),
            chance.choice(["text", "audio", None]),
        )
        for minute in sorted(minutes)
    ]


def paired_by_hand(drawn: list[Event]) -> tuple[int, int, int]:
    """Attempts with a start, those finished within 30 days, and finishes without a start, event by event."""
    opened: dict[tuple[str, str, str | None], tuple[datetime, datetime]] = {}
    started = completed = orphans = 0
    for at, user, item, name, content_format in drawn:
        key = (user, item, content_format)
        if name == "item-started":
            if key not in opened or at - opened[key][1] > timedelta(days=30):
                started += 1
                opened[key] = (at, at)
            opened[key] = (opened[key][0], at)
        elif key in opened:
            completed += at - opened.pop(key)[0] <= timedelta(days=30)
        else:
            orphans += 1
    return started, completed, orphans


def test_a_machine_of_two_states_finds_the_same_attempts(spark: SparkSession) -> None:
    drawn = drawn_events(5)
    lines = [
        f"e{n} | {user} | {item} | {kind or ''} | {name} | {at:%Y-%m-%d %H:%M:%S}"
        for n, (at, user, item, name, kind) in enumerate(drawn)
    ]
    header = "event_id | resolved_user_id | item_id | content_format | event_name | event_timestamp"
    frame = filled(spark, events, "\n".join([header, *lines]))
    attempts = fact_content_consumption(frame, nothing(spark, identity_map), as_of=date(2025, 12, 31)).collect()
    found = (
        sum(row.started_at is not None for row in attempts),
        sum(row.is_completed is True for row in attempts),
        sum(row.is_orphan_finish for row in attempts),
    )
    assert found == paired_by_hand(drawn)
    assert min(found) > 20
