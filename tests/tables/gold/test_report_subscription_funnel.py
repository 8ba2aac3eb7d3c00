"""gold.report_subscription_funnel: how many trials are paid for."""

from datetime import date

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.report_subscription_funnel import report_subscription_funnel
from engagement_lib.tables.silver.payments import payments
from engagement_lib.tables.silver.subscriptions import subscriptions
from engagement_lib.tables.silver.users import users
from tests.support import assert_rows, filled, nothing

TRIALS = """
    subscription_id | user_id | plan    | trial_start_at   | trial_end_at     | is_current
    paid            | u1      | yearly  | 2025-02-03 10:00 | 2025-02-10 10:00 | true
    paid            | u1      | monthly | 2025-02-03 10:00 | 2025-02-10 10:00 | false
    refunded        | u2      | yearly  | 2025-02-03 10:00 | 2025-02-10 10:00 | true
    unpaid          | u3      | monthly | 2025-02-10 10:00 | 2025-02-17 10:00 | true
    running         | u3      | monthly | 2025-03-20 10:00 | 2025-04-20 10:00 | true
    tester          | u4      | monthly | 2025-02-10 10:00 | 2025-02-17 10:00 | true
    no_trial        | u1      | monthly |                  |                  | true
    stranger        | u9      |         | 2025-03-17 10:00 | 2025-03-24 09:00 | true
"""
PAYMENTS = """
    payment_id | subscription_id | user_id | paid_at          | amount | status    | refunded_at      | is_current
    p1         | paid            | u1      | 2025-02-05 10:00 | 9.99   | succeeded |                  | true
    p2         | refunded        | u2      | 2025-02-10 10:00 | 9.99   | refunded  | 2025-02-12 10:00 | true
    p2         | refunded        | u2      | 2025-02-10 10:00 | 9.99   | succeeded |                  | false
    p3         | running         | u3      | 2025-03-21 10:00 | 9.99   | succeeded |                  | true
    p4         | tester          | u4      | 2025-02-11 10:00 | 9.99   | succeeded |                  | true
    p5         | stranger        | u9      | 2025-03-30 10:00 | 9.99   | succeeded |                  | true
"""
USERS = """
    user_id | signup_at        | is_current | signup_platform | is_test | acquisition_channel
    u1      | 2025-02-01 10:00 | true       | web             |         | organic
    u2      | 2025-02-01 10:00 | true       | mobile          | false   | ads
    u3      | 2025-02-01 10:00 | true       | mobile          |         | ads
    u4      | 2025-02-01 10:00 | true       | mobile          | true    | ads
"""


def test_running_trials_are_open_and_refunded_ones_no_conversions(spark: SparkSession) -> None:
    drawn = (filled(spark, table, text) for table, text in ((subscriptions, TRIALS), (payments, PAYMENTS), (users, USERS)))
    found = report_subscription_funnel(*drawn, as_of=date(2025, 3, 31))
    expected = """
        split               | split_value | trials | open_trials | open_trials_paid | decided_trials | converted_trials | refunded_trials | unpaid_trials | refundable_trials | trial_to_paid_rate | is_mature
        total               | total       | 5      | 1           | 1                | 4              | 2                | 1               | 1             | 1                 | 0.5                | false
        plan                | yearly      | 2      | 0           | 0                | 2              | 1                | 1               | 0             | 0                 | 0.5                | true
        plan                | monthly     | 2      | 1           | 1                | 1              | 0                | 0               | 1             | 0                 | 0                  | false
        plan                | unknown     | 1      | 0           | 0                | 1              | 1                | 0               | 0             | 1                 | 1                  | false
        acquisition_channel | organic     | 1      | 0           | 0                | 1              | 1                | 0               | 0             | 0                 | 1                  | true
        acquisition_channel | ads         | 3      | 1           | 1                | 2              | 0                | 1               | 1             | 0                 | 0                  | false
        acquisition_channel | unknown     | 1      | 0           | 0                | 1              | 1                | 0               | 0             | 1                 | 1                  | false
        trial_week          | 2025-02-03  | 2      | 0           | 0                | 2              | 1                | 1               | 0             | 0                 | 0.5                | true
        trial_week          | 2025-02-10  | 1      | 0           | 0                | 1              | 0                | 0               | 1             | 0                 | 0                  | true
        trial_week          | 2025-03-17  | 2      | 1           | 1                | 1              | 1                | 0               | 0             | 1                 | 1                  | false
    """
    assert_rows(found.where("split NOT IN ('platform', 'country_code')"), report_subscription_funnel, expected)
    total = found.where("split = 'total'").first()
    assert total.median_seconds_to_pay == (2 + 13) / 2 * 86_400


def test_there_is_no_rate_while_no_trial_is_decided(spark: SparkSession) -> None:
    begun = """
        subscription_id | user_id | plan    | trial_start_at   | trial_end_at     | is_current
        running         | u1      | monthly | 2025-03-30 10:00 | 2025-04-06 10:00 | true
    """
    found = report_subscription_funnel(
        filled(spark, subscriptions, begun), nothing(spark, payments), nothing(spark, users), as_of=date(2025, 3, 31)
    )
    assert_rows(
        found.where("split = 'total'"),
        report_subscription_funnel,
        """
        trials | open_trials | open_trials_paid | decided_trials | converted_trials | unpaid_trials | trial_to_paid_rate | median_seconds_to_pay | is_mature
        1      | 1           | 0                | 0              | 0                | 0             | null               | null                  | false
        """,
    )
