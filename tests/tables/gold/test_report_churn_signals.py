"""gold.report_churn_signals: who uses the product clearly less than four weeks before."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption
from engagement_lib.tables.gold.fact_feature_use import fact_feature_use
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_churn_signals import report_churn_signals
from tests.support import assert_rows, filled

# The 28 days are 2025-03-04 to 31, those before them 2025-02-04 to 03-03.
VISITS = """
    activity_date | user_id | sessions_started | is_active
    2025-02-04    | less    | 2                | true
    2025-03-03    | less    | 2                | true
    2025-03-04    | less    | 2                | true
    2025-03-10    | less    | 0                | true
    2025-03-12    | less    | 0                | false
    2025-02-04    | stays   | 4                | true
    2025-03-31    | stays   | 3                | true
    2025-02-05    | recent  | 8                | true
    2025-03-31    | recent  | 1                | true
    2025-01-01    | gone    | 8                | true
    2025-02-03    | gone    | 8                | true
    2025-01-01    | silent  | 1                | true
    2025-02-20    | silent  | 4                | true
    2025-01-01    | passive | 1                | true
    2025-03-31    | passive | 1                | false
    2025-03-31    |         | 7                | false
"""
ATTEMPTS = """
    user_id | started_at       | finished_at
    less    | 2025-02-10 10:00 | 2025-02-10 11:00
    less    | 2025-02-10 12:00 | 2025-02-10 13:00
    less    | 2025-02-10 14:00 | 2025-03-03 23:59
    less    | 2025-03-03 23:59 | 2025-03-04 00:00
    less    | 2025-03-04 00:00 | 2025-03-31 23:59
    less    | 2025-03-10 12:00 | 2025-03-10 13:00
    less    | 2025-03-10 14:00 |
    less    | 2025-03-10 16:00 |
    less    |                  | 2025-03-11 10:00
    stays   | 2025-02-10 10:00 | 2025-02-10 11:00
    stays   | 2025-02-10 12:00 | 2025-02-10 13:00
    stays   | 2025-02-10 14:00 | 2025-03-20 15:00
    stays   | 2025-02-10 16:00 | 2025-03-20 17:00
    stays   | 2025-03-10 10:00 | 2025-03-10 11:00
    stays   | 2025-03-10 12:00 | 2025-03-10 13:00
    stays   | 2025-03-10 14:00 |
    stays   | 2025-03-10 16:00 |
"""
USES = """
    activity_date | feature_id | user_id | uses
    2025-02-10    | ask        | less    | 3
    2025-02-11    | offline    | less    | 1
    2025-03-05    | ask        | less    | 2
    2025-02-11    | ask        | stays   | 3
"""


def test_three_signals_and_why(spark: SparkSession) -> None:
    found = report_churn_signals(
        filled(spark, fact_user_engagement, VISITS),
        filled(spark, fact_content_consumption, ATTEMPTS),
        filled(spark, fact_feature_use, USES),
        as_of=date(2025, 3, 31),
    )
    assert_rows(
        found,
        report_churn_signals,
        """
        user_id | has_history | sessions_fell | completion_fell | feature_use_fell | score | sessions_before | sessions_now | starts_before | starts_now | completion_rate_before | completion_rate_now | feature_uses_before | feature_uses_now | days_since_last
        less    | true        | true          | true            | true             | 3     | 4               | 2            | 4             | 4          | 0.75                   | 0.5                 | 4                   | 2                | 21
        stays   | true        | false         | false           | false            | 0     | 4               | 3            | 4             | 4          | 0.5                    | 0.5                 | 3                   | 0                | 0
        recent  | false       |               |                 |                  |       | 8               | 1            | 0             | 0          |                        |                     | 0                   | 0                | 0
        silent  | true        | true          | false           | false            | 1     | 4               | 0            | 0             | 0          |                        |                     | 0                   | 0                | 39
        """,
    )
    reasons = {row.user_id: row.reasons for row in found.collect()}
    assert reasons["less"] == [
        "sessions fell from 4 to 2",
        "completion rate fell from 75 % to 50 %",
        "feature uses fell from 4 to 2",
    ]
    assert reasons["stays"] == [] and reasons["recent"] is None
