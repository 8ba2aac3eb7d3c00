"""A login that comes in later says whose earlier anonymous events were, and only their users' days are computed again."""

from collections import Counter
from pathlib import Path

from delta.tables import DeltaTable
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.run import Run
from engagement_lib.pipeline import all_tables
from tests.test_reliability import record, text_of

TABLES = all_tables()
#: The facts that are computed again for some users only.
BY_USER = ("gold.fact_session", "gold.fact_user_engagement", "gold.fact_feature_use")


def test_a_late_login_changes_the_days_of_the_events_that_it_explains(spark: SparkSession, tmp_path: Path) -> None:
    def happened(day: int, user: str, browser: str) -> dict[str, str]:
        times = {"event_timestamp": f"2025-02-{day:02d} 10:00:00.000", "arrival_timestamp": f"2025-02-{day:02d} 10:00:05.000"}
        return record(day, user_id=user, fingerprint=browser, **times)

    def active() -> set[tuple[int, str]]:
        rows = Lake(spark, root=str(tmp_path / "lake")).read(TABLES["gold.fact_user_engagement"]).where("is_active").collect()
        return {(row.activity_date.day, row.user_id) for row in rows}

    def redone() -> set[int]:
        commit = Lake(spark, root=str(tmp_path / "lake")).last_commit(TABLES["gold.fact_user_engagement"])
        assert commit is not None and commit.days is not None
        return {day.day for day in commit.days}

    landing = tmp_path / "landing"
    landing.mkdir()
    where = ["--landing", str(landing), "--lake", str(tmp_path / "lake"), "--select", "+gold.fact_user_engagement"]
    (landing / "web_events_1.csv").write_text(text_of([happened(1, "", "b1"), happened(5, "other", "b2"), happened(9, "", "b3")]))
    assert main(where, spark=spark) == 0
    assert active() == {(5, "other")}
    (landing / "web_events_2.csv").write_text(text_of([happened(20, "ana", "b1")]))
    assert main(where, spark=spark) == 0
    assert active() == {(1, "ana"), (5, "other"), (20, "ana")}
    [explained] = Lake(spark, root=str(tmp_path / "lake")).read(TABLES["silver.identity_map"]).collect()
    assert (explained.event_date.day, explained.anonymous_id, explained.user_id, explained.events) == (1, "b1", "ana", 1)
    assert {1, 20} <= redone() <= {31, 1, 2, 3, 19, 20, 21, 22}
    (landing / "web_events_3.csv").write_text(text_of([happened(25, "ana", "b1")]))
    assert main(where, spark=spark) == 0
    [seen_again] = Lake(spark, root=str(tmp_path / "lake")).read(TABLES["silver.identity_map"]).collect()
    assert (seen_again.event_date.day, seen_again.last_seen.day) == (1, 25)
    assert 25 in redone() <= {24, 25, 26, 27}, "who is seen again with a known user explains nothing new"


def test_whom_a_login_does_not_concern_is_carried_over(spark: SparkSession, tmp_path: Path) -> None:
    """What nobody did becomes Ana's, what was Dan's becomes Eve's; Bob, active on the same days, is not computed again, but for
    the days on which events come in, and those that are asked for."""

    def happened(day: int, time: str, user: str, browser: str) -> dict[str, str]:
        at = {"event_timestamp": f"2025-02-{day:02d} {time}:00.000", "arrival_timestamp": "2025-02-21 10:00:00.000"}
        return record(day, user_id=user, fingerprint=browser, event_name="feature-used", feature_id="f", **at)

    def run(lake: str, *more: str) -> Lake:
        where = ["--landing", str(landing), "--lake", str(tmp_path / lake)]
        select = "+gold.fact_session +gold.fact_user_engagement +gold.fact_feature_use"
        assert main([*where, "--select", select, *more], spark=spark) == 0
        return Lake(spark, root=str(tmp_path / lake))

    def rows(lake: Lake, table: str, condition: str = "true") -> Counter[Row]:
        return Counter(lake.read(TABLES[table]).where(condition).collect())

    landing = tmp_path / "landing"
    landing.mkdir()
    first = [happened(5, "10:00", "", "dans"), happened(5, "23:50", "", "dans"), happened(6, "00:05", "", "dans")]
    first += [happened(5, "10:01", "bob", "bobs"), happened(5, "10:02", "", "anas"), happened(5, "10:03", "", "nobodys")]
    first += [happened(8, "23:50", "bob", "bobs"), happened(9, "09:00", "dan", "dans")]
    (landing / "web_events_1.csv").write_text(text_of(first))
    lake = run("lake")
    is_bobs = {table: f"user_id IS NOT DISTINCT FROM 'bob' AND day({TABLES[table].day}) = 5" for table in BY_USER}
    for table in BY_USER:
        stored = DeltaTable.forPath(spark, lake.location(TABLES[table]))
        stored.update(is_bobs[table], {"user_access_type": F.lit("as it was")})
    second = [happened(1, "09:00", "eve", "dans"), happened(9, "00:10", "bob", "bobs"), happened(20, "09:00", "ana", "anas")]
    (landing / "web_events_2.csv").write_text(text_of(second))
    lake, at_once = run("lake"), run("at once")
    assert {row.user_id for row in lake.read(TABLES["silver.identity_map"]).collect()} == {"ana", "eve"}
    for table in BY_USER:
        commit = lake.last_commit(TABLES[table])
        assert commit and {day.day for day in commit.user_days} == ({5} if table == "gold.fact_session" else {5, 6})
        [bobs] = rows(lake, table, is_bobs[table])
        assert bobs.user_access_type == "as it was", "a row of Bob's was computed again"
        others = f"NOT ({is_bobs[table]})"
        assert rows(lake, table, others) == rows(at_once, table, others)
    (landing / "web_events_3.csv").write_text(text_of([happened(22, "09:00", "zoe", "nobodys")]))
    lake, at_once = run("lake", "--from", "2025-02-05", "--to", "2025-02-05"), run("all at once")
    for table in BY_USER:
        assert rows(lake, table) == rows(at_once, table), "Bob's day was asked for, and is computed for everybody"


def test_without_a_lock_all_days_of_a_login_are_written(spark: SparkSession, tmp_path: Path) -> None:
    """Which days differ is found before the write: a run beside it could change them unseen, were they not in the write."""
    landing, session = tmp_path / "landing", TABLES["gold.fact_session"]
    landing.mkdir()
    where = ["--landing", str(landing), "--lake", str(tmp_path / "lake")]
    for day, user, select in ((5, "", "+gold.fact_session"), (20, "ana", "+silver.identity_map")):
        at = {"event_timestamp": f"2025-02-{day:02d} 10:00:00.000", "arrival_timestamp": "2025-02-21 10:00:00.000"}
        (landing / f"web_events_{day}.csv").write_text(text_of([record(day, user_id=user, fingerprint="anas", **at)]))
        assert main([*where, "--select", select], spark=spark) == 0
    lake = Lake(spark, root=str(tmp_path / "lake"))
    run = Run(lake, "beside others")
    work = run.work(session)
    run.refresh(session)
    commit = lake.last_commit(session)
    assert commit and {day.day for day in commit.user_days} == {day.day for day in work.user_days} > {5}
    assert [(row.session_date.day, row.user_id) for row in lake.read(session).sort("session_date").collect()] == [
        (5, "ana"),
        (20, "ana"),
    ]
