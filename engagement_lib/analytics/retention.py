"""Retention: which share of those who came comes back, by cohort and number of periods since.

The work is done on what one aggregation leaves of the events (a row per user and period), then per user on small arrays,
then on counts per cohort and n. Nobody is joined with a calendar.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, get_args

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib.analytics.cohort_members import by_calendar, by_clock, members, user_periods
from engagement_lib.analytics.periods import (
    Period,
    WeekStart,
    last_day,
    last_full_period,
    local_date,
    observed_until,
    period_number,
    period_of,
    period_start,
)

Kind = Literal["exact", "on_or_after", "24h"]
Cohort = Literal["first", "recurring"]

Brackets = Sequence[tuple[int, int]]


def retention(
    activity: DataFrame,
    *,
    user: str,
    timestamp: str,
    as_of: date | datetime,
    period: Period = "day",
    kind: Kind = "exact",
    cohort: Cohort = "first",
    start_events: Sequence[str] | None = None,
    return_events: Sequence[str] | None = None,
    event_name: str | None = None,
    brackets: Brackets | None = None,
    last_n: int | None = None,
    week_start: WeekStart = "monday",
    time_zone: str = "UTC",
    by: Sequence[str] = (),
) -> DataFrame:
    """One row per combination of ``by``, ``cohort`` (first day of its period) and ``n``: ``cohort_size`` members,
    ``eligible`` members (for whom n is over), ``retained`` (eligible members who came back; null where nobody is eligible)
    and ``is_mature`` (all members are eligible). A rate is sum(retained) / sum(eligible) over cohorts.

    ``activity``: any number of rows per user and day, at ``timestamp`` (a timestamp, or a date that is local already);
    rows without user or time, and those after ``as_of``, do not count.

    - ``start_events``, ``return_events``: values of ``event_name`` that make a member, and that bring one back (None: all).
    - ``cohort``: a user belongs to the period of the first start event, or (recurring) to each period with one.
    - ``kind``: back in period c + n exactly; in it or any later one (on_or_after: still grows when mature); or, by the
      clock, 24 n to 24 (n + 1) hours after the member's first start event in the cohort's period (24h; weeks: 168 hours).
    - ``brackets``: pairs of first and last n that count as one (W1 = (1, 7)); ``n`` is the first, ``last_n`` is added.
    - ``last_n``: the largest n wanted (None: as far as the data go).
    - ``by``: columns that a member carries, with their values at the start event.
    - ``as_of``: the last day observed, which counts as over; the 24h clock takes a time, too (the last instant observed).

    Cohorts that nobody entered have no rows. Raises ValueError for arguments that do not fit together.
    """
    _refuse_misfits(activity, timestamp, period, kind, cohort, start_events, return_events, event_name, brackets)
    today, is_clock = last_day(as_of, time_zone), kind == "24h"
    until = observed_until(as_of, time_zone)
    day = local_date(activity, timestamp, time_zone)
    moment = F.col(timestamp)
    is_observed = (day <= F.lit(today)) & (F.unix_micros(moment) < until) if is_clock else day <= F.lit(today)
    came = activity.where(F.col(user).isNotNull() & is_observed).select(
        F.col(user).alias("_user"),
        period_number(day, period, week_start).alias("_period"),
        F.when(_is_any(event_name, start_events), moment).alias("_start"),
        F.when(_is_any(event_name, return_events), moment).alias("_return"),
        *by,
    )
    came = came.where(F.coalesce("_start", "_return").isNotNull())
    entered = members(user_periods(came, by, per_utc_day=is_clock), is_recurring=cohort == "recurring")
    if is_clock:
        marks = by_clock(entered, by, until, 7 if period == "week" else 1)
    else:
        marks = by_calendar(entered, by, last_full_period(today, period, week_start))
    reach = F.lit(period_of(today, period, week_start)) - F.col("_cohort")
    reach = reach if last_n is None else F.when(reach < last_n, reach).otherwise(last_n)
    triangle = _triangle(_counted(_retaining(marks, kind, brackets, reach, by), by), kind, brackets, reach, by)
    return triangle.select(
        *by,
        period_start(F.col("_cohort"), period, week_start).alias("cohort"),
        "n",
        *(["last_n"] if brackets else []),
        "cohort_size",
        "eligible",
        F.when(F.col("eligible") > 0, F.col("_retained")).alias("retained"),
        (F.col("eligible") == F.col("cohort_size")).alias("is_mature"),
    )


def _retaining(marks: DataFrame, kind: Kind, brackets: Brackets | None, reach: Column, by: Sequence[str]) -> DataFrame:
    """The marks under the n (or the place of the bracket) for which a member counts as retained, each once; for on_or_after
    without brackets under the last n, which stands for all before it."""
    member, n, is_mark = ["_user", "_cohort", *by, "_over", "is_mark"], F.col("n"), F.col("is_mark")
    if kind == "on_or_after":
        marks = marks.groupBy(*member).agg(F.max("n").alias("n"))
    if brackets:
        hits = [
            F.when((n >= first if kind == "on_or_after" else n.between(first, last)) & (F.col("_over") >= last), F.lit(place))
            for place, (first, last) in enumerate(brackets)
        ]
        placed = marks.select(*member, F.explode(F.when(is_mark, F.array(*hits)).otherwise(F.array(n))).alias("n"))
        return placed.where(F.col("n").isNotNull()).distinct()
    if kind == "on_or_after":
        return marks.select(*member, F.when(is_mark & (n > reach), reach).otherwise(n).alias("n"))
    within = marks.where(~is_mark | (n <= reach))
    return within.distinct() if kind == "24h" else within


def _counted(retaining: DataFrame, by: Sequence[str]) -> DataFrame:
    """One row per cohort: ``_over``, its members by the last n that is over, and ``_marked``, a map from n (or the place of
    a bracket) to the members that came back then."""
    tallies = retaining.groupBy(*by, "_cohort", "n", "is_mark").agg(F.count("*").alias("members"))
    tally = F.struct("n", "members")
    return tallies.groupBy(*by, "_cohort").agg(
        F.collect_list(F.when(~F.col("is_mark"), tally)).alias("_over"),
        F.map_from_entries(F.collect_list(F.when(F.col("is_mark"), tally))).alias("_marked"),
    )


def _triangle(counted: DataFrame, kind: Kind, brackets: Brackets | None, reach: Column, by: Sequence[str]) -> DataFrame:
    """One row per cohort and n (or bracket) that has begun."""

    def span(first: Column, last: Column, key: Column) -> Column:
        return F.struct(first.alias("n"), last.alias("last_n"), key.alias("_key"))

    spans = F.transform(F.sequence(F.lit(0), reach), lambda n: span(n, n, n))
    if brackets:
        written = [span(F.lit(first), F.lit(last), F.lit(place)) for place, (first, last) in enumerate(brackets)]
        spans = F.filter(F.array(*written), lambda bracket: bracket["n"] <= reach)
    opened = counted.select("*", F.inline(spans))
    marked = F.coalesce(F.try_element_at("_marked", F.col("_key")), F.lit(0))
    later = Window.partitionBy(*by, "_cohort").orderBy(F.desc("n")).rowsBetween(Window.unboundedPreceding, 0)
    is_running = kind == "on_or_after" and not brackets
    return opened.select(
        *by,
        "_cohort",
        "n",
        "last_n",
        _members_of(F.col("_over")).alias("cohort_size"),
        _members_of(F.filter("_over", lambda tally: tally["n"] >= F.col("last_n"))).alias("eligible"),
        (F.sum(marked).over(later) if is_running else marked).alias("_retained"),
    )


def _members_of(tallies: Column) -> Column:
    return F.aggregate(tallies, F.lit(0).cast("bigint"), lambda total, tally: total + tally["members"])


def _is_any(event_name: str | None, wanted: Sequence[str] | None) -> Column:
    return F.lit(True) if wanted is None else F.col(event_name).isin(*wanted)


def _refuse_misfits(
    activity: DataFrame,
    timestamp: str,
    period: Period,
    kind: Kind,
    cohort: Cohort,
    start_events: Sequence[str] | None,
    return_events: Sequence[str] | None,
    event_name: str | None,
    brackets: Brackets | None,
) -> None:
    for argument, value, allowed in (("kind", kind, Kind), ("cohort", cohort, Cohort)):
        if value not in get_args(allowed):
            raise ValueError(f"{argument} is {value!r}; it can be {', '.join(get_args(allowed))}")
    if (start_events is not None or return_events is not None) and event_name is None:
        raise ValueError("start_events and return_events need event_name, the column that they are values of")
    if kind == "24h" and period == "month":
        raise ValueError("the 24h clock counts days or weeks; a month has no fixed number of hours")
    if kind == "24h" and activity.schema[timestamp].dataType.typeName() == "date":
        raise ValueError(f"the 24h clock needs the time of each event; {timestamp} is a date")
    if brackets is not None and not all(0 <= first <= last for first, last in brackets):
        raise ValueError(f"a bracket is a first and a last n, 0 <= first <= last: {list(brackets)}")
