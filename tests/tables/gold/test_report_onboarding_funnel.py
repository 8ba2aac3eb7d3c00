"""gold.report_onboarding_funnel: how many users get to each step."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_funnel import fact_funnel
from engagement_lib.tables.gold.report_onboarding_funnel import report_onboarding_funnel
from tests.support import assert_rows, filled

DRAWN = """
    funnel                | user_id | entry | entry_date | platform | is_test | steps | furthest_step | is_converted | window_open | entered_at       | step_times
    onboarding            | u1      | 1     | 2025-02-01 | web      | false   | 3     | 3             | true         | false       | 2025-02-01 10:00 | [2025-02-01 10:00, 2025-02-01 10:10, 2025-02-01 11:00]
    onboarding            | u2      | 1     | 2025-02-03 | web      | false   | 3     | 2             | false        | false       | 2025-02-03 10:00 | [2025-02-03 10:00, 2025-02-03 10:20, null]
    onboarding            | u3      | 1     | 2025-02-03 | mobile   | false   | 3     | 1             | false        | false       | 2025-02-03 10:00 | [2025-02-03 10:00, null, null]
    onboarding            | u4      | 1     | 2025-02-04 | mobile   | false   | 3     | 3             | true         | true        | 2025-02-04 10:00 | [2025-02-04 10:00, 2025-02-04 10:30, 2025-02-04 10:40]
    onboarding            | u5      | 1     | 2025-02-04 |          | true    | 3     | 3             | true         | false       | 2025-02-04 10:00 | [2025-02-04 10:00, 2025-02-04 10:30, 2025-02-04 10:40]
    first_content_start   | u4      | 1     | 2025-02-04 | mobile   | false   | 2     | 2             | true         | true        | 2025-02-04 10:00 | [2025-02-04 10:00, 2025-02-04 10:30]
"""


def test_who_may_get_further_yet_is_in_no_rate(spark: SparkSession) -> None:
    found = report_onboarding_funnel(filled(spark, fact_funnel, DRAWN))
    expected = """
        funnel              | step | step_name               | entered | open | decided | reached | conversion_rate | step_conversion_rate | median_seconds | is_mature
        onboarding          | 1    | sign-up                 | 4       | 1    | 3       | 3       | 1               |                      | 0              | false
        onboarding          | 2    | onboarding-step         | 4       | 1    | 3       | 2       | 0.6666666667    | 0.6666666667         | 900            | false
        onboarding          | 3    | onboarding-completed    | 4       | 1    | 3       | 1       | 0.3333333333    | 0.5                  | 3600           | false
        first_content_start | 1    | "sign-up|first-active"  | 1       | 1    | 0       | 0       |                 |                      |                | false
        first_content_start | 2    | item-started            | 1       | 1    | 0       | 0       |                 |                      |                | false
    """
    assert_rows(found.where("split = 'total'"), report_onboarding_funnel, expected)


def test_every_user_is_in_one_value_of_each_split(spark: SparkSession) -> None:
    found = report_onboarding_funnel(filled(spark, fact_funnel, DRAWN)).where("funnel = 'onboarding' AND step = 3")
    expected = """
        split               | split_value | entered | reached
        total               | total       | 4       | 1
        platform            | web         | 2       | 1
        platform            | mobile      | 2       | 0
        country_code        | unknown     | 4       | 1
        acquisition_channel | unknown     | 4       | 1
        entry_week          | 2025-01-27  | 1       | 1
        entry_week          | 2025-02-03  | 3       | 0
    """
    assert_rows(found, report_onboarding_funnel, expected)


def test_declared_funnels_have_their_steps_beside_configured_ones(spark: SparkSession) -> None:
    opened = """
    opened                | u1      | 1     | 2025-02-01 | web      | false   | 2     | 2             | true         | false       | 2025-02-01 10:00 | [2025-02-01 10:00, 2025-02-01 10:10]
    """
    found = report_onboarding_funnel(
        filled(spark, fact_funnel, DRAWN + opened), funnels={"opened": {"steps": ["sign-up", "app-open"], "days": 1}}
    )
    expected = """
        funnel              | step | step_name               | entered
        onboarding          | 1    | sign-up                 | 4
        onboarding          | 2    | onboarding-step         | 4
        onboarding          | 3    | onboarding-completed    | 4
        first_content_start | 1    | "sign-up|first-active"  | 1
        first_content_start | 2    | item-started            | 1
        opened              | 1    | sign-up                 | 1
        opened              | 2    | app-open                | 1
    """
    assert_rows(found.where("split = 'total'"), report_onboarding_funnel, expected)
