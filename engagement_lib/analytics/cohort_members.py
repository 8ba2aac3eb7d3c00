"""Members of retention cohorts: who entered when, and at which n they came back. The per-user half of ``retention``.

Written without higher-order functions: Spark interprets those, which costs minutes on ten million user-days.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

_DAY_MICROS = 86_400_000_000


def user_periods(came: DataFrame, by: Sequence[str], *, per_utc_day: bool) -> DataFrame:
    """One row per user and period: ``_entry`` (struct of the first start's time and its ``by`` values, or null),
    ``_first_return`` and ``_last_return``. ``came``: ``_user``, ``_period``, ``_start`` and ``_return`` (times or null), ``by``.

    ``per_utc_day`` splits further, for 24-hour windows: within one UTC day at most two windows of a member meet, and the
    first and the last return tell which.
    """
    utc_day = [F.floor(F.unix_micros(F.coalesce("_start", "_return")) / _DAY_MICROS)] if per_utc_day else []
    # the smallest struct costs a sort, the smallest time does not
    first = F.min(F.when(F.col("_start").isNotNull(), F.struct(F.col("_start").alias("at"), *by))) if by else _at(F.min("_start"))
    return came.groupBy("_user", "_period", *utc_day).agg(
        first.alias("_entry"), F.min("_return").alias("_first_return"), F.max("_return").alias("_last_return")
    )


def members(periods: DataFrame, *, is_recurring: bool) -> DataFrame:
    """The rows of ``user_periods`` from a start on, for each cohort that the user belongs to (its period: ``_cohort``), with
    the start's ``_entry`` and with ``_enters``, which is true on one row per member. The cohort is that of the user's first
    start or (recurring) of each period with one."""
    history = Window.partitionBy("_user").orderBy("_period", F.least("_entry.at", "_first_return"))
    start = F.when(F.col("_entry").isNotNull(), F.struct(F.col("_period").alias("cohort"), F.col("_entry").alias("entry")))
    if is_recurring:
        return _every_cohort(periods.select("*", start.alias("_start")), history)
    so_far = history.rowsBetween(Window.unboundedPreceding, 0)
    first = F.first(start, ignorenulls=True).over(so_far)
    known = periods.select("*", first.alias("_start"), F.count(start).over(so_far).alias("_starts"))
    return known.where(F.col("_start").isNotNull()).select(
        "_user",
        F.col("_start.cohort").alias("_cohort"),
        F.col("_start.entry").alias("_entry"),
        "_period",
        "_first_return",
        "_last_return",
        ((F.col("_starts") == 1) & F.col("_entry").isNotNull()).alias("_enters"),
    )


def _every_cohort(periods: DataFrame, history: Window) -> DataFrame:
    before = history.rowsBetween(Window.unboundedPreceding, -1)
    is_first_of_period = ~F.last("_start.cohort", ignorenulls=True).over(before).eqNullSafe(F.col("_period"))
    opened = periods.select("*", F.when(is_first_of_period, F.col("_start")).alias("_opening"))
    came_back = F.when(F.col("_first_return").isNotNull(), F.struct("_period", "_first_return", "_last_return"))
    histories = opened.groupBy("_user").agg(
        F.collect_list("_opening").alias("_openings"), F.collect_list(came_back).alias("_returns")
    )
    pairs = histories.select("_user", F.inline("_openings"), "_returns").select(
        "_user", "cohort", "entry", F.posexplode_outer("_returns").alias("_place", "_return")
    )
    is_return = F.col("_return._period") >= F.col("cohort")
    return pairs.select(
        "_user",
        F.col("cohort").alias("_cohort"),
        F.col("entry").alias("_entry"),
        F.col("_return._period").alias("_period"),
        F.when(is_return, F.col("_return._first_return")).alias("_first_return"),
        F.when(is_return, F.col("_return._last_return")).alias("_last_return"),
        (F.coalesce("_place", F.lit(0)) == 0).alias("_enters"),
    )


def by_calendar(members: DataFrame, by: Sequence[str], last_full: int) -> DataFrame:
    """One row per member, ``is_mark`` false, with ``n`` = the last n that is over (also in ``_over``), and one per period in
    which the member came back, ``is_mark`` true, with its ``n``."""
    return _marked(members, by, F.lit(last_full) - F.col("_cohort"), F.col("_period") - F.col("_cohort"))


def by_clock(members: DataFrame, by: Sequence[str], until: int, step_days: int) -> DataFrame:
    """The same with n as whole steps of 24 hours times ``step_days`` since the member's own entry, and only with returns in
    steps that are over at ``until`` (the first microsecond that is not observed). Steps may be listed twice."""

    def steps(moment: Column) -> Column:
        return F.floor((moment - F.unix_micros("_entry.at")) / (_DAY_MICROS * step_days)).cast("int")

    edges = [steps(F.unix_micros(edge)) for edge in ("_first_return", "_last_return")]
    marked = _marked(members, by, steps(F.lit(until)) - 1, *edges)
    return marked.where(F.col("n") <= F.col("_over"))


def _marked(members: DataFrame, by: Sequence[str], over: Column, *returns: Column) -> DataFrame:
    entered = F.when(F.col("_enters"), F.struct(over.alias("n"), F.lit(False).alias("is_mark")))
    came_back = [
        F.when(F.col("_first_return").isNotNull(), F.struct(n.alias("n"), F.lit(True).alias("is_mark"))) for n in returns
    ]
    marks = members.select(
        "_user",
        "_cohort",
        *[F.col("_entry")[name].alias(name) for name in by],
        over.alias("_over"),
        F.explode(F.array(entered, *came_back)).alias("_mark"),
    )
    flat = marks.select("_user", "_cohort", *by, "_over", "_mark.n", "_mark.is_mark")
    return flat.where(F.col("n").isNotNull() & (~F.col("is_mark") | (F.col("n") >= 0)))


def _at(moment: Column) -> Column:
    return F.when(moment.isNotNull(), F.struct(moment.alias("at")))
