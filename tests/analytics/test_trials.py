"""What became of trials."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from engagement_lib.analytics.trials import OUTCOMES, trial_outcomes
from tests.support import assert_rows, rows

TRIAL = "subscription_id string, trial_start_at timestamp, trial_end_at timestamp"
PAYMENT = (
    "payment_id string, subscription_id string, paid_at timestamp, amount decimal(18,4), status string, refunded_at timestamp"
)
OUTCOME = "subscription_id string, first_paid_at timestamp, is_paid_in_time boolean, is_refundable boolean, outcome string"


def ask(spark, trials, payments, **asked):
    return trial_outcomes(rows(spark, TRIAL, trials), rows(spark, PAYMENT, payments), **{"as_of": date(2025, 3, 31), **asked})


def test_the_first_payment_decides_until_seven_days_after_the_trial(spark):
    """The trial ends on 02-08 10:00: a payment at 02-15 10:00 is in time, one a second later is not."""
    trials = "subscription_id | trial_start_at | trial_end_at\n" + "\n".join(
        f"{name} | 2025-02-01 10:00 | 2025-02-08 10:00" for name in ("in_time", "late", "before", "free", "failed", "never")
    )
    payments = """
        payment_id | subscription_id | paid_at             | amount | status    | refunded_at
        p1         | in_time         | 2025-02-15 10:00:00 | 9.99   | succeeded |
        p2         | late            | 2025-02-15 10:00:01 | 9.99   | succeeded |
        p3         | before          | 2025-01-01 10:00:00 | 9.99   | succeeded |
        p4         | before          | 2025-02-10 10:00:00 | 9.99   | succeeded |
        p5         | free            | 2025-02-01 10:00:00 | 0      | succeeded |
        p6         | failed          | 2025-02-08 10:00:00 | 9.99   | failed    |
        p7         | failed          | 2025-02-08 11:00:00 | 9.99   | pending   |
    """
    assert_rows(
        ask(spark, trials, payments),
        OUTCOME,
        """
        subscription_id | first_paid_at       | is_paid_in_time | outcome
        in_time         | 2025-02-15 10:00:00 | true            | converted
        late            | 2025-02-15 10:00:01 | false           | unpaid
        before          | 2025-01-01 10:00:00 | false           | unpaid
        free            |                     | false           | unpaid
        failed          |                     | false           | unpaid
        never           |                     | false           | unpaid
        """,
    )


def test_a_refund_within_fourteen_days_takes_the_conversion_back_once_it_is_known(spark):
    trials = "subscription_id | trial_start_at | trial_end_at\n" + "\n".join(
        f"{name} | 2025-02-01 10:00 | 2025-02-08 10:00" for name in ("soon", "edge", "late", "untimed", "second")
    )
    payments = """
        payment_id | subscription_id | paid_at          | amount | status    | refunded_at
        p1         | soon            | 2025-02-08 10:00 | 9.99   | refunded  | 2025-02-17 10:00:00
        p2         | edge            | 2025-02-08 10:00 | 9.99   | refunded  | 2025-02-22 10:00:00
        p3         | late            | 2025-02-08 10:00 | 9.99   | refunded  | 2025-02-22 10:00:01
        p4         | untimed         | 2025-02-08 10:00 | 9.99   | refunded  |
        p5         | second          | 2025-02-08 10:00 | 9.99   | refunded  | 2025-02-09 10:00:00
        p6         | second          | 2025-02-09 11:00 | 9.99   | succeeded |
    """
    known = {row.subscription_id: row.outcome for row in ask(spark, trials, payments).collect()}
    assert known == {"soon": "refunded", "edge": "refunded", "late": "converted", "untimed": "refunded", "second": "refunded"}
    before = {row.subscription_id: row for row in ask(spark, trials, payments, as_of=date(2025, 2, 16)).collect()}
    assert before["soon"].outcome == "converted" and before["soon"].is_refundable
    assert not {row.is_refundable for row in ask(spark, trials, payments).collect()} - {False}


def test_running_trials_are_open_and_not_lost(spark):
    """Seven days after 03-24 10:00 are over within 03-31; trials without an end stay open, coming ones are none yet."""
    trials = """
        subscription_id | trial_start_at   | trial_end_at
        over            | 2025-03-20 10:00 | 2025-03-24 10:00
        grace           | 2025-03-20 10:00 | 2025-03-25 00:00
        paid            | 2025-03-20 10:00 | 2025-04-20 10:00
        endless         | 2025-01-01 10:00 |
        to_come         | 2025-04-01 00:00 | 2025-04-08 00:00
        none            |                  |
    """
    payments = """
        payment_id | subscription_id | paid_at          | amount | status    | refunded_at
        p1         | paid            | 2025-03-21 10:00 | 9.99   | succeeded |
        p2         | grace           | 2025-04-01 00:00 | 9.99   | succeeded |
    """
    assert_rows(
        ask(spark, trials, payments),
        OUTCOME,
        """
        subscription_id | is_paid_in_time | is_refundable | outcome
        over            | false           | false         | unpaid
        grace           | false           | false         | open
        paid            | true            | true          | open
        endless         | false           | false         | open
        """,
    )


def test_plain_python_judges_random_trials_the_same(spark):
    chance, day = random.Random(11), timedelta(days=1)
    begin, until = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
    trials, payments = [], []
    for n in range(200):
        start = begin + chance.randrange(95) * day
        trials.append((f"s{n}", start, chance.choice([start + 7 * day, start + 14 * day, None])))
        for k in range(chance.choice([0, 1, 1, 2])):
            paid = start + chance.randrange(-2, 25) * day
            refund = paid + chance.randrange(1, 20) * day if chance.random() < 0.4 else None
            status = "refunded" if refund else chance.choice(["succeeded", "succeeded", "failed", "pending"])
            payments.append((f"p{n}-{k}", f"s{n}", paid, Decimal(chance.choice(["0", "9.99", "9.99"])), status, refund))

    def judged(start, end, mine):
        good = [p for p in mine if p[3] > 0 and p[4] in ("succeeded", "refunded") and p[2] < until]
        if end is None or end + 7 * day >= until:
            return "open"
        if not good or not start <= good[0][2] <= end + 7 * day:
            return "unpaid"
        refund = good[0][5]
        return "refunded" if refund and refund < until and refund - good[0][2] <= 14 * day else "converted"

    expected = {}
    for name, start, end in trials:
        if start < until:
            mine = sorted((p for p in payments if p[1] == name), key=lambda p: (p[2], p[0]))
            expected[name] = judged(start, end, mine)
    frames = (spark.createDataFrame(trials, TRIAL), spark.createDataFrame(payments, PAYMENT))
    found = {row.subscription_id: row.outcome for row in trial_outcomes(*frames, as_of=date(2025, 3, 31)).collect()}
    assert found == expected and set(found.values()) == set(OUTCOMES)
