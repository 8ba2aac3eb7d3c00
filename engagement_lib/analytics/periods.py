"""Days, weeks and months as whole numbers: two periods are n apart when their numbers are."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

Period = Literal["day", "week", "month"]
WeekStart = Literal["monday", "sunday"]

#: Days from 1970-01-01, a Thursday, back to the first day of its week.
_INTO_THE_WEEK = {"monday": 3, "sunday": 4}
_EPOCH = date(1970, 1, 1)
_DAY_SECONDS = 86_400


def local_date(frame: DataFrame, column: str, time_zone: str) -> Column:
    """The calendar day of a timestamp column on the clocks of ``time_zone``; a column of type date is that day already."""
    if frame.schema[column].dataType.typeName() == "date":
        return F.col(column)
    return F.date_from_unix_date(day_number(F.col(column), time_zone).cast("int"))


def day_number(moment: Column, time_zone: str) -> Column:
    """The day of a timestamp on the clocks of ``time_zone``, counted from 1970-01-01 (bigint)."""
    # By arithmetic: as a date it would be that of the session's time zone, and convert_timezone parses both zones for every row.
    return F.floor(F.unix_seconds(F.from_utc_timestamp(moment, time_zone)) / _DAY_SECONDS)


def period_number(day: Column, period: Period, week_start: WeekStart = "monday") -> Column:
    """The period that a day lies in, counted from 1970-01-01 (int)."""
    _refuse_unknown(period, week_start)
    if period == "day":
        return F.unix_date(day)
    if period == "week":
        return F.floor((F.unix_date(day) + _INTO_THE_WEEK[week_start]) / 7).cast("int")
    return F.year(day) * 12 + F.month(day) - 1 - 1970 * 12


def period_start(number: Column, period: Period, week_start: WeekStart = "monday") -> Column:
    """The first day of a numbered period (date)."""
    _refuse_unknown(period, week_start)
    if period == "day":
        return F.date_from_unix_date(number)
    if period == "week":
        return F.date_from_unix_date(number * 7 - _INTO_THE_WEEK[week_start])
    return F.add_months(F.lit(_EPOCH), number)


def period_of(day: date, period: Period, week_start: WeekStart = "monday") -> int:
    """The number of the period that a known day lies in."""
    _refuse_unknown(period, week_start)
    days = (day - _EPOCH).days
    if period == "day":
        return days
    if period == "week":
        return (days + _INTO_THE_WEEK[week_start]) // 7
    return (day.year - 1970) * 12 + day.month - 1


def last_full_period(as_of: date, period: Period, week_start: WeekStart = "monday") -> int:
    """The number of the latest period that is over at the end of ``as_of``."""
    return period_of(as_of + timedelta(days=1), period, week_start) - 1


def last_day(as_of: date | datetime, time_zone: str) -> date:
    """The day that ``as_of`` is, or that a time lies in on the clocks of ``time_zone``."""
    if not isinstance(as_of, datetime):
        return as_of
    return (as_of.astimezone(ZoneInfo(time_zone)) if as_of.tzinfo else as_of).date()


def observed_until(as_of: date | datetime, time_zone: str) -> int:
    """The first microsecond since 1970-01-01 UTC that is not observed: the midnight that ends a day, or what follows a time.

    A time without an offset is read on the clocks of ``time_zone``.
    """
    zone = ZoneInfo(time_zone)
    if isinstance(as_of, datetime):
        end = (as_of if as_of.tzinfo else as_of.replace(tzinfo=zone)).astimezone(UTC) + timedelta(microseconds=1)
    else:
        end = datetime.combine(as_of + timedelta(days=1), time(), zone).astimezone(UTC)
    return (end - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _refuse_unknown(period: str, week_start: str) -> None:
    for argument, value, allowed in (("period", period, get_args(Period)), ("week_start", week_start, get_args(WeekStart))):
        if value not in allowed:
            raise ValueError(f"{argument} is {value!r}; it can be {', '.join(allowed)}")
