"""Churn signals: who uses the product clearly less than four weeks before, in which way."""

import datetime as dt

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import local_date

_SLACK = 1e-9


def churn_signals(
    activity: DataFrame,
    *,
    user: str,
    date: str,
    sessions: str,
    starts: str,
    finishes: str,
    feature_uses: str,
    as_of: dt.date,
    first_active: str | None = None,
    is_active: str | None = None,
    window_days: int = 28,
    sessions_before: int = 4,
    sessions_share: float = 0.5,
    starts_each: int = 4,
    completion_drop: float = 0.3,
    feature_uses_before: int = 4,
    feature_uses_share: float = 0.5,
) -> DataFrame:
    """One row per ``user`` active in the last 2 * ``window_days`` dates up to ``as_of``: three signals that compare the window
    with the one before, ``score`` = how many of them, ``reasons`` in words. All five are null for users without that much
    history (``has_history`` false).

    - ``sessions_fell``: now at most ``sessions_share`` of the sessions before, which were at least ``sessions_before``;
    - ``completion_fell``: the completion rate fell by ``completion_drop`` of itself or more, with ``starts_each`` starts in each;
    - ``feature_use_fell``: as for sessions, with ``feature_uses_before`` and ``feature_uses_share``.

    Beside them what they compare (``..._now``, ``..._before``; a completion rate without starts is null).
    ``activity``: any number of rows per user and ``date`` (a local date) with four counts: ``sessions``, ``starts`` (attempts
    begun on the day), ``finishes`` (those of them that were finished by the end of the window: other finishes would make no
    rate, and later ones none that compares) and ``feature_uses``. It reaches back for ever, or holds in ``first_active`` the
    user's first active date. Where only some rows show activity, ``is_active`` is true for them: the others count, but nobody is
    active, or known for longer, by them.
    """
    day = local_date(activity, date, "UTC")
    ago = F.datediff(F.lit(as_of), day)
    active_ago = ago if is_active is None else F.when(F.col(is_active), ago)
    first_ago = F.lit(None) if first_active is None else F.datediff(F.lit(as_of), first_active)
    counts = {"sessions": sessions, "starts": starts, "finishes": finishes, "feature_uses": feature_uses}
    sums = [
        F.coalesce(F.sum(F.when(is_in, F.col(column))), F.lit(0)).alias(f"{name}_{when}")
        for name, column in counts.items()
        for when, is_in in (("now", ago < window_days), ("before", ago.between(window_days, 2 * window_days - 1)))
    ]
    users = (
        activity.where(F.col(user).isNotNull() & (ago >= 0))
        .groupBy(user)
        .agg(
            *sums,
            F.min(active_ago).alias("days_since_last"),
            F.max(active_ago if first_active is None else F.greatest(active_ago, first_ago)).alias("_age"),
        )
    )
    compared = users.where(F.col("days_since_last") < 2 * window_days).select(
        "*",
        (F.col("_age") >= 2 * window_days - 1).alias("has_history"),
        _rate("now").alias("completion_rate_now"),
        _rate("before").alias("completion_rate_before"),
    )
    signals = {
        "sessions_fell": _fell("sessions", sessions_before, sessions_share),
        "completion_fell": (F.least("starts_now", "starts_before") >= starts_each)
        & (F.col("finishes_before") > 0)
        & (F.col("completion_rate_now") <= F.col("completion_rate_before") * (1 - completion_drop) + _SLACK),
        "feature_use_fell": _fell("feature_uses", feature_uses_before, feature_uses_share),
    }
    known = compared.select(
        "*", *[F.when(F.col("has_history"), F.coalesce(signal, F.lit(False))).alias(name) for name, signal in signals.items()]
    )
    return known.select(
        user,
        "has_history",
        *signals,
        sum(F.col(name).cast("int") for name in signals).alias("score"),
        F.when(F.col("has_history"), _reasons()).alias("reasons"),
        *[f"{name}_{when}" for name in ("sessions", "starts", "completion_rate", "feature_uses") for when in ("now", "before")],
        "days_since_last",
    )


def _rate(when: str) -> Column:
    return F.try_divide(f"finishes_{when}", f"starts_{when}")


def _fell(name: str, least_before: int, share: float) -> Column:
    before = F.col(f"{name}_before")
    return (before >= least_before) & (F.col(f"{name}_now") <= before * F.lit(share) + _SLACK)


def _reasons() -> Column:
    def change(words: str, name: str) -> Column:
        return F.format_string(words, *[F.col(f"{name}_{when}").cast("bigint") for when in ("before", "now")])

    rates = [F.round(F.col(f"completion_rate_{when}") * 100).cast("int") for when in ("before", "now")]
    return F.array_compact(
        F.array(
            F.when(F.col("sessions_fell"), change("sessions fell from %d to %d", "sessions")),
            F.when(F.col("completion_fell"), F.format_string("completion rate fell from %d %% to %d %%", *rates)),
            F.when(F.col("feature_use_fell"), change("feature uses fell from %d to %d", "feature_uses")),
        )
    )
