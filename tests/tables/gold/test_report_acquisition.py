"""gold.report_acquisition: what becomes of the users of each channel."""

from datetime import date

from pyspark.sql import DataFrame, SparkSession

from engagement_lib.tables.gold.fact_funnel import fact_funnel
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_acquisition import report_acquisition
from engagement_lib.tables.silver.payments import payments
from engagement_lib.tables.silver.subscriptions import subscriptions
from tests.support import assert_rows, filled

NEW = """
    funnel                   | user_id | entry | entry_date | acquisition_channel | is_test | is_converted | window_open
    first_content_engagement | u1      | 1     | 2025-02-03 | ads                 | false   | true         | false
    first_content_engagement | u2      | 1     | 2025-02-04 | ads                 | false   | false        | false
    first_content_engagement | u3      | 1     | 2025-02-10 | ads                 | false   | true         | true
    first_content_engagement | u4      | 1     | 2025-02-03 |                     | false   | false        | false
    first_content_engagement | u5      | 1     | 2025-02-03 | ads                 | true    | true         | false
    onboarding               | u4      | 1     | 2025-02-03 |                     | false   | true         | false
"""
ACTIVE = """
    user_id | activity_date | platform | is_active
    u1      | 2025-02-10    | web      | true
    u1      | 2025-02-10    | mobile   | true
    u2      | 2025-02-10    | web      | true
    u2      | 2025-02-11    | web      | false
    u4      | 2025-02-10    | web      | true
    u5      | 2025-02-10    | web      | true
"""
TRIALS = """
    subscription_id | user_id | trial_start_at   | trial_end_at     | is_current
    s1              | u1      | 2025-02-03 10:00 | 2025-02-04 10:00 | true
    s2              | u2      | 2025-02-04 10:00 | 2025-02-05 00:00 | true
    s3              | u2      | 2025-02-11 10:00 | 2025-02-21 10:00 | true
    s4              | u8      | 2025-02-04 10:00 | 2025-02-05 00:00 | true
"""
PAYMENTS = """
    payment_id | subscription_id | paid_at          | amount | status    | is_current
    p1         | s1              | 2025-02-04 10:00 | 9.99   | succeeded | true
"""


def acquisition(spark: SparkSession, trials: str, as_of: date) -> DataFrame:
    drawn = ((fact_funnel, NEW), (fact_user_engagement, ACTIVE), (subscriptions, trials), (payments, PAYMENTS))
    return report_acquisition(*(filled(spark, table, text) for table, text in drawn), as_of=as_of)


def test_each_rate_has_the_users_who_could_have_made_it(spark: SparkSession) -> None:
    found = acquisition(spark, TRIALS, date(2025, 2, 12))
    expected = """
        cohort_week | acquisition_channel | new_users | first_content_eligible | first_content_users | first_content_rate | d7_eligible | d7_retained | d7_rate      | open_trials | decided_trials | converted_trials | trial_to_paid_rate | is_mature
        2025-02-03  | ads                 | 2         | 2                      | 1                   | 0.5                | 2           | 1           | 0.5          | 1           | 2              | 1                | 0.5                | false
        2025-02-03  | unknown             | 1         | 1                      | 0                   | 0                  | 1           | 1           | 1            | 0           | 0              | 0                |                    | true
        2025-02-03  | total               | 3         | 3                      | 1                   | 0.3333333333       | 3           | 2           | 0.6666666667 | 1           | 2              | 1                | 0.5                | false
        2025-02-10  | ads                 | 1         | 0                      | 0                   |                    | 0           | 0           |              | 0           | 0              | 0                |                    | false
        2025-02-10  | total               | 1         | 0                      | 0                   |                    | 0           | 0           |              | 0           | 0              | 0                |                    | false
                    | ads                 | 3         | 2                      | 1                   | 0.5                | 2           | 1           | 0.5          | 1           | 2              | 1                | 0.5                | false
                    | unknown             | 1         | 1                      | 0                   | 0                  | 1           | 1           | 1            | 0           | 0              | 0                |                    | true
                    | total               | 4         | 3                      | 1                   | 0.3333333333       | 3           | 2           | 0.6666666667 | 1           | 2              | 1                | 0.5                | false
    """
    assert_rows(found, report_acquisition, expected)


def test_a_cohort_is_not_mature_while_a_converted_trial_may_be_refunded(spark: SparkSession) -> None:
    decided = "\n".join(line for line in TRIALS.splitlines() if "s3" not in line)
    for last, refundable, is_mature in ((17, 1, "false"), (18, 0, "true")):
        assert_rows(
            acquisition(spark, decided, date(2025, 2, last)).where("cohort_week = '2025-02-03'"),
            report_acquisition,
            f"""
            acquisition_channel | open_trials | converted_trials | refundable_trials | is_mature
            ads                 | 0           | 1                | {refundable}      | {is_mature}
            unknown             | 0           | 0                | 0                 | true
            total               | 0           | 1                | {refundable}      | {is_mature}
            """,
        )


def test_a_channel_that_says_total_is_not_taken_for_all(spark: SparkSession) -> None:
    drawn = "\n".join(NEW.replace("ads  ", "total").splitlines()[:3])
    others = ((fact_user_engagement, ACTIVE), (subscriptions, TRIALS), (payments, PAYMENTS))
    inputs = [filled(spark, table, text) for table, text in ((fact_funnel, drawn), *others)]
    assert_rows(
        report_acquisition(*inputs, as_of=date(2025, 2, 12)).where("cohort_week IS NULL"),
        report_acquisition,
        """
        acquisition_channel | new_users
        'total'             | 1
        total               | 1
        """,
    )
