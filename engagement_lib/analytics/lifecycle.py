"""Lifecycle: who is new, stays, comes back or falls silent in each period, and the growth accounting of it.

A user has a row in each period of activity and one in the period after it in which the silence begins, so there is no
join of users with days, and active(t) = active(t - 1) + new + resurrected - churned holds by construction.
"""

import datetime as dt
from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import (
    Period,
    WeekStart,
    last_full_period,
    local_date,
    period_number,
    period_of,
    period_start,
)

STATES = ("new", "retained", "resurrected", "dormant")


def lifecycle(
    activity: DataFrame,
    *,
    user: str,
    date: str,
    as_of: dt.date,
    period: Period = "day",
    week_start: WeekStart = "monday",
    first_date: dt.date | None = None,
) -> DataFrame:
    """One row per ``user`` and ``period_start`` with a ``state``: new (never active before), retained (active in the period
    before, too), resurrected (active, but not in the period before) or dormant (active in the period before, not in this
    one: churned; only the first silent period has a row).

    ``days_since_last``: from the last active day of an earlier period to the first one of this; for dormant to the end of
    the period or ``as_of``; null for new. ``is_mature``: the period is over at the end of ``as_of``; until then a dormant
    user may still come. ``activity``: any number of rows per user and ``date`` (a local date); rows without a user and
    after ``as_of`` do not count. Periods before that of ``first_date`` decide who is new, but have no rows.
    """
    day = local_date(activity, date, "UTC")
    history = Window.partitionBy(user).orderBy("_period")
    active = (
        activity.where(F.col(user).isNotNull() & (day <= F.lit(as_of)))
        .groupBy(user, period_number(day, period, week_start).alias("_period"))
        .agg(F.min(day).alias("_first"), F.max(day).alias("_last"))
        .select(
            "*",
            F.lag("_period").over(history).alias("_before"),
            F.lag("_last").over(history).alias("_last_before"),
            F.lead("_period").over(history).alias("_next"),
        )
    )
    this, following = F.col("_period"), F.col("_period") + 1
    state = F.when(F.col("_before").isNull(), "new").when(F.col("_before") == this - 1, "retained").otherwise("resurrected")
    silence_seen = F.least(F.date_sub(period_start(following + 1, period, week_start), 1), F.lit(as_of))
    present = F.struct(this.alias("_number"), state.alias("state"), F.datediff("_first", "_last_before").alias("days_since_last"))
    silent = F.struct(
        following.alias("_number"), F.lit("dormant").alias("state"), F.datediff(silence_seen, "_last").alias("days_since_last")
    )
    falls_silent = (F.col("_next").isNull() | (F.col("_next") > following)) & (following <= period_of(as_of, period, week_start))
    both = F.array(present, F.when(falls_silent, silent))
    states = active.select(user, F.explode(both).alias("_state")).select(user, "_state.*")
    first = None if first_date is None else period_of(first_date, period, week_start)
    return states.where(F.col("_number").isNotNull() if first is None else F.col("_number") >= first).select(
        user,
        period_start(F.col("_number"), period, week_start).alias("period_start"),
        "state",
        "days_since_last",
        (F.col("_number") <= last_full_period(as_of, period, week_start)).alias("is_mature"),
    )


def growth_accounting(
    states: DataFrame,
    *,
    as_of: dt.date,
    period: Period = "day",
    week_start: WeekStart = "monday",
    first_date: dt.date | None = None,
    by: Sequence[str] = (),
) -> DataFrame:
    """One row per combination of ``by`` and ``period_start``, from ``first_date`` (None: the first period seen) to ``as_of``,
    periods without anybody included: ``new``, ``retained``, ``resurrected`` and ``churned`` users, ``active`` ones and
    ``active_before`` (in the period before), ``quick_ratio`` = (new + resurrected) / churned (null where nobody churned,
    and until the period is over) and ``is_mature``. Always active = active_before + new + resurrected - churned.

    ``states``: rows of ``lifecycle`` for the same periods, with the columns ``by``, which must not change within a user.
    """
    counts = {"dormant": "churned"}
    tallies = states.groupBy(*by, period_number(F.col("period_start"), period, week_start).alias("_number")).agg(
        *[F.count_if(F.col("state") == state).alias(counts.get(state, state)) for state in STATES]
    )
    tally = F.struct("new", "retained", "resurrected", "churned")
    seen = tallies.groupBy(*by).agg(
        F.min("_number").alias("_first"), F.map_from_entries(F.collect_list(F.struct("_number", tally))).alias("_tallies")
    )
    start = F.col("_first") if first_date is None else F.lit(period_of(first_date, period, week_start))
    every = seen.where(start <= period_of(as_of, period, week_start)).select(
        *by, "_tallies", F.explode(F.sequence(start, F.lit(period_of(as_of, period, week_start)))).alias("_number")
    )
    found = F.try_element_at("_tallies", F.col("_number"))
    filled = every.select(
        *by,
        period_start(F.col("_number"), period, week_start).alias("period_start"),
        *[F.coalesce(found[name], F.lit(0)).alias(name) for name in ("new", "retained", "resurrected", "churned")],
        (F.col("_number") <= last_full_period(as_of, period, week_start)).alias("is_mature"),
    )
    gained = F.col("new") + F.col("resurrected")
    return filled.select(
        *by,
        "period_start",
        "new",
        "retained",
        "resurrected",
        "churned",
        (gained + F.col("retained")).alias("active"),
        (F.col("retained") + F.col("churned")).alias("active_before"),
        F.when(F.col("is_mature") & (F.col("churned") > 0), gained / F.col("churned")).alias("quick_ratio"),
        "is_mature",
    )
