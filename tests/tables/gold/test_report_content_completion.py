"""gold.report_content_completion: starts and completions by item, kind and format."""

from datetime import date

import pytest
from pyspark.sql import SparkSession

from engagement_lib.tables.gold.report_content_completion import report_content_completion
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from tests.support import assert_rows, filled, nothing

AS_OF = date(2025, 2, 3)


def test_a_pair_of_user_and_item_is_completed_once_however_often_it_is_finished(spark: SparkSession) -> None:
    content = filled(
        spark,
        events,
        """
        event_id | platform | event_name    | resolved_user_id | item_id | item_type | content_format | item_title | event_timestamp     | event_date
        e1       | web      | item-started  | u1               | 1       | book      |                | Old title  | 2025-02-01 10:00:00 | 2025-02-01
        e2       | web      | item-finished | u1               | 1       | book      |                | New title  | 2025-02-02 10:00:00 | 2025-02-02
        e3       | web      | item-finished | u1               | 1       | book      |                | New title  | 2025-02-03 10:00:00 | 2025-02-03
        e4       | mobile   | item-finished | u1               | 1       | book      | audio          | New title  | 2025-02-03 11:00:00 | 2025-02-03
        e5       | mobile   | item-finished |                  | 1       | book      | audio          | New title  | 2025-02-03 12:00:00 | 2025-02-03
        e6       | mobile   | app-open      | u2               |         |           |                |            | 2025-02-03 12:00:00 | 2025-02-03
        """,
    )
    found = report_content_completion(content, nothing(spark, identity_map), as_of=AS_OF)
    assert_rows(
        found.where("platform = 'total' AND item_type = 'total' OR platform = 'web' AND item_id = '1'"),
        report_content_completion,
        """
        platform | item_type | item_id | content_format | item_title | starts | content_completions | items_completed | completing_users
        total    | total     | total   | total          |            | 1      | 4                   | 1               | 1
        web      | book      | 1       | unknown        | New title  | 1      | 2                   | 1               | 1
        """,
    )
    assert_rows(
        found.where("platform = 'total' AND item_type = 'book' AND item_id = 'total'"),
        report_content_completion,
        """
        content_format | content_completions | items_completed
        total          | 4                   | 1
        unknown        | 2                   | 1
        audio          | 2                   | 1
        """,
    )


def test_users_and_pairs_of_both_platforms_are_told_apart_and_counted_once_together(spark: SparkSession) -> None:
    content = filled(
        spark,
        events,
        """
        event_id | platform | event_name    | resolved_user_id | item_id | item_type | event_timestamp     | event_date
        e1       | web      | item-finished | u1               | 1       | book      | 2025-02-01 10:00:00 | 2025-02-01
        e2       | mobile   | item-finished | u1               | 1       | book      | 2025-02-01 11:00:00 | 2025-02-01
        e3       | mobile   | item-finished | u1               | 2       | book      | 2025-02-02 10:00:00 | 2025-02-02
        e4       | mobile   | item-finished | u2               | 2       | book      | 2025-02-03 10:00:00 | 2025-02-03
        e5       | web      | item-started  | u3               | 2       | book      | 2025-02-03 10:00:00 | 2025-02-03
        """,
    )
    found = report_content_completion(content, nothing(spark, identity_map), as_of=AS_OF)
    assert_rows(
        found.where("item_type = 'total' OR item_id = '2'"),
        report_content_completion,
        """
        platform | item_id | content_completions | items_completed | completing_users
        total    | total   | 4                   | 3               | 2
        web      | total   | 1                   | 1               | 1
        mobile   | total   | 3                   | 3               | 2
        total    | 2       | 2                   | 2               | 2
        mobile   | 2       | 2                   | 2               | 2
        web      | 2       | 0                   | 0               | 0
        """,
    )


@pytest.mark.parametrize(("first_day", "is_partial"), [(date(2025, 1, 5), False), (date(2025, 1, 6), True)])
def test_a_window_that_begins_before_the_first_data_says_so(spark: SparkSession, first_day: date, is_partial: bool) -> None:
    content = filled(spark, events, "event_name | item_id | event_date\nitem-finished | 1 | 2025-02-01")
    found = report_content_completion(content, nothing(spark, identity_map), first_day=first_day, as_of=AS_OF)
    assert {row.is_partial_window for row in found.collect()} == {is_partial}


def test_a_value_that_says_total_is_not_taken_for_all(spark: SparkSession) -> None:
    content = filled(
        spark,
        events,
        """
        event_id | platform | event_name    | resolved_user_id | item_id | item_type | event_timestamp | event_date
        e1       | web      | item-finished | u1               | total   | total     | 2025-02-01 10:00:00 | 2025-02-01
        """,
    )
    assert_rows(
        report_content_completion(content, nothing(spark, identity_map), as_of=AS_OF).where(
            "platform = 'total' AND content_format = 'total'"
        ),
        report_content_completion,
        """
        item_type | item_id | content_completions
        total     | total   | 1
        'total'   | total   | 1
        """,
    )


def test_the_title_is_the_one_at_the_last_event_of_both_platforms(spark: SparkSession) -> None:
    content = filled(
        spark,
        events,
        """
        event_id | platform | event_name    | item_id | item_type | item_title | event_timestamp     | event_date
        e1       | web      | item-finished | 1       | book      | Old        | 2025-02-01 10:00:00 | 2025-02-01
        e2       | mobile   | item-finished | 1       | book      | New        | 2025-02-03 10:00:00 | 2025-02-03
        """,
    )
    assert_rows(
        report_content_completion(content, nothing(spark, identity_map), as_of=AS_OF).where("item_id = '1'"),
        report_content_completion,
        """
        platform | content_completions | item_title
        total    | 2                   | New
        web      | 1                   | Old
        mobile   | 1                   | New
        """,
    )
