"""What became of trials: paid for, paid and refunded, not paid for, or not decided yet."""

from datetime import date, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import observed_until

OPEN, CONVERTED, REFUNDED, UNPAID = "open", "converted", "refunded", "unpaid"
OUTCOMES = (OPEN, CONVERTED, REFUNDED, UNPAID)
_DAY_MICROS = 86_400_000_000


def trial_outcomes(
    subscriptions: DataFrame,
    payments: DataFrame,
    *,
    as_of: date | datetime,
    grace_days: int = 7,
    refund_days: int = 14,
    time_zone: str = "UTC",
) -> DataFrame:
    """One row per subscription with a trial that began up to the end of ``as_of``: its columns, and

    ``first_paid_at`` (first successful payment ever, of more than nothing), ``is_paid_in_time`` (it lies between the start of
    the trial and ``grace_days`` after its end, both included), ``is_refunded`` (and was paid back within ``refund_days``),
    ``is_refundable`` (it was not, but those days are not over) and ``outcome``: open until ``grace_days`` after the trial's
    end are over, whatever was paid so far (for ever where no end is said), then converted, refunded or unpaid.

    ``subscriptions``: one row each, with ``subscription_id``, ``trial_start_at``, ``trial_end_at``. ``payments``: one row
    each, with ``payment_id``, ``subscription_id``, ``paid_at``, ``amount``, ``status`` (succeeded or refunded count) and
    ``refunded_at``; what happens after ``as_of`` is not known yet. A refund without a time counts as one in time.
    """
    until = observed_until(as_of, time_zone)
    micros = F.unix_micros
    is_payment = F.col("status").isin("succeeded", "refunded") & (F.col("amount") > 0) & (micros("paid_at") < until)
    refund = F.when(F.col("status") == "refunded", F.coalesce("refunded_at", "paid_at")).otherwise(F.col("refunded_at"))
    first = payments.where(is_payment).groupBy("subscription_id")
    paid = first.agg(F.min(F.struct("paid_at", "payment_id", refund.alias("refunded_at"))).alias("_first"))
    trials = subscriptions.where(F.col("trial_start_at").isNotNull() & (micros("trial_start_at") < until))
    paid_at, refunded_at = micros("_first.paid_at"), micros("_first.refunded_at")
    closes = micros("trial_end_at") + grace_days * _DAY_MICROS
    in_time = (paid_at >= micros("trial_start_at")) & F.coalesce(paid_at <= closes, F.lit(True))
    is_refunded = (refunded_at < until) & (refunded_at <= paid_at + refund_days * _DAY_MICROS)
    judged = trials.join(paid, "subscription_id", "left").select(
        *[F.col(name) for name in subscriptions.columns],
        F.col("_first.paid_at").alias("first_paid_at"),
        F.coalesce(in_time, F.lit(False)).alias("is_paid_in_time"),
        F.coalesce(in_time & is_refunded, F.lit(False)).alias("is_refunded"),
        F.coalesce(paid_at + refund_days * _DAY_MICROS >= until, F.lit(False)).alias("_may_be_refunded"),
        F.coalesce(closes >= until, F.lit(True)).alias("_is_open"),
    )
    outcome = (
        F.when(F.col("_is_open"), OPEN)
        .when(F.col("is_refunded"), REFUNDED)
        .when(F.col("is_paid_in_time"), CONVERTED)
        .otherwise(UNPAID)
    )
    return judged.select(
        *subscriptions.columns,
        "first_paid_at",
        "is_paid_in_time",
        "is_refunded",
        (F.col("is_paid_in_time") & ~F.col("is_refunded") & F.col("_may_be_refunded")).alias("is_refundable"),
        outcome.alias("outcome"),
    )
