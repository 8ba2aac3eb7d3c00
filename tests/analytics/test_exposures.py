"""Who was in which variant since when, and what each of them did before and after."""

from datetime import date

import pytest

from engagement_lib.analytics.exposures import OutcomeMetric, exposure_outcomes, first_exposures
from tests.support import assert_rows, rows

EXPOSURES = "experiment_id string, user_id string, variant string, at timestamp"
OUTCOMES = "user_id string, at timestamp, day date, finished bigint, visits bigint"
EXPOSED = "experiment_id string, user_id string, variant string, first_exposed_at timestamp, is_crossover boolean"
VALUES = (
    "user_id string, finished bigint, finished_before bigint, has_finished bigint, rate bigint, rate_denominator bigint, "
    "is_mature boolean"
)
FINISHED = OutcomeMetric("finished", "finished")
HAS_FINISHED = OutcomeMetric("has_finished", "finished", kind="proportion")
RATE = OutcomeMetric("rate", "finished", kind="ratio", denominator="visits")
W = date(2025, 2, 28)


def exposed(exposures):
    names = {"experiment": "experiment_id", "user": "user_id", "variant": "variant", "timestamp": "at"}
    return first_exposures(exposures, **names, as_of=W)


def test_a_user_belongs_to_the_first_variant_seen_and_is_known_to_have_seen_others(spark):
    exposures = """
        experiment_id | user_id | variant | at
        new-home      | ana     | b       | 2025-02-01 10:00
        new-home      | ana     | b       | 2025-02-03 10:00
        new-home      | bob     | b       | 2025-02-02 10:00
        new-home      | bob     | a       | 2025-02-01 10:00
        other         | bob     | b       | 2025-02-01 10:00
        new-home      | kim     | a       | 2025-03-01 00:00
        new-home      |         | a       | 2025-02-01 10:00
    """
    assert_rows(
        exposed(rows(spark, EXPOSURES, exposures)),
        EXPOSED,
        """
        experiment_id | user_id | variant | first_exposed_at | is_crossover
        new-home      | ana     | b       | 2025-02-01 10:00 | false
        new-home      | bob     | a       | 2025-02-01 10:00 | true
        other         | bob     | b       | 2025-02-01 10:00 | false
        """,
    )


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_of_two_variants_at_one_instant_the_smaller_is_taken_and_the_user_has_seen_both(spark, first, second):
    exposures = f"""
        experiment_id | user_id | variant  | at
        new-home      | ana     | {first}  | 2025-02-01 10:00:00.000001
        new-home      | ana     | {second} | 2025-02-01 10:00:00.000001
    """
    assert_rows(
        exposed(rows(spark, EXPOSURES, exposures)),
        EXPOSED,
        """
        user_id | variant | first_exposed_at           | is_crossover
        ana     | a       | 2025-02-01 10:00:00.000001 | true
        """,
    )


EXPOSED_ANA_AND_BOB = """
    experiment_id | user_id | variant | first_exposed_at    | is_crossover
    new-home      | ana     | a       | 2025-02-10 10:00:00 | false
    new-home      | bob     | b       | 2025-02-26 10:00:00 | false
"""


def test_outcomes_count_from_the_exposure_on_and_before_it_in_another_column(spark):
    outcomes = """
        user_id | at                  | finished | visits
        ana     | 2025-02-03 09:59:59 | 100      | 1
        ana     | 2025-02-03 10:00:00 | 1        | 1
        ana     | 2025-02-10 09:59:59 | 2        | 1
        ana     | 2025-02-10 10:00:00 | 4        | 2
        ana     | 2025-02-13 09:59:59 | 8        | 4
        ana     | 2025-02-13 10:00:00 | 16       | 8
        eve     | 2025-02-13 10:00:00 | 16       | 8
    """
    asked = {"experiment": "experiment_id", "user": "user_id", "timestamp": "at", "as_of": W}
    frames = rows(spark, EXPOSED, EXPOSED_ANA_AND_BOB), rows(spark, OUTCOMES, outcomes), [FINISHED, HAS_FINISHED, RATE]
    assert_rows(
        exposure_outcomes(*frames, **asked, pre_days=7),
        VALUES,
        """
        user_id | finished | finished_before | has_finished | rate | rate_denominator | is_mature
        ana     | 28       | 3               | 1            | 28   | 14               | true
        bob     | 0        | 0               | 0            | 0    | 0                | true
        """,
    )
    assert_rows(
        exposure_outcomes(*frames, **asked, post_days=3),
        VALUES,
        """
        user_id | finished | is_mature
        ana     | 12       | true
        bob     | 0        | false
        """,
    )


def test_of_daily_outcomes_the_day_of_the_exposure_is_the_first_one_after(spark):
    outcomes = """
        user_id | day        | finished
        ana     | 2025-02-08 | 100
        ana     | 2025-02-09 | 1
        ana     | 2025-02-10 | 2
        ana     | 2025-02-12 | 4
        ana     | 2025-02-13 | 8
    """
    asked = {"experiment": "experiment_id", "user": "user_id", "timestamp": "day", "as_of": W, "pre_days": 1, "post_days": 3}
    assert_rows(
        exposure_outcomes(rows(spark, EXPOSED, EXPOSED_ANA_AND_BOB), rows(spark, OUTCOMES, outcomes), [FINISHED], **asked),
        VALUES,
        """
        user_id | finished | finished_before | is_mature
        ana     | 6        | 1               | true
        bob     | 0        | 0               | true
        """,
    )


def test_what_happens_after_the_end_of_the_experiment_does_not_count(spark):
    exposed_until = rows(spark, EXPOSED, EXPOSED_ANA_AND_BOB).selectExpr(
        "*", "if(user_id = 'ana', timestamp '2025-02-11', null) as ended_at"
    )
    outcomes = """
        user_id | at               | finished
        ana     | 2025-02-10 23:59 | 1
        ana     | 2025-02-11 00:00 | 2
        bob     | 2025-02-27 00:00 | 4
        bob     | 2025-03-01 00:00 | 8
    """
    asked = {"experiment": "experiment_id", "user": "user_id", "timestamp": "at", "as_of": W, "ended_at": "ended_at"}
    got = exposure_outcomes(exposed_until, rows(spark, OUTCOMES, outcomes), [FINISHED], **asked).collect()
    assert {row.user_id: row.finished for row in got} == {"ana": 1, "bob": 4}
