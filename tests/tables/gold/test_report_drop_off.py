"""gold.report_drop_off: where sessions without a finish end."""

from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.gold.report_drop_off import report_drop_off
from tests.support import assert_rows, filled

AS_OF = date(2025, 2, 28)


def report(spark: SparkSession, drawn: str, first_day: date = date(2025, 1, 30)) -> DataFrame:
    """The report over sessions of the as-of date."""
    sessions = filled(spark, fact_session, drawn).withColumn("session_date", F.coalesce("session_date", F.lit(AS_OF)))
    return report_drop_off(sessions, first_day=first_day, as_of=AS_OF)


def test_only_sessions_with_a_start_and_no_finish_count(spark: SparkSession) -> None:
    drawn = """
        session_key | items_started | items_finished | exit_event   | exit_screen | platform | last_progress_pct
        s1          | 1             | 0              | item-started | reader      | mobile   | 24.9
        s2          | 2             | 0              | app-open     | home        | mobile   | 75
        s3          | 1             | 0              | item-started |             | web      |
        s4          | 1             | 1              | app-open     | home        | web      | 50
        s5          | 0             | 0              | app-open     | home        | web      |
    """
    expected = """
        place         | place_value  | dropped_sessions | all_dropped_sessions | drop_off_share
        exit_event    | item-started | 2                | 3                    | 0.6666666667
        exit_event    | app-open     | 1                | 3                    | 0.3333333333
        exit_screen   | reader       | 1                | 3                    | 0.3333333333
        exit_screen   | home         | 1                | 3                    | 0.3333333333
        exit_screen   | unknown      | 1                | 3                    | 0.3333333333
        last_progress | 0-24         | 1                | 3                    | 0.3333333333
        last_progress | 75-100       | 1                | 3                    | 0.3333333333
        last_progress | unknown      | 1                | 3                    | 0.3333333333
    """
    found = report(spark, drawn)
    assert_rows(found.where("split = 'total'"), report_drop_off, expected)
    assert_rows(
        found.where("split_value = 'web'"),
        report_drop_off,
        "place | place_value\nexit_event | item-started\nexit_screen | unknown\nlast_progress | unknown",
    )


def test_the_quarters_of_an_item_begin_at_their_lower_edge(spark: SparkSession) -> None:
    marks = (0, 24.99, 25, 49.99, 50, 74.99, 75, 100)
    drawn = "session_key | items_started | last_progress_pct\n" + "\n".join(f"s{mark} | 1 | {mark}" for mark in marks)
    found = report(spark, drawn).where("place = 'last_progress' AND split = 'total'")
    quarters = {row.place_value: row.dropped_sessions for row in found.collect()}
    assert quarters == {"0-24": 2, "25-49": 2, "50-74": 2, "75-100": 2}


def test_shares_are_those_within_a_value_of_a_split(spark: SparkSession) -> None:
    drawn = """
        session_key | items_started | exit_screen | platform
        s1          | 1             | A           | web
        s2          | 1             | A           | web
        s3          | 1             | A           | web
        s4          | 1             | A           | mobile
        s5          | 1             | B           | mobile
    """
    found = report(spark, drawn)
    assert_rows(
        found.where("place = 'exit_screen' AND split = 'platform'"),
        report_drop_off,
        """
        split_value | place_value | dropped_sessions | all_dropped_sessions | drop_off_share
        web         | A           | 3                | 3                    | 1
        mobile      | A           | 1                | 2                    | 0.5
        mobile      | B           | 1                | 2                    | 0.5
        """,
    )


def test_sessions_of_the_thirty_dates_count_and_a_window_before_the_data_is_said(spark: SparkSession) -> None:
    drawn = """
        session_key | session_date | items_started | exit_event
        too_early   | 2025-01-29   | 1             | app-open
        first       | 2025-01-30   | 1             | item-started
        last        | 2025-02-28   | 1             | item-started
        too_late    | 2025-03-01   | 1             | app-open
    """
    for first_day, is_partial in ((date(2025, 1, 30), "false"), (date(2025, 1, 31), "true")):
        assert_rows(
            report(spark, drawn, first_day).where("place = 'exit_event' AND split = 'total'"),
            report_drop_off,
            f"place_value | dropped_sessions | is_partial_window\nitem-started | 2 | {is_partial}",
        )
