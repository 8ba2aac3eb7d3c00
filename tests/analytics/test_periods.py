"""Days, weeks and months as numbers, and days on other clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import (
    last_day,
    last_full_period,
    local_date,
    observed_until,
    period_number,
    period_of,
    period_start,
)
from tests.support import rows

DAYS = [date(1969, 12, 28) + timedelta(days=n) for n in range(12)] + [date(2024, 2, 29), date(2024, 12, 31), date(2025, 2, 9)]
FIRST_DAYS = {
    ("day", "monday"): lambda day: day,
    ("week", "monday"): lambda day: day - timedelta(days=day.weekday()),
    ("week", "sunday"): lambda day: day - timedelta(days=(day.weekday() + 1) % 7),
    ("month", "monday"): lambda day: day.replace(day=1),
}


@pytest.mark.parametrize(("period", "week_start"), FIRST_DAYS)
def test_a_period_has_one_number_in_spark_and_python_and_begins_on_its_first_day(spark, period, week_start):
    number = period_number(F.col("day"), period, week_start)
    frame = spark.createDataFrame([(day,) for day in DAYS], "day date")
    for row in frame.select("day", number.alias("number"), period_start(number, period, week_start).alias("start")).collect():
        assert row.start == FIRST_DAYS[period, week_start](row.day)
        assert row.number == period_of(row.day, period, week_start)
        assert (row.start == row.day) == (period_of(row.day - timedelta(days=1), period, week_start) == row.number - 1)


def test_a_period_is_over_on_its_last_day():
    sunday, saturday = date(2025, 2, 9), date(2025, 2, 8)
    assert last_full_period(sunday, "week") == period_of(sunday, "week")
    assert last_full_period(saturday, "week") == period_of(sunday, "week") - 1
    assert last_full_period(saturday, "week", "sunday") == period_of(saturday, "week", "sunday")
    assert last_full_period(date(2025, 2, 28), "month") == period_of(date(2025, 2, 1), "month")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati"])
def test_the_day_ends_with_its_last_microsecond(spark, zone):
    midnights = [datetime(1969, 12, 31), datetime(2025, 3, 30), datetime(2024, 2, 29), datetime(2100, 12, 31)]
    at = [m.replace(tzinfo=ZoneInfo(zone)) + timedelta(microseconds=n) for m in midnights for n in (0, 1, 86_399_999_999)]
    frame = spark.createDataFrame([(moment.astimezone(UTC),) for moment in at], "at timestamp")
    found = [row[0] for row in frame.select(local_date(frame, "at", zone)).collect()]
    assert found == [m.date() for m in midnights for _ in range(3)]


def test_the_day_does_not_depend_on_the_sessions_time_zone(spark):
    frame = rows(spark, "at timestamp, day date", "at | day\n2025-02-01 23:30 | 2025-02-01\n2025-02-01 00:30 | 2025-02-01")
    days = frame.orderBy("at").select(local_date(frame, "at", "Europe/Berlin"), local_date(frame, "at", "UTC"))
    given = frame.select(local_date(frame, "day", "America/New_York"))
    try:
        for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
            spark.conf.set("spark.sql.session.timeZone", zone)
            assert [tuple(row) for row in days.collect()] == [
                (date(2025, 2, 1), date(2025, 2, 1)),
                (date(2025, 2, 2), date(2025, 2, 1)),
            ]
            assert {row[0] for row in given.collect()} == {date(2025, 2, 1)}
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


def test_a_day_ends_at_local_midnight_also_when_the_clocks_change():
    def end(as_of, zone):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=observed_until(as_of, zone))

    assert end(date(2025, 2, 5), "UTC") == datetime(2025, 2, 6, tzinfo=UTC)
    assert end(date(2025, 3, 29), "Europe/Berlin") == datetime(2025, 3, 29, 23, tzinfo=UTC)
    assert end(date(2025, 3, 30), "Europe/Berlin") == datetime(2025, 3, 30, 22, tzinfo=UTC)
    moment = datetime(2025, 3, 30, 1, 0)
    assert end(moment, "Europe/Berlin") == datetime(2025, 3, 30, 0, 0, 0, 1, tzinfo=UTC)
    assert end(moment.replace(tzinfo=UTC), "Europe/Berlin") == datetime(2025, 3, 30, 1, 0, 0, 1, tzinfo=UTC)


def test_the_day_of_a_time_is_that_of_the_readers_clocks():
    assert last_day(date(2025, 2, 5), "Asia/Tokyo") == date(2025, 2, 5)
    assert last_day(datetime(2025, 2, 5, 20, tzinfo=UTC), "Asia/Tokyo") == date(2025, 2, 6)
    assert last_day(datetime(2025, 2, 5, 20), "Asia/Tokyo") == date(2025, 2, 5)


def test_unknown_periods_are_refused():
    with pytest.raises(ValueError, match="period is 'year'; it can be day, week, month"):
        period_of(date(2025, 2, 5), "year")
    with pytest.raises(ValueError, match="week_start is 'friday'; it can be monday, sunday"):
        period_of(date(2025, 2, 5), "week", "friday")
