"""A quarantined record comes back once the rule or the configuration that refused it is mended: exactly those, and once."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.merge import Merged, merge
from engagement_lib.engine.table import Table
from engagement_lib.pipeline import all_tables
from tests.test_reliability import record, text_of
from tests.trust.compare import counted_rows

TABLES = all_tables()
SILVER = ("silver.events", "silver.quarantine", "silver.duplicates", "ops.files")
MENDED = "parameters:\n  event_name_aliases: {began: item-started, item-finished: item-started}\n"


class Killed(Exception):
    """Stands for the end of the process between two commits."""


def tables_of(spark: SparkSession, root: Path, names: tuple[str, ...] = SILVER) -> dict[str, Counter[tuple]]:
    lake = Lake(spark, root=str(root))
    return {name: counted_rows(lake, TABLES[name]) for name in names}


@pytest.fixture(scope="module")
def place(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lakes `before` (nothing mended yet) and `anew` (built with the mended configuration), of the same files.

    User 1 has one record of an unknown name, user 2 a second delivery, user 3 an earlier delivery under that name, user 4 a
    record that stays broken; user 5 and 6 are as they should be.
    """
    folder = tmp_path_factory.mktemp("replay")
    (folder / "landing").mkdir()
    late, early = "2025-02-03 12:00:00.000", "2025-02-03 10:30:00.000"
    first = [record(1, event_name="began"), record(2), record(3), record(4, event_name="nonsense"), record(5)]
    second = [record(2, event_name="began", arrival_timestamp=late), record(3, event_name="began", arrival_timestamp=early)]
    second += [record(6, event_timestamp="2025-02-04 10:06:00.000", event_name="item-finished")]
    (folder / "landing" / "web_events_1.csv").write_text(text_of(first))
    (folder / "landing" / "web_events_2.csv").write_text(text_of(second))
    (folder / "plain.yml").write_text("")
    (folder / "mended.yml").write_text(MENDED)
    assert run(folder, "before", "plain", spark) == 0
    assert run(folder, "anew", "mended", spark) == 0
    return folder


def run(
    folder: Path,
    lake: str,
    conf: str,
    spark: SparkSession,
    select: str = "+silver.events",
    *more: str,
    replay: bool = False,
) -> int:
    where = ["--landing", str(folder / "landing"), "--lake", str(folder / lake), "--conf-file", str(folder / f"{conf}.yml")]
    return main([*where, "--select", select, *more], spark=spark, replay=replay)


