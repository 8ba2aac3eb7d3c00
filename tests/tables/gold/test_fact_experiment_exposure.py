"""gold.fact_experiment_exposure: who saw which variant since when, and what each of them did before and after."""

from datetime import date

import pytest
from pyspark.sql import DataFrame, SparkSession

from engagement_lib.engine.table import Table
from engagement_lib.tables.bronze.mobile_events import mobile_events
from engagement_lib.tables.bronze.web_events import web_events
from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption
from engagement_lib.tables.gold.fact_experiment_exposure import fact_experiment_exposure
from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.silver.assignments import assignments
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.experiments import experiments
from engagement_lib.tables.silver.identity_map import identity_map
from engagement_lib.tables.silver.users import users
from tests.support import assert_rows, filled, nothing

DRAWN: dict[Table, str] = {
    events: """
        event_date | event_name         | event_timestamp     | resolved_user_id | anonymous_id | properties
        2025-02-10 | experiment-exposed | 2025-02-10 10:00    | u1               | c1           | {experiment_id: tour, variant: a}
        2025-02-11 | experiment-exposed | 2025-02-11 10:00    | u1               | c1           | {experiment_id: tour, variant: a}
        2025-02-10 | experiment-exposed | 2025-02-10 10:00    |                  | c2           | {experiment_id: tour, variant: b}
        2025-02-12 | experiment-exposed | 2025-02-12 10:00    | u2               | c2           | {experiment_id: tour, variant: a}
        2025-02-09 | experiment-exposed | 2025-02-09 23:59:59 | u3               | c3           | {experiment_id: tour, variant: b}
        2025-02-20 | experiment-exposed | 2025-02-20 00:00    | u4               | c4           | {experiment_id: tour, variant: b}
        2025-02-19 | experiment-exposed | 2025-02-19 23:59:59 | u5               | c5           | {experiment_id: tour, variant: b}
        2025-02-12 | experiment-exposed | 2025-02-12 10:00    | u6               | c6           | {experiment_id: tour}
        2025-02-12 | experiment-exposed | 2025-02-12 10:00    |                  | c7           | {experiment_id: tour, variant: b}
        2025-02-12 | app-open           | 2025-02-12 10:00    | u8               | c8           | {experiment_id: tour, variant: b}
        2025-03-01 | experiment-exposed | 2025-03-01 00:00    | u1               | c1           | {experiment_id: unlisted, variant: a}
        2025-02-28 | experiment-exposed | 2025-02-28 23:59    | u9               | c9           | {experiment_id: unlisted, variant: a}
    """,
    identity_map: """
        event_date | anonymous_id | user_id | first_seen       | last_seen        | is_shared | events
        2025-02-10 | c2           | u2      | 2025-02-12 10:00 | 2025-02-12 10:00 | false     | 1
    """,
    experiments: """
        experiment_id | started_at       | ended_at         | is_current
        tour          | 2025-02-10 00:00 | 2025-02-20 00:00 | true
        tour          | 2025-02-01 00:00 |                  | false
        silent        | 2025-02-10 00:00 |                  | true
    """,
    assignments: """
        experiment_id | user_id | variant | assigned_at
        tour          | u8      | b       | 2025-02-11 10:00
        silent        | u8      | x       | 2025-02-11 10:00
        silent        | u8      | y       | 2025-02-12 10:00
        silent        | u9      | y       | 2025-02-12 10:00
    """,
    users: """
        user_id | signup_at        | is_test | is_current
        u5      | 2025-02-01 10:00 | true    | true
        u1      | 2025-02-01 10:00 | false   | true
    """,
    fact_session: """
        user_id | started_at          | ended_at            | items_finished
        u1      | 2025-01-27 09:00    | 2025-01-27 09:59    | 1
        u1      | 2025-01-27 10:00    | 2025-01-27 10:00    | 0
        u1      | 2025-02-10 09:59    | 2025-02-10 10:05    | 0
        u1      | 2025-02-19 23:50    | 2025-02-20 00:10    | 0
        u1      | 2025-02-20 00:00    | 2025-02-20 00:00    | 0
    """,
    fact_content_consumption: """
        user_id | started_at          | finished_at
        u1      | 2025-02-10 09:59    | 2025-02-10 10:00
        u1      | 2025-02-11 09:59    |
        u1      |                     | 2025-02-10 09:59:59
        u1      | 2025-01-27 09:59:59 | 2025-01-27 10:00
        u1      | 2025-02-19 10:00    | 2025-02-20 00:00
        u9      | 2025-02-28 23:59    | 2025-03-01 00:00
        u2      | 2025-02-10 10:30    |
    """,
}


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> DataFrame:
    return fact_experiment_exposure(
        *[filled(spark, table, DRAWN[table]) for table in fact_experiment_exposure.inputs], as_of=date(2025, 2, 28)
    )


