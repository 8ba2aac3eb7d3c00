"""Drift: which days are not what the days before let expect. The first day, 2025-01-06, is a Monday."""

import random
from datetime import date, timedelta

import duckdb
import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from engagement_lib.analytics.drift import unusual_days
from tests.support import assert_rows

MONDAY = date(2025, 1, 6)
COLUMNS = {
    "day": "date",
    "value": "double",
    "expected": "double",
    "lowest_expected": "double",
    "highest_expected": "double",
    "deviation": "double",
    "compared_days": "int",
    "is_alarm": "boolean",
    "direction": "string",
    "reason": "string",
}


def series(spark: SparkSession, *values: float | None, without: tuple[int, ...] = ()) -> DataFrame:
    """One value a day; the days with the numbers in ``without`` have no row."""
    days = [
        (MONDAY + timedelta(days=n), None if value is None else float(value))
        for n, value in enumerate(values)
        if n not in without
    ]
    return spark.createDataFrame(days, "day date, value double")


def judged(values: DataFrame, **changes) -> list[Row]:
    """The judged days in their order; every day is like every other unless the test says so."""
    arguments = {"weekend": (), "least_relative_change": 0.25, **changes}
    return unusual_days(values, day="day", value="value", **arguments).orderBy("day").collect()


def alarms(values: DataFrame, **changes) -> dict[int, str]:
    """Direction of each alarm by the number of its day."""
    return {(row.day - MONDAY).days: row.direction for row in judged(values, **changes) if row.is_alarm}


def test_a_day_is_compared_with_median_and_spread_of_the_days_before(spark):
    # 7 days each of 90, 100, 110 and 120 before: median 105, deviations from it 5 and 15, half of each: MAD 10.
    before = [90, 100, 110, 120] * 7
    found = unusual_days(series(spark, *before, 10), day="day", value="value", weekend=())
    assert_rows(
        found.where("day = '2025-02-03'"),
        COLUMNS,
        """
        day        | value | expected | lowest_expected | highest_expected | deviation         | compared_days | is_alarm | direction | reason
        2025-02-03 | 10    | 105      | 53.109          | 156.891          | -6.40766221502765 | 28            | true     | drop      | unusual
        """,
    )


def test_a_steady_series_never_alarms(spark):
    assert alarms(series(spark, *[100 + n % 5 for n in range(90)])) == {}


def test_a_drop_to_zero_alarms_and_so_does_the_next_one(spark):
    values = [100 + n % 5 for n in range(60)]
    values[30] = values[44] = 0
    assert alarms(series(spark, *values)) == {30: "drop", 44: "drop"}


def test_a_rise_alarms(spark):
    assert alarms(series(spark, *[100 + n % 5 for n in range(30)], 180)) == {30: "rise"}


def test_next_to_nothing_alarms_however_much_the_days_before_vary(spark):
    # Median 250, MAD 200: a robust range would begin below 0.
    wild = [50, 250, 450] * 10
    assert alarms(series(spark, *wild, 24)) == {30: "drop"}
    assert alarms(series(spark, *wild, 26)) == {}


def test_where_nothing_is_usual_it_does_not_alarm(spark):
    closed_on_two_days = [100, 110, 90, 100, 110, 0, 0] * 8
    assert alarms(series(spark, *closed_on_two_days), weekend=(6, 7)) == {}
    assert alarms(series(spark, *[0] * 60)) == {}


def test_a_slow_trend_is_no_alarm(spark):
    assert alarms(series(spark, *[100 * 1.01**n for n in range(120)])) == {}
    assert alarms(series(spark, *[1000 - 5 * n for n in range(120)])) == {}


def test_a_lasting_change_alarms_until_half_of_the_days_before_have_it(spark):
    assert alarms(series(spark, *[100] * 28, *[200] * 28)) == {n: "rise" for n in range(28, 42)}


def test_in_a_flat_series_the_least_change_decides(spark):
    flat = [100] * 28
    assert judged(series(spark, *flat, 125))[-1].deviation is None
    assert alarms(series(spark, *flat, 125)) == {}
    assert alarms(series(spark, *flat, 126)) == {28: "rise"}
    assert alarms(series(spark, *flat, 126), least_change=26) == {}
    assert alarms(series(spark, *flat, 127), least_change=F.lit(26)) == {28: "rise"}


def test_too_little_history_expects_nothing(spark):
    found = judged(series(spark, *[100] * 14, 0))
    assert [(row.expected, row.lowest_expected, row.is_alarm, row.reason) for row in found[:14]] == [
        (None, None, False, "too little history")
    ] * 14
    assert (found[14].expected, found[14].is_alarm) == (100.0, True)
    assert alarms(series(spark, *[100] * 13, 0)) == {}


def test_a_day_without_a_row_is_no_day_before_and_one_without_a_value_is_no_alarm(spark):
    values = [None if n == 20 else 100 + n % 5 for n in range(30)]
    by_day = {row.day: row for row in judged(series(spark, *values, without=(10, 11)))}
    assert MONDAY + timedelta(days=10) not in by_day
    at_20, at_29 = by_day[MONDAY + timedelta(days=20)], by_day[MONDAY + timedelta(days=29)]
    assert (at_20.compared_days, at_20.is_alarm, at_20.reason) == (18, False, "no value")
    # Days 1 to 28 without 10, 11 and 20: dates count, not rows.
    assert at_29.compared_days == 25


