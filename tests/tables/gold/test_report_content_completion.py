"""gold.report_content_completion: starts and completions by item, kind and format."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.report_content_completion import report_content_completion
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from tests.support import assert_rows, filled, nothing


def test_a_pair_of_user_and_item_is_completed_once_however_often_it_is_finished(spark: SparkSession) -> None:
    content = filled(
        spark,
        events,
        """
        event_id | platform | event_name    | resolved_user_id | item_id | item_type | content_format | item_title | event_timestamp
        e1       | web      | item-started  | u1               | 1       | book      |                | Old title  | 2025-02-01 10:00:00
        e2       | web      | item-finished | u1               | 1       | book      |                | New title  | 2025-02-02 10:00:00
        e3       | web      | item-finished | u1               | 1       | book      |                | New title  | 2025-02-03 10:00:00
        e4       | mobile   | item-finished | u1               | 1       | book      | audio          | New title  | 2025-02-03 11:00:00
        e5       | mobile   | item-finished |                  | 1       | book      | audio          | New title  | 2025-02-03 12:00:00
        e6       | mobile   | app-open      | u2               |         |           |                |            | 2025-02-03 12:00:00
        """,
    )
    found = report_content_completion(content, nothing(spark, identity_map))
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


def test_a_value_that_says_total_is_not_taken_for_all(spark: SparkSession) -> None:
    content = filled(
        spark,
        events,
        """
        event_id | platform | event_name    | resolved_user_id | item_id | item_type | event_timestamp
        e1       | web      | item-finished | u1               | total   | total     | 2025-02-01 10:00:00
        """,
    )
    assert_rows(
        report_content_completion(content, nothing(spark, identity_map)).where("platform = 'total' AND content_format = 'total'"),
        report_content_completion,
        """
        item_type | item_id | content_completions
        total     | total   | 1
        'total'   | total   | 1
        """,
    )
