"""User segments: how engaged each known user is on a day, and why we say so."""

import datetime as dt

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import local_date

SEGMENTS = ("at_risk", "highly_engaged", "casual", "dormant")


def user_segments(
    activity: DataFrame,
    *,
    user: str,
    date: str,
    completions: str,
    as_of: dt.date,
    first_active: str | None = None,
    window_days: int = 28,
    at_risk_days_before: int = 4,
    at_risk_share: float = 0.5,
    at_risk_after_days: int = 14,
    engaged_days: int = 12,
    engaged_completions: int = 4,
    new_for_days: int = 14,
) -> DataFrame:
    """One row per ``user`` ever active up to ``as_of``: the first ``segment`` that fits and the ``reason``, in words.

    Over the ``window_days`` dates that end at ``as_of`` and as many before them: dormant = not active in the window;
    at_risk = at least ``at_risk_days_before`` active days in the window before and now at most ``at_risk_share`` of them, or
    the last activity ``at_risk_after_days`` or more days ago; highly_engaged = at least ``engaged_days`` active days and
    ``engaged_completions`` completions; casual = any other. ``is_new``: first active less than ``new_for_days`` days ago.
    Beside them ``active_days``, ``active_days_before``, ``completions`` in the window, ``days_since_last`` and ``first_active``.

    ``activity``: any number of rows per user and ``date`` (a local date) with the number ``completions``. It reaches back
    for ever, or holds in ``first_active`` the user's first active date. Raises ValueError for windows of more than 63 days.
    """
    if not 1 <= window_days <= 63:
        raise ValueError(f"window_days is {window_days}; it can be 1 to 63")
    day = local_date(activity, date, "UTC")
    ago = F.datediff(F.lit(as_of), day)
    users = (
        activity.where(F.col(user).isNotNull() & (ago >= 0))
        .groupBy(user)
        .agg(
            _distinct_days(ago, window_days).alias("active_days"),
            _distinct_days(ago - window_days, window_days).alias("active_days_before"),
            F.coalesce(F.sum(F.when(ago < window_days, F.col(completions))), F.lit(0)).alias("completions"),
            F.min(ago).alias("days_since_last"),
            F.min(day if first_active is None else F.least(day, F.col(first_active))).alias("first_active"),
        )
    )
    now, before, since = F.col("active_days"), F.col("active_days_before"), F.col("days_since_last")
    fell = (before >= at_risk_days_before) & (now <= before * F.lit(at_risk_share))
    is_idle = since >= at_risk_after_days
    is_engaged = (now >= engaged_days) & (F.col("completions") >= engaged_completions)
    last_seen = F.format_string("last active %d days ago", since)
    fewer_days = F.format_string("active days fell from %d to %d", before, now)
    active = F.format_string("active days %d, completions %d", now, F.col("completions").cast("bigint"))
    segment = F.when(now == 0, "dormant").when(fell | is_idle, "at_risk").when(is_engaged, "highly_engaged").otherwise("casual")
    why_at_risk = F.concat_ws("; ", F.when(fell, fewer_days), F.when(is_idle, last_seen))
    return users.select(
        user,
        segment.alias("segment"),
        F.when(now == 0, last_seen).when(fell | is_idle, why_at_risk).otherwise(active).alias("reason"),
        (F.datediff(F.lit(as_of), "first_active") < new_for_days).alias("is_new"),
        "active_days",
        "active_days_before",
        "completions",
        "days_since_last",
        "first_active",
    )


def _distinct_days(ago: Column, days: int) -> Column:
    """Aggregate: different values of ``ago`` from 0 to ``days`` - 1. A bit per day keeps one number a user in one pass."""
    bit = F.call_function("shiftleft", F.lit(1).cast("bigint"), ago)
    return F.bit_count(F.coalesce(F.bit_or(F.when(ago.between(0, days - 1), bit)), F.lit(0).cast("bigint")))
