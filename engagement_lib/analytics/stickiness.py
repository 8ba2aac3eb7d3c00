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
    # The last period that has a day before the first one with data.
    day_before = None if first_date is None else first_date - dt.timedelta(days=1)
    if period == "hour":
        # Hours of the zone's clocks, which are half an hour off in some.
        until = observed_until(as_of, time_zone)
        shift = until % _HOUR_MICROS
        number = F.floor((F.unix_micros(date) - shift) / _HOUR_MICROS).cast("int")
        now = until // _HOUR_MICROS - 1
        unseen = None if day_before is None else (observed_until(day_before, time_zone) - shift) // _HOUR_MICROS - 1
    else:
        number = period_number(local_date(activity, date, time_zone), period, week_start)
        now = period_of(as_of, period, week_start)
        unseen = None if day_before is None else period_of(day_before, period, week_start)
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
        F.lit(None if unseen is None else now - window + 1 <= unseen).cast("boolean").alias("is_partial_window"),
    )
