"""What a run says last: the answers are those of the last day."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import Lake
from engagement_lib.summary import answers
from engagement_lib.tables.gold.report_active_windows import report_active_windows
from engagement_lib.tables.gold.report_content_completion import report_content_completion
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from engagement_lib.tables.gold.report_regional_activity import report_regional_activity
from tests.support import filled

TABLES = {
    report_daily_engagement: """
        activity_date | split    | split_value | daily_active_users | daily_active_learners | content_completions | sessions | is_complete | silent_platforms
        2025-02-02    | total    | total       | 12                 | 6                     | 3                   | 24       | true        | []
        2025-02-01    | total    | total       | 11                 | 5                     | 2                   | 22       | true        | []
        2025-02-03    | total    | total       | 13                 | 7                     | 4                   | 26       | false       | [web]
        2025-02-03    | platform | web         | 99                 | 99                    | 99                  | 99       | false       | [web]
    """,
    report_active_windows: """
        activity_date | split    | split_value | weekly_active_users | monthly_active_users_28d | monthly_active_users_30d | stickiness | is_partial_window
        2025-02-02    | total    | total       | 201                 | 202                      | 203                      | 0.25       | true
        2025-02-01    | total    | total       | 101                 | 102                      | 103                      | 0.125      | true
        2025-02-03    | total    | total       | 1301                | 1302                     | 1303                     | 0.375      | {is_partial}
        2025-02-03    | platform | web         | 901                 | 902                      | 903                      | 0.875      | true
    """,
    report_content_completion: """
        platform | item_type | item_id | content_format | content_completions | items_completed
        web      | total     | total   | total          | 1500                | 14
        total    | total     | total   | total          | 2500                | 24
        web      | book      | total   | total          | 88                  | 88
    """,
    report_regional_activity: """
        area_type | area | platform | regional_active_users
        region    | DACH | web      | 41
        region    | DACH | total    | 1042
        country   | DE   | web      | 77
    """,
}


@pytest.mark.parametrize("is_partial", [False, True])
def test_the_answers_are_those_of_the_last_day(spark: SparkSession, tmp_path: Path, is_partial: bool) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    for table, drawing in TABLES.items():
        assert answers(lake) == ""
        lake.record(
            table,
            [tuple(row) for row in filled(spark, table, drawing.replace("{is_partial}", str(is_partial).lower())).collect()],
            Commit(run_id="r1"),
        )
    lines = answers(lake).splitlines()
    cells = [line.split() for line in lines]
    days = [row for row in cells if row and row[0].startswith("2025-")]
    assert days == [
        ["2025-02-01", "11", "5", "2", "22", "yes"],
        ["2025-02-02", "12", "6", "3", "24", "yes"],
        ["2025-02-03", "13", "7", "4", "26", "no"],
    ]
    assert lines[lines.index("As of 2025-02-03") + 1 :] == [
        "  active users in 7 / 28 / 30 days: 1,301 / 1,302 / 1,303; stickiness 37.5%",
        "  completions in 30 days, total: 2,500 (24 user-items)",
        "  completions in 30 days, web: 1,500 (14 user-items)",
        "  active users in 30 days, DACH on total: 1,042",
        "  active users in 30 days, DACH on web: 41",
        *["  (the first data are from within these 30 days)"][: int(is_partial)],
    ]
