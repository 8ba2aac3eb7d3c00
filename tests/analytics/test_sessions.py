"""analytics.sessions: the gap rule, the cap, and that a few days are enough to find a session."""

from datetime import datetime, timedelta

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from engagement_lib.analytics.sessions import sessionize

START = datetime(2025, 2, 3, 18, 0)


def every_twenty_minutes(spark: SparkSession, hours: int) -> DataFrame:
    """Events of a machine that never pauses."""
    times = [(START + timedelta(minutes=20 * n),) for n in range(hours * 3)]
    return spark.createDataFrame(times, "at timestamp").withColumn("user", F.lit("bot"))


def starts(events: DataFrame, **parameters) -> list[str]:  # type: ignore[no-untyped-def]
    found = (
        sessionize(events, user=("user",), timestamp="at", **parameters).groupBy("session_anchor").agg(F.min("at").alias("start"))
    )
    return [str(row.start) for row in found.orderBy("start").collect()]


def test_a_chain_without_a_pause_is_cut_after_a_day_and_then_at_each_midnight(spark: SparkSession) -> None:
    assert starts(every_twenty_minutes(spark, hours=80)) == [
        "2025-02-03 18:00:00",
        "2025-02-04 18:00:00",
        "2025-02-05 00:00:00",
        "2025-02-06 00:00:00",
        "2025-02-07 00:00:00",
    ]


def test_two_days_before_and_one_after_are_enough_to_find_the_sessions_of_a_day(spark: SparkSession) -> None:
    """What a table that is computed day by day relies on."""
    events = every_twenty_minutes(spark, hours=120)
    whole = starts(events)
    for day in range(3, 9):
        first, last = datetime(2025, 2, day), datetime(2025, 2, day) + timedelta(days=1)
        near = events.where(F.col("at").between(first - timedelta(days=2), last + timedelta(days=1) - timedelta(seconds=1)))
        of_day = [s for s in starts(near) if s.startswith(str(first.date()))]
        assert of_day == [s for s in whole if s.startswith(str(first.date()))]


def test_the_cap_follows_the_clocks_of_the_time_zone(spark: SparkSession) -> None:
    found = starts(every_twenty_minutes(spark, hours=56), time_zone="Asia/Tokyo")
    # 18:00 UTC is 03:00 of the next day in Tokyo, where the third calendar day begins at 15:00 UTC.
    assert found == ["2025-02-03 18:00:00", "2025-02-04 18:00:00", "2025-02-05 15:00:00"]


def test_a_date_without_an_event_ends_a_session_of_the_tracker(spark: SparkSession) -> None:
    """The clock is set forward on 2025-03-30, so that less than 24 hours lie between the 29th and the 31st: what happens then
    does not depend on the event of the 29th, which is more than two days before the last one."""
    local = [datetime(2025, 3, 29, 23, 30), datetime(2025, 3, 31, 0, 10), datetime(2025, 4, 1, 0, 5)]
    events = spark.createDataFrame([(at, "bot", "s1") for at in local], "at timestamp, user string, session string")
    asked = {"session_id": "session", "time_zone": "Europe/Berlin"}
    in_utc = events.withColumn("at", F.to_utc_timestamp("at", "Europe/Berlin"))
    assert starts(in_utc, **asked) == ["2025-03-29 22:30:00", "2025-03-30 22:10:00"]
    assert starts(in_utc.where("at > '2025-03-30'"), **asked) == ["2025-03-30 22:10:00"]


def test_the_cap_does_not_follow_the_clocks_of_the_session(spark: SparkSession) -> None:
    expected = starts(every_twenty_minutes(spark, hours=56))
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        anchors = sessionize(every_twenty_minutes(spark, hours=56), user=("user",), timestamp="at")
        micros = sorted(row.at for row in anchors.select(F.unix_micros("session_anchor").alias("at")).distinct().collect())
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert micros == [int(datetime.fromisoformat(f"{start}+00:00").timestamp()) * 1_000_000 for start in expected]


def test_a_shorter_cap_cuts_in_equal_blocks(spark: SparkSession) -> None:
    found = starts(every_twenty_minutes(spark, hours=5), max_hours=2)
    assert found == ["2025-02-03 18:00:00", "2025-02-03 20:00:00", "2025-02-03 22:00:00"]


@pytest.mark.parametrize("wrong", [{"max_hours": 25}, {"max_hours": 0}, {"gap_minutes": 0}, {"gap_minutes": 2000}])
def test_a_cap_or_gap_that_could_not_be_kept_is_refused(spark: SparkSession, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sessionize(every_twenty_minutes(spark, hours=1), user=("user",), timestamp="at", **wrong)
