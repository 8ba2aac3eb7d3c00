"""Distinct users in sliding windows of days, without looking at any user-day more than once.

A user is active in the n-day window that ends on d as long as the last active day is less than n days before d. So a
run of active days opens one interval at its first day and closes it n days after its last; the window's users are
the intervals open on d: a running sum of openings minus closings. The cost is one pass over user-days for all windows.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.window import WindowSpec


def active_windows(
    activity: DataFrame,
    *,
    user: str,
    day: str,
    days: Sequence[int] = (7, 28, 30),
    calendar: bool = True,
    by: Sequence[str] = (),
    first_day: date | None,
    as_of: date | None,
) -> DataFrame:
    """One row per day from ``first_day`` to ``as_of`` and combination of ``by`` seen in the activity: ``active_users``
    (on that day), ``active_users_<n>d`` (distinct in the n dates that end on the day) and, with ``calendar``,
    ``active_users_month`` (distinct from the first of the month to the day).

    ``activity`` holds any number of rows per user and day; rows without a user do not count, and only say that there is such
    a combination. To get day d right it needs the ``max(days)`` days before d, and the month's. Days without activity are
    rows, with what is still open.
    """
    closings_by_day = _openings_and_closings(activity, user=user, day=day, days=days, by=by)
    counted = _every_day(closings_by_day, day=day, by=by, first_day=first_day, as_of=as_of)
    order = Window.partitionBy(*by).orderBy(day)
    so_far = order.rowsBetween(Window.unboundedPreceding, 0)
    month = Window.partitionBy(*by, F.trunc(day, "month")).orderBy(day).rowsBetween(Window.unboundedPreceding, 0)
    windows = [
        (F.sum(f"_opened_{n}").over(so_far) - F.coalesce(F.sum(f"_closed_{n}").over(_until(order, n)), F.lit(0))).alias(
            f"active_users_{n}d"
        )
        for n in days
    ]
    in_month = [F.sum("_opened_month").over(month).alias("active_users_month")] if calendar else []
    found = counted.select(day, *by, "active_users", *windows, *in_month)
    return found if first_day is None else found.where(F.col(day) >= F.lit(first_day))


def _until(order: WindowSpec, n: int) -> WindowSpec:
    """Rows up to n days before: the days are dense, so n rows are n days."""
    return order.rowsBetween(Window.unboundedPreceding, -n)


def _openings_and_closings(activity: DataFrame, *, user: str, day: str, days: Sequence[int], by: Sequence[str]) -> DataFrame:
    """Per day: users active, intervals opened, and intervals whose last active day this is."""
    # The user first: where many have the same values of ``by``, sorting by these would compare all of them in full.
    history = Window.partitionBy(user, *by).orderBy(day)
    rows = activity.select(*by, user, day)
    neighbours = rows.select("*", F.lag(day).over(history).alias("_before"), F.lead(day).over(history).alias("_after"))
    is_user = F.col(user).isNotNull()
    # Further rows of the same day have it as their neighbour: they open and close nothing, and are not counted again.
    sums = [_count(is_user & (F.col("_before").isNull() | (F.col("_before") < F.col(day))), "active_users")]
    for n in days:
        sums.append(_count(is_user & (F.col("_before").isNull() | (F.datediff(day, "_before") >= n)), f"_opened_{n}"))
        sums.append(_count(is_user & (F.col("_after").isNull() | (F.datediff("_after", day) >= n)), f"_closed_{n}"))
    new_in_month = is_user & (F.col("_before").isNull() | (F.col("_before") < F.trunc(day, "month")))
    return neighbours.groupBy(*by, day).agg(*sums, _count(new_in_month, "_opened_month"))


def _count(condition: Column, name: str) -> Column:
    return F.count_if(condition).alias(name)


def _every_day(counted: DataFrame, *, day: str, by: Sequence[str], first_day: date | None, as_of: date | None) -> DataFrame:
    """A row for each day, from the first day seen (the window before ``first_day`` is needed for its sums) to ``as_of``."""
    seen = counted.groupBy(*by).agg(F.min(day).alias("_first"))
    start = F.least(F.col("_first"), F.lit(first_day)) if first_day else F.col("_first")
    end = F.lit(as_of)
    calendar = seen.where(start <= end).select(*by, F.explode(F.sequence(start, end)).alias(day))
    counts = [name for name in counted.columns if name not in (*by, day)]
    # A null in ``by`` is a value as well.
    keys = {name: f"_key_{n}" for n, name in enumerate((*by, day))}
    same = reduce(Column.__and__, [F.col(name).eqNullSafe(F.col(key)) for name, key in keys.items()])
    filled = calendar.join(counted.select(*[F.col(name).alias(key) for name, key in keys.items()], *counts), same, "left")
    return filled.select(day, *by, *[F.coalesce(name, F.lit(0)).alias(name) for name in counts])
