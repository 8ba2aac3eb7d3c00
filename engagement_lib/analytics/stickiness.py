"""Stickiness as a histogram (L-ness): on how many days of a window users were active."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import Period, WeekStart, local_date, observed_until, period_number, period_of

_HOUR_MICROS = 3_600_000_000


def stickiness_histogram(
    activity: DataFrame,
    *,
    user: str,
    date: str,
    as_of: dt.date,
    period: Period | Literal["hour"] = "day",
    window: int = 28,
    week_start: WeekStart = "monday",
    time_zone: str = "UTC",
    first_date: dt.date | None = None,
    by: Sequence[str] = (),
) -> DataFrame:
    """One row per combination of ``by`` and ``active_periods`` from 1 to ``window``: ``users`` active in exactly so many of
    the ``window`` periods that end with the one of ``as_of``, and ``is_partial_window``: the window begins before
    ``first_date``, the first day with data (None: not known, null).

    ``activity``: any number of rows per user at ``date`` (a local date or, needed for hours, a timestamp); rows without a
    user and after ``as_of`` do not count. ``by``: columns that a user is counted in with each of their values.
    Raises ValueError for a window below 1.
    """
    if window < 1:
        raise ValueError(f"window is {window}; a window has at least one {period}")
    if period == "hour":
        number = F.floor(F.unix_micros(date) / _HOUR_MICROS).cast("int")
        now = observed_until(as_of, time_zone) // _HOUR_MICROS - 1
        first = None if first_date is None else observed_until(first_date - dt.timedelta(days=1), time_zone) // _HOUR_MICROS
    else:
        number = period_number(local_date(activity, date, time_zone), period, week_start)
        now = period_of(as_of, period, week_start)
        first = None if first_date is None else period_of(first_date, period, week_start)
    is_observed = number <= now if period == "hour" else local_date(activity, date, time_zone) <= F.lit(as_of)
    users = (
        activity.where(F.col(user).isNotNull() & is_observed & (number > now - window))
        .groupBy(*by, user)
        .agg(F.count_distinct(number).cast("int").alias("active_periods"))
    )
    tallies = users.groupBy(*by, "active_periods").agg(F.count("*").alias("users"))
    tally = F.collect_list(F.struct("active_periods", "users"))
    histogram = tallies.groupBy(*by).agg(F.map_from_entries(tally).alias("_tallies"))
    bars = histogram.select(*by, "_tallies", F.explode(F.sequence(F.lit(1), F.lit(window))).alias("active_periods"))
    return bars.select(
        *by,
        "active_periods",
        F.coalesce(F.try_element_at("_tallies", F.col("active_periods")), F.lit(0)).alias("users"),
        F.lit(None if first is None else now - window + 1 < first).cast("boolean").alias("is_partial_window"),
    )
