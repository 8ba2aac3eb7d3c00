"""Which start and which finish belong together."""

import random
from datetime import date

from pyspark.sql import functions as F

from engagement_lib.analytics.content_attempts import completion_counts, content_attempts
from tests.support import assert_rows, rows

EVENTS = "user_id string, item_id string, at timestamp, name string, format string, pct double"
ATTEMPT = (
    "user_id string, item_id string, format string, attempt int, started_at timestamp, finished_at timestamp, starts bigint, "
    "max_progress double, is_orphan_finish boolean, seconds_to_finish bigint, is_completed boolean, is_mature boolean"
)
NAMES = {"user": "user_id", "item": "item_id", "timestamp": "at", "event_name": "name"}


def ask(events, **asked):
    return content_attempts(events, **{**NAMES, "as_of": date(2025, 3, 31), **asked})


def test_reading_on_is_the_same_attempt_and_reading_again_a_new_one(spark):
    events = """
        user_id | item_id | at               | name
        ana     | 1       | 2025-02-01 10:00 | item-started
        ana     | 1       | 2025-02-02 10:00 | item-started
        ana     | 1       | 2025-02-02 11:00 | item-finished
        ana     | 1       | 2025-02-05 10:00 | item-started
        ana     | 2       | 2025-02-05 10:00 | item-finished
        ana     |         | 2025-02-05 10:00 | item-finished
        ana     | 1       | 2025-02-05 10:00 | app-open
    """
    assert_rows(
        ask(rows(spark, EVENTS, events)),
        ATTEMPT,
        """
        item_id | attempt | started_at       | finished_at      | starts | is_orphan_finish | seconds_to_finish | is_completed
        1       | 1       | 2025-02-01 10:00 | 2025-02-02 11:00 | 2      | false            | 90000             | true
        1       | 2       | 2025-02-05 10:00 |                  | 1      | false            |                   | false
        2       | 1       |                  | 2025-02-05 10:00 | 0      | true             |                   |
        """,
    )


def test_the_latest_event_of_an_attempt_may_be_a_start_progress_or_the_finish(spark):
    events = """
        user_id | item_id | at               | name
        ana     | 1       | 2025-02-01 10:00 | item-started
        ana     | 1       | 2025-02-01 11:00 | item-progress
        ana     | 1       | 2025-02-01 12:00 | item-finished
        ana     | 1       | 2025-02-02 10:00 | item-started
        ana     | 1       | 2025-02-02 11:00 | item-started
        ana     | 2       | 2025-02-01 10:00 | item-started
        ana     | 2       | 2025-02-01 11:00 | item-progress
    """
    assert_rows(
        ask(rows(spark, EVENTS, events)),
        ATTEMPT + ", last_event_at timestamp",
        """
        item_id | attempt | started_at       | last_event_at
        1       | 1       | 2025-02-01 10:00 | 2025-02-01 12:00
        1       | 2       | 2025-02-02 10:00 | 2025-02-02 11:00
        2       | 1       | 2025-02-01 10:00 | 2025-02-01 11:00
        """,
    )


def test_of_two_finishes_at_one_instant_the_carried_values_say_which_is_the_orphan(spark):
    events = """
        user_id | item_id | at               | name          | format
        ana     | 1       | 2025-02-01 10:00 | item-started  | m
        ana     | 1       | 2025-02-01 11:00 | item-finished | w
        ana     | 1       | 2025-02-01 11:00 | item-finished | m
    """
    drawn = rows(spark, EVENTS, events)
    for given in (drawn.orderBy("format"), drawn.orderBy(F.desc("format"))):
        found = ask(given.withColumnRenamed("format", "platform"), by=("platform",)).where("is_orphan_finish")
        assert [row.platform for row in found.collect()] == ["w"]


def test_a_finish_after_a_finish_and_one_before_the_start_are_orphans(spark):
    events = """
        user_id | item_id | at               | name
        ana     | 1       | 2025-02-01 10:00 | item-finished
        ana     | 1       | 2025-02-01 11:00 | item-started
        ana     | 1       | 2025-02-01 12:00 | item-finished
        ana     | 1       | 2025-02-01 13:00 | item-finished
    """
    assert_rows(
        ask(rows(spark, EVENTS, events)),
        ATTEMPT,
        """
        attempt | started_at       | finished_at      | is_orphan_finish
        1       |                  | 2025-02-01 10:00 | true
        2       | 2025-02-01 11:00 | 2025-02-01 12:00 | false
        3       |                  | 2025-02-01 13:00 | true
        """,
    )


def test_the_window_decides_what_is_completed_and_what_is_still_open(spark):
    """30 days from 03-01 10:00 end on 03-31 10:00: over at the end of that day, not at the end of the day before."""
    events = """
        user_id | item_id | at                  | name
        on_time | 1       | 2025-02-01 10:00:00 | item-started
        on_time | 1       | 2025-03-03 10:00:00 | item-finished
        late    | 1       | 2025-02-01 10:00:00 | item-started
        late    | 1       | 2025-03-03 10:00:01 | item-finished
        open    | 1       | 2025-03-01 10:00:00 | item-started
        quick   | 1       | 2025-03-30 10:00:00 | item-started
        quick   | 1       | 2025-03-30 11:00:00 | item-finished
    """
    frame = rows(spark, EVENTS, events)
    assert_rows(
        ask(frame, as_of=date(2025, 3, 30)),
        ATTEMPT,
        """
        user_id | is_completed | is_mature | seconds_to_finish
        on_time | true         | true      | 2592000
        late    | false        | true      | 2592001
        open    | false        | false     |
        quick   | true         | false     | 3600
        """,
    )
    assert ask(frame).where("user_id = 'open'").first().is_mature
    counts = completion_counts(ask(frame, as_of=date(2025, 3, 30))).first()
    assert (counts.attempts, counts.completed, counts.open, counts.completion_rate) == (3, 2, 1, 2 / 3)


