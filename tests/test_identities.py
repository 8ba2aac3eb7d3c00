"""A login that comes in later says whose earlier anonymous events were, and only their days are computed again."""

from pathlib import Path

from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.pipeline import all_tables
from tests.test_reliability import record, text_of

TABLES = all_tables()


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