def test_a_replay_that_was_killed_is_completed_by_the_next(
    place: Path, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the quarantine has lost the cured records, and the events do not have them yet."""
    shutil.copytree(place / "before", place / "killed")
    with monkeypatch.context() as dying:
        for name in ("append", "overwrite", "upsert"):
            dying.setattr(Lake, name, _dying(getattr(Lake, name), "silver.events"))
        assert run(place, "killed", "mended", spark, "silver.events", replay=True) == 5
    assert sum(tables_of(spark, place / "killed")["silver.quarantine"].values()) == 1
    assert run(place, "killed", "mended", spark, "silver.events", replay=True) == 0
    assert tables_of(spark, place / "killed") == tables_of(spark, place / "anew")


@pytest.mark.parametrize("next_run", ["plain", "mended", "rebuild"])
def test_a_rebuild_that_was_killed_is_completed_by_the_next_run(
    place: Path, spark: SparkSession, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], next_run: str
) -> None:
    """The quarantine is that of the mended rules, the events are those of the old ones, and no load is missing."""
    lake = f"killed_before_{next_run}"
    shutil.copytree(place / "before", place / lake)
    with monkeypatch.context() as dying:
        dying.setattr(Lake, "overwrite", _dying(Lake.overwrite, "silver.events"))
        assert run(place, lake, "mended", spark, "silver.events", "--rebuild") == 5
    assert tables_of(spark, place / lake, ("silver.quarantine",)) != tables_of(spark, place / "before", ("silver.quarantine",))
    capsys.readouterr()
    assert run(place, lake, "plain", spark, "silver.events gold.fact_session", "--dry-run") == 0
    words = capsys.readouterr().out
    assert "a replay or rebuild did not end" in words and "nothing new" not in words
    conf = "plain" if next_run == "plain" else "mended"
    assert run(place, lake, conf, spark, "+silver.events", *(["--rebuild"] if next_run == "rebuild" else [])) == 0
    assert tables_of(spark, place / lake) == tables_of(spark, place / ("before" if conf == "plain" else "anew"))


@pytest.mark.parametrize("is_replay", [True, False])
def test_bronze_of_an_older_contract_is_widened_for_jobs_that_only_read_it(
    place: Path, spark: SparkSession, is_replay: bool
) -> None:
    shutil.copytree(place / "before", place / f"narrow_{is_replay}")
    bronze = Lake(spark, root=str(place / f"narrow_{is_replay}")).location(TABLES["bronze.web_events"])
    narrow = spark.read.format("delta").load(bronze).drop("feature_id")
    narrow.write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(bronze)
    how = [] if is_replay else ["--rebuild"]
    assert run(place, f"narrow_{is_replay}", "mended", spark, "silver.events", *how, replay=is_replay) == 0
    assert tables_of(spark, place / f"narrow_{is_replay}", SILVER[:1]) == tables_of(spark, place / "anew", SILVER[:1])


def test_a_restored_quarantine_is_emptied_by_a_rebuild_that_cures_all_of_it(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "plain.yml").write_text("")
    (tmp_path / "mended.yml").write_text(MENDED)
    (tmp_path / "landing" / "web_events_1.csv").write_text(text_of([record(1, event_name="began"), record(2)]))
    assert run(tmp_path, "lake", "plain", spark) == 0
    quarantine = DeltaTable.forPath(spark, str(tmp_path / "lake" / "silver" / "quarantine"))
    quarantine.delete()
    quarantine.restoreToVersion(1)
    assert run(tmp_path, "lake", "mended", spark, "silver.events", "--rebuild") == 0
    assert tables_of(spark, tmp_path / "lake", ("silver.quarantine",))["silver.quarantine"].total() == 0


def test_what_a_killed_run_quarantined_by_an_older_rule_is_gone_once_the_rule_accepts_it(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run died between the quarantine and the events; no other record of its load is broken."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "plain.yml").write_text("")
    (tmp_path / "landing" / "web_events_1.csv").write_text(text_of([record(1)]))
    assert run(tmp_path, "lake", "plain", spark) == 0
    (tmp_path / "landing" / "web_events_2.csv").write_text(text_of([record(2), record(3)]))

    def by_an_older_rule(lake: Lake, table: Table, records: DataFrame, *arguments: Any, **named: Any) -> Merged:
        said = {"_rule": "unknown_event_name", "_reason": "an older rule"}
        refused = {name: F.when(F.col("user_id") == "u2", text).otherwise(F.col(name)) for name, text in said.items()}
        return merge(lake, table, records.withColumns(refused), *arguments, **named)

    with monkeypatch.context() as dying:
        dying.setattr("engagement_lib.engine.run.merge", by_an_older_rule)
        dying.setattr(Lake, "append", _dying(Lake.append, "silver.events"))
        assert run(tmp_path, "lake", "plain", spark) == 5
    assert sum(tables_of(spark, tmp_path / "lake", ("silver.quarantine",))["silver.quarantine"].values()) == 1
    assert run(tmp_path, "lake", "plain", spark) == 0
    after = Lake(spark, root=str(tmp_path / "lake"))
    assert after.read(TABLES["silver.quarantine"]).count() == 0
    assert {row.user_id for row in after.read(TABLES["silver.events"]).collect()} == {"u1", "u2", "u3"}


def test_a_replay_that_is_only_planned_says_how_many_records_would_come_back(
    place: Path, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    commits = len(list((place / "before").rglob("_delta_log/*.json")))
    assert run(place, "before", "mended", spark, "silver.events", "--dry-run", replay=True) == 0
    assert "3 quarantined record(s) became valid" in capsys.readouterr().out
    assert run(place, "before", "plain", spark, "silver.events", "--dry-run", replay=True) == 0
    assert "skip" in capsys.readouterr().out
    assert len(list((place / "before").rglob("_delta_log/*.json"))) == commits


def test_cured_records_come_back_once_as_if_they_had_never_been_refused(place: Path, spark: SparkSession) -> None:
    shutil.copytree(place / "before", place / "replayed")
    assert tables_of(spark, place / "before") != tables_of(spark, place / "anew")
    assert run(place, "replayed", "mended", spark, "silver.events", replay=True) == 0
    assert tables_of(spark, place / "replayed") == tables_of(spark, place / "anew")
    last = Lake(spark, root=str(place / "replayed")).last_commit(TABLES["silver.events"])
    assert last is not None and last.days == (date(2025, 2, 3),), "gold computes these days again, and no others"
    commits = len(list((place / "replayed").rglob("_delta_log/*.json")))
    assert run(place, "replayed", "mended", spark, "silver.events", replay=True) == 0
    assert len(list((place / "replayed").rglob("_delta_log/*.json"))) == commits, "nothing moves twice"

    (place / "landing" / "web_events_3.csv").write_text(text_of([record(7, event_name="began"), record(1)]))
    for lake in ("replayed", "anew_with_more"):
        assert run(place, lake, "mended", spark, "+silver.events") == 0
    assert tables_of(spark, place / "replayed") == tables_of(spark, place / "anew_with_more"), "new files go on as ever"


def _dying(write, killed_at: str):  # type: ignore[no-untyped-def]
    def written(lake: Lake, table: Table, *arguments: object, **named: object) -> None:
        if table.id == killed_at:
            raise Killed
        write(lake, table, *arguments, **named)

    return written


def test_a_parameter_that_changes_kept_records_is_no_matter_of_replay(
    place: Path, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "zone.yml").write_text("parameters:\n  report_time_zone: Asia/Tokyo\n")
    assert run(place, "before", "zone", spark, replay=True) == 2
    assert "report_time_zone=UTC (now Asia/Tokyo); run with --rebuild" in capsys.readouterr().err