def test_a_start_long_after_the_last_sign_of_reading_is_a_new_attempt(spark):
    events = """
        user_id | item_id | at               | name
        ana     | 1       | 2025-02-01 10:00 | item-started
        ana     | 1       | 2025-02-11 10:00 | item-progress
        ana     | 1       | 2025-02-18 10:00 | item-started
        ana     | 1       | 2025-02-28 10:00 | item-started
    """
    frame = rows(spark, EVENTS, events)
    assert [row.starts for row in ask(frame, restart_after_days=7).orderBy("attempt").collect()] == [2, 1]
    assert [row.starts for row in ask(frame, restart_after_days=0).orderBy("attempt").collect()] == [1, 1, 1]
    assert [row.starts for row in ask(frame).collect()] == [3]


def test_progress_belongs_to_the_attempt_around_it(spark):
    """A mark that comes after the finish is that attempt's, too; one before any start waits for it."""
    events = """
        user_id | item_id | at               | name          | pct
        ana     | 1       | 2025-02-01 10:00 | item-started  |
        ana     | 1       | 2025-02-01 10:10 | item-progress | 25
        ana     | 1       | 2025-02-01 10:20 | item-progress | 75
        ana     | 1       | 2025-02-01 10:30 | item-finished |
        ana     | 1       | 2025-02-01 10:31 | item-progress | 100
        ana     | 1       | 2025-02-02 10:00 | item-started  |
        bob     | 1       | 2025-02-01 10:00 | item-progress | 10
        bob     | 1       | 2025-02-01 11:00 | item-started  |
    """
    assert_rows(
        ask(rows(spark, EVENTS, events), progress="pct"),
        ATTEMPT,
        """
        user_id | attempt | started_at       | max_progress
        ana     | 1       | 2025-02-01 10:00 | 100
        ana     | 2       | 2025-02-02 10:00 |
        bob     | 1       | 2025-02-01 11:00 | 10
        """,
    )


def test_formats_are_attempts_of_their_own_and_have_their_own_rate(spark):
    events = """
        user_id | item_id | at               | name          | format
        ana     | 1       | 2025-02-01 10:00 | item-started  | text
        ana     | 1       | 2025-02-01 10:10 | item-started  | audio
        ana     | 1       | 2025-02-01 10:20 | item-finished | audio
        ana     | 1       | 2025-02-01 10:30 | item-finished |
    """
    attempts = ask(rows(spark, EVENTS, events), content_format="format")
    assert_rows(
        completion_counts(attempts, by=["format"]),
        "format string, attempts bigint, completed bigint, orphan_finishes bigint, completion_rate double",
        """
        format | attempts | completed | orphan_finishes | completion_rate
        text   | 1        | 0         | 0               | 0
        audio  | 1        | 1         | 0               | 1
               | 0        | 0         | 1               |
        """,
    )


def test_an_attempt_has_the_values_of_its_first_event(spark):
    events = """
        user_id | item_id | at               | name          | format
        ana     | 1       | 2025-02-01 10:00 | item-started  | text
        ana     | 1       | 2025-02-01 10:20 | item-finished | audio
        ana     | 1       | 2025-02-01 10:30 | item-started  | audio
        ana     | 1       | 2025-02-01 10:30 | item-started  |
    """
    attempts = ask(rows(spark, EVENTS, events), by=["format"]).orderBy("attempt").collect()
    assert [(row.attempt, row.format) for row in attempts] == [(1, "text"), (2, None)]


def test_a_start_and_a_finish_at_one_instant_are_a_finished_attempt(spark):
    events = """
        user_id | item_id | at               | name
        ana     | 1       | 2025-02-01 10:00 | item-finished
        ana     | 1       | 2025-02-01 10:00 | item-started
    """
    assert [row.seconds_to_finish for row in ask(rows(spark, EVENTS, events)).collect()] == [0]


def test_the_seed_events_hold_the_golden_finishes_without_a_start(seed_events, shared):
    attempts = ask(seed_events, as_of=date(2025, 2, 5))
    counts = completion_counts(attempts).first()
    finished = attempts.where("finished_at is not null")
    orphans = finished.where("is_orphan_finish").select("user_id", "item_id").distinct()
    assert attempts.agg(F.sum("starts")).first()[0] == 59
    assert finished.count() == 64
    assert (counts.completed, counts.attempts, counts.open, counts.orphan_finishes) == (11, 11, 48, 53)
    assert orphans.count() == 51 + 1


def test_every_start_and_every_finish_is_in_exactly_one_attempt(spark):
    draw = random.Random(6)
    names = ["item-started", "item-finished", "item-progress"]
    listed = [(f"u{draw.randrange(40)}", draw.choice("123"), draw.randrange(80), draw.choice(names)) for _ in range(600)]
    frame = spark.createDataFrame(listed, "user_id string, item_id string, days int, name string").selectExpr(
        "*", "timestamp_seconds(1735689600L + days * 86400L) as at"
    )
    attempts = ask(frame, as_of=date(2025, 12, 31)).collect()
    assert sum(row.starts for row in attempts) == sum(name == "item-started" for *_, name in listed)
    assert sum(row.finished_at is not None for row in attempts) == sum(name == "item-finished" for *_, name in listed)
    for row in attempts:
        assert row.is_orphan_finish == (row.starts == 0 and row.finished_at is not None)
        assert row.started_at is None or row.finished_at is None or row.started_at <= row.finished_at
