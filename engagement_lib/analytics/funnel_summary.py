"""A funnel's attempts as one row per step: how many users got there, how fast, and how many still may."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def funnel_summary(
    entries: DataFrame, step_names: Sequence[str], *, user: str | Sequence[str], by: Sequence[str] = ()
) -> DataFrame:
    """One row per combination of ``by`` and ``step`` (1, 2, ...; ``step_name``).

    A user counts at the furthest step of the best attempt (of equals, the first). ``users`` reached the step, ``entered``
    the first one; ``open_users`` did not reach it but have an attempt whose window is open; ``users_before`` and
    ``open_users_before``: those who reached the step before, and those of them who stopped there and are open.
    ``conversion_rate`` = users / (entered - open_users) and ``step_conversion_rate`` = users / (users_before -
    open_users_before): of those who decided; null where nobody did, the latter also for the first step.
    ``average_seconds`` and ``median_seconds`` since the step before. ``excluded_users``: all their attempts were excluded,
    so they are in no other number.

    ``entries``: rows of ``funnel`` for as many steps, with order any in the order in which a user did them. A user whose
    attempts differ in ``by`` counts once for each value.
    """
    unit = [user] if isinstance(user, str) else list(user)
    best = F.max(F.when(~F.col("is_excluded"), F.struct("furthest_step", (-F.col("entry")).alias("_earliest"), "step_times")))
    is_open = F.bool_or(F.col("window_open") & ~F.col("is_excluded"))
    users = entries.groupBy(*by, *unit).agg(best.alias("_best"), is_open.alias("_open"))
    each = users.select(
        *by,
        F.col("_best").isNull().alias("_excluded"),
        F.coalesce("_best.furthest_step", F.lit(0)).alias("_furthest"),
        F.sort_array("_best.step_times").alias("_times"),
        "_open",
        F.posexplode(F.array(*[F.lit(name) for name in step_names])).alias("_before", "step_name"),
    )
    step, furthest = F.col("_before") + 1, F.col("_furthest")
    has_come = furthest >= step
    # steps that were not reached are null and sorted to the front
    place = len(step_names) - furthest + F.col("_before")
    since_before = F.unix_micros(F.get("_times", place)) - F.unix_micros(F.get("_times", place - 1))
    seconds = F.when(has_come & (step > 1), since_before / 1_000_000)
    tallies = each.groupBy(*by, step.alias("step"), "step_name").agg(
        F.count_if(furthest > 0).alias("entered"),
        F.count_if(has_come).alias("users"),
        F.count_if((furthest > 0) & ~has_come & F.col("_open")).alias("open_users"),
        F.count_if(furthest >= F.col("_before")).alias("_users_before"),
        F.count_if((furthest == F.col("_before")) & F.col("_open")).alias("_open_before"),
        F.count_if("_excluded").alias("excluded_users"),
        F.avg(seconds).alias("average_seconds"),
        F.median(seconds).alias("median_seconds"),
    )
    is_later = F.col("step") > 1
    return tallies.select(
        *by,
        "step",
        "step_name",
        "entered",
        "users",
        "open_users",
        F.when(is_later, F.col("_users_before")).alias("users_before"),
        F.when(is_later, F.col("_open_before")).alias("open_users_before"),
        "excluded_users",
        _share(F.col("users"), F.col("entered") - F.col("open_users")).alias("conversion_rate"),
        F.when(is_later, _share(F.col("users"), F.col("_users_before") - F.col("_open_before"))).alias("step_conversion_rate"),
        "average_seconds",
        "median_seconds",
    )


def _share(part: Column, whole: Column) -> Column:
    return F.when(whole > 0, part / whole)