def test_weekends_are_compared_with_weekends(spark):
    weeks = [100, 102, 98, 101, 99, 40, 41] * 5
    assert alarms(series(spark, *weeks), weekend=(6, 7)) == {}
    # Six Saturdays and Sundays are needed; before them a weekend like a workday is no alarm either.
    assert alarms(series(spark, *weeks[:21], *[100] * 7), weekend=(6, 7)) == {26: "rise", 27: "rise"}
    assert alarms(series(spark, *weeks[:14], *[100] * 7), weekend=(6, 7)) == {}
    # A weekend without anything is one at once.
    assert alarms(series(spark, *weeks[:19], 0), weekend=(6, 7)) == {19: "drop"}


def test_series_stand_alone(spark):
    one = series(spark, *[100] * 28, 0).withColumn("platform", F.lit("web"))
    other = series(spark, *[3] * 29).withColumn("platform", F.lit("mobile"))
    found = judged(one.unionByName(other), by=("platform",))
    assert [(row.platform, row.expected) for row in found if row.is_alarm] == [("web", 100.0)]
    assert {row.platform: row.expected for row in found[-2:]} == {"web": 100.0, "mobile": 3.0}


def test_days_that_cannot_hold_the_history_are_refused(spark):
    with pytest.raises(ValueError, match="least_history is 14; 7 days"):
        unusual_days(series(spark, 1), day="day", value="value", days=7)


def test_a_quiet_kind_of_day_is_no_alarm_however_little_it_is_of_the_other_days(spark):
    weeks = [1000, 1000, 1000, 1000, 1000, 1000, 50] * 5
    # Until there are all four Sundays to compare with, next to nothing is an alarm.
    for weekend in ((7,), (7, 7)):
        assert alarms(series(spark, *weeks), weekend=weekend) == {20: "drop", 27: "drop"}
    assert 34 in alarms(series(spark, *weeks[:-1], 5), weekend=(7,))


def test_a_kind_of_day_just_above_a_tenth_of_the_others_may_vary_as_much_as_it_does(spark):
    weeks = [day for sunday in (105, 104, 106, 103, 99) for day in (*[1000] * 6, sunday)]
    assert 34 not in alarms(series(spark, *weeks), weekend=(7,))


def test_next_to_nothing_of_a_kind_of_day_is_told_by_that_kind(spark):
    def weeks(workday, *weekend_days):
        pairs = zip(weekend_days[::2], weekend_days[1::2], strict=True)
        return [day for pair in pairs for day in (*[workday] * 5, *pair)]

    # Workdays are next to nothing beside these weekends, so it is usual; no day is, beside those.
    busy = weeks(50, 60, 1000, 1900, 60, 1000, 1900, 60, 1000)
    assert 33 not in alarms(series(spark, *busy, *[50] * 5, 60), weekend=(6, 7))
    quiet = weeks(1000, 20, 80, 20, 80, 50, 30, 70, 50)
    assert alarms(series(spark, *quiet, *[1000] * 5, 0), weekend=(6, 7))[33] == "drop"


def test_two_weekend_days_without_a_value_do_not_keep_the_next_ones_from_being_judged(spark):
    weeks = [100] * 5 + [40, 41]
    values = [*weeks, *weeks[:5], None, None, *weeks * 3]
    assert all(row.reason == "as expected" for row in judged(series(spark, *values), weekend=(6, 7))[33:])


def test_expected_ranges_are_those_that_another_program_computes(spark):
    chance = random.Random(3)
    values = [chance.lognormvariate(5, 0.4) for _ in range(120)]
    frame = series(spark, *values, without=tuple(chance.sample(range(120), 12)))
    found = {row.day: row for row in judged(frame, weekend=(6, 7), least_relative_change=0.0) if row.expected is not None}
    database = duckdb.connect()
    database.execute("create table given (day date, value double)")
    database.executemany("insert into given values (?, ?)", [tuple(row) for row in frame.collect()])
    other = database.sql("""
        select a.day, count(*), median(b.value), 1.4826 * mad(b.value)
        from given a join given b on b.day between a.day - 28 and a.day - 1 and (isodow(a.day) > 5) = (isodow(b.day) > 5)
        group by a.day having count(*) >= 6 and a.day >= date '2025-01-06' + 14
    """).fetchall()
    compared = [row for row in other if row[0] in found]
    assert len(compared) == len(found) > 80
    for day, count, expected, spread in compared:
        row = found[day]
        assert row.compared_days == count and row.expected == pytest.approx(expected)
        assert row.highest_expected == pytest.approx(expected + 3.5 * spread)
        assert row.deviation == pytest.approx((row.value - expected) / spread)
        assert row.lowest_expected == pytest.approx(max(expected - 3.5 * spread, expected / 10))