def test_the_first_exposure_while_the_experiment_runs(found: DataFrame) -> None:
    """u2's first one was anonymous; u3 came before the start, u4 at the end; u6 saw no variant; u8 was only assigned."""
    assert_rows(
        found,
        fact_experiment_exposure,
        """
        experiment_id | user_id | variant | first_exposed_at    | is_crossover | is_assumed | is_test
        tour          | u1      | a       | 2025-02-10 10:00    | false        | false      | false
        tour          | u2      | b       | 2025-02-10 10:00    | true         | false      | false
        tour          | u5      | b       | 2025-02-19 23:59:59 | false        | false      | true
        unlisted      | u9      | a       | 2025-02-28 23:59    | false        | false      | false
        silent        | u8      | x       | 2025-02-11 10:00    | true         | true       | false
        silent        | u9      | y       | 2025-02-12 10:00    | false        | true       | false
        """,
    )


def test_what_users_did_before_and_after(found: DataFrame) -> None:
    """Before: from 14 * 24 hours before the exposure. After: from its instant on, to the end of the experiment or as_of."""
    assert_rows(
        found.where("user_id IN ('u1', 'u2', 'u9')"),
        fact_experiment_exposure,
        """
        experiment_id | user_id | content_completions | content_completions_before | attempts_started | attempts_started_before | sessions | sessions_before
        tour          | u1      | 1                   | 2                          | 2                | 1                       | 2        | 1
        tour          | u2      | 0                   | 0                          | 1                | 0                       | 0        | 0
        unlisted      | u9      | 0                   | 0                          | 1                | 0                       | 0        | 0
        silent        | u9      | 0                   | 0                          | 1                | 0                       | 0        | 0
        """,
    )


def test_without_files_of_the_experiment_service_exposures_still_count(spark: SparkSession) -> None:
    inputs = [
        filled(spark, t, DRAWN[t]) if t in (events, identity_map) else nothing(spark, t) for t in fact_experiment_exposure.inputs
    ]
    rows = fact_experiment_exposure(*inputs, as_of=date(2025, 2, 28)).where("experiment_id = 'tour'").collect()
    assert {row.user_id: row.variant for row in rows} == {"u1": "a", "u2": "b", "u3": "b", "u4": "b", "u5": "b"}


def test_a_variant_that_says_nothing_is_none_and_blanks_make_no_other_one(spark: SparkSession) -> None:
    landed = filled(
        spark,
        web_events,
        """
        event_name         | event_timestamp     | arrival_timestamp   | user_id | experiment_id | variant
        experiment-exposed | 2025-02-10 10:00:00 | 2025-02-10 10:00:01 | u1      | tour          | NULL
        experiment-exposed | 2025-02-10 10:00:01 | 2025-02-10 10:00:02 | u1      | tour          | control
        experiment-exposed | 2025-02-10 10:00:02 | 2025-02-10 10:00:03 | u1      | "tour "       | "control "
        """,
    )
    happened = events(nothing(spark, mobile_events), landed).drop("_rule", "_reason", "_raw")
    others = [nothing(spark, table) for table in fact_experiment_exposure.inputs[1:]]
    assert_rows(
        fact_experiment_exposure(happened, *others, as_of=date(2025, 2, 28)),
        fact_experiment_exposure,
        """
        experiment_id | user_id | variant | first_exposed_at    | is_crossover
        tour          | u1      | control | 2025-02-10 10:00:01 | false
        """,
    )
