"""gold.report_content_funnel: from start to completion."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption
from engagement_lib.tables.gold.report_content_funnel import report_content_funnel
from tests.support import assert_rows, filled


def test_open_attempts_are_not_lost_and_orphans_are_no_completions(spark: SparkSession) -> None:
    drawn = """
        user_id | item_id | content_format | is_completed | is_mature | is_orphan_finish | seconds_to_finish
        u1      | 1       | text           | true         | true      | false            | 100
        u1      | 2       | text           | false        | true      | false            |
        u1      | 3       | text           | false        | false     | false            |
        u1      | 4       | text           | true         | false     | false            | 300
        u2      | 1       | audio          |              |           | true             |
        u2      | 2       | audio          | true         | false     | false            | 100
    """
    expected = """
        split          | split_value | started_attempts | decided_attempts | completed_attempts | open_attempts | orphan_finishes | completion_rate | mature_attempts | completed_of_mature | completion_rate_of_mature | median_seconds_to_finish | is_mature
        total          | total       | 5                | 4                | 3                  | 1             | 1               | 0.75            | 2               | 1                   | 0.5                       | 100                      | false
        content_format | text        | 4                | 3                | 2                  | 1             | 0               | 0.6666666667    | 2               | 1                   | 0.5                       | 200                      | false
        content_format | audio       | 1                | 1                | 1                  | 0             | 1               |                 | 0               | 0                   |                           | 100                      | true
    """
    found = report_content_funnel(filled(spark, fact_content_consumption, drawn))
    assert_rows(found.where("split IN ('total', 'content_format')"), report_content_funnel, expected)
