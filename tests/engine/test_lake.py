"""engine.lake: what a stored table is asked before a run touches it."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.engine import lake as lake_module
from engagement_lib.engine.commit import Commit, Version
from engagement_lib.engine.folder import clear_of_the_unborn
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.errors import ConfigError
from engagement_lib.tables.bronze.features import features
from engagement_lib.tables.gold.dim_country import dim_country
from engagement_lib.tables.ops.checks import checks

ROW = ("run", "gold.x", "rule", "warn", 1)


def landed(lake: Lake, table: Table, load: int, run_id: str = "run") -> None:
    """One record of a bronze table, all of its texts null, added by a load."""
    values = {"_file": "f.csv", "_file_hash": "h", "_record": 1, "_load": load}
    rows = lake.frame(table, [tuple(values.get(f.name) for f in table.fields)])
    lake.append(table, rows, Commit(run_id=run_id, load=load))


def test_a_table_matches_its_contract_until_the_contract_or_the_table_changes(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.record(checks, [("run", "gold.x", "rule", "warn", 1)], Commit(run_id="run"))
    assert lake.matches_contract(checks)
    assert not lake.matches_contract(replace(checks, fields=checks.fields[:-1]))
    spark.sql(f"ALTER TABLE delta.`{lake.location(checks)}` ADD COLUMN mood string")
    lake.forget()
    assert not lake.matches_contract(checks)


def test_a_commit_of_before_contracts_were_written_down_is_looked_at(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.create(checks)
    rows = lake.frame(checks, [("run", "gold.x", "rule", "warn", 1)])
    old = Commit(run_id="run").to_json()
    rows.write.format("delta").mode("append").option("userMetadata", old).save(lake.location(checks))
    lake.forget()
    assert lake.last_commit(checks) == Commit(run_id="run")
    assert lake.matches_contract(checks)


@pytest.mark.parametrize("reset", ["replaced", "RESTORE TABLE delta.`{}` TO VERSION AS OF 0", "TRUNCATE TABLE delta.`{}`"])
def test_what_a_table_held_before_it_was_emptied_counts_no_more(spark: SparkSession, tmp_path: Path, reset: str) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.record(checks, [ROW], Commit(run_id="before"))
    if reset == "replaced":
        lake.create(checks, replace=True)
        assert lake.read(checks).count() == 0
    else:
        spark.sql(reset.format(lake.location(checks)))
        lake.forget()
    assert lake.last_commit(checks) is None
    lake.overwrite(checks, lake.frame(checks, [ROW, ROW]), Commit(run_id="after"))
    assert lake.last_commit(checks).run_id == "after"  # type: ignore[union-attr]
    assert lake.read(checks).count() == 2


def test_bronze_knows_its_loads_when_delta_has_forgotten_our_commit(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Daily VACUUM makes two commits a day, and Delta keeps a month of them."""
    lake = Lake(spark, root=str(tmp_path))
    assert lake.newest_load(features) == 0
    landed(lake, features, 7)
    monkeypatch.setattr(Lake, "_history", lambda *_: [Version(number, 0, None) for number in (80, 79, 78)])
    lake.forget()
    assert (lake.last_commit(features), lake.newest_load(features)) == (None, 7)


def test_bronze_gets_the_optional_columns_that_a_source_gains(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path))
    *texts, last = [f for f in features.fields if not f.name.startswith("_")]
    of_before = replace(features, fields=tuple(f for f in features.fields if f != last))
    landed(lake, of_before, 3)
    assert not lake.matches_contract(features) and lake.can_be_widened(features)
    lake.widen(features)
    assert lake.matches_contract(features) and lake.newest_load(features) == 3
    assert [row[last.name] for row in lake.read(features).collect()] == [None]
    landed(lake, features, 4)
    assert lake.read(features).count() == 2
    assert not lake.can_be_widened(replace(features, fields=(texts[0].but(type="date"), *features.fields[1:])))
    assert not lake.can_be_widened(of_before)


def test_of_two_runs_that_see_no_rows_one_writes_them(spark: SparkSession, tmp_path: Path) -> None:
    first, second = (Lake(spark, root=str(tmp_path)) for _ in range(2))
    first.create(dim_country)
    assert second.version(dim_country) == 0
    for lake in (first, second):
        lake.overwrite(dim_country, dim_country(spark.range(1)), Commit(run_id="run"))
    assert first.read(dim_country).count() == dim_country(spark.range(1)).count()


def test_a_folder_tells_the_same_history_as_delta(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(spark, root=str(tmp_path))
    for load in (1, 2, 3):
        landed(lake, features, load)
    of_delta = lake._delta(features)
    of_delta.delete("_load = 2")
    of_delta.optimize().executeCompaction()
    of_delta.restoreToVersion(2)
    lake.forget()
    by_file = [lake.versions(features), lake.versions(features, after=2), lake.versions(dim_country)]
    monkeypatch.setattr(lake_module, "can_be_locked", lambda root: False)
    lake.forget()
    assert [lake.versions(features), lake.versions(features, after=2), lake.versions(dim_country)] == by_file
    assert [version.number for version in by_file[0]] == list(range(len(by_file[0])))[::-1]
    assert by_file[0][0].is_reset and {version.rows for version in by_file[0]} >= {1}


@pytest.mark.parametrize("is_locked", [True, False])
def test_loads_take_a_transaction_number_and_first_rows_only_where_no_lock_is_held(
    spark: SparkSession, tmp_path: Path, is_locked: bool
) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.is_locked = is_locked
    lake.overwrite(checks, lake.frame(checks, [ROW]), Commit(run_id="run"))
    landed(lake, features, 1)
    first_rows, load = (Path(lake.location(t), "_delta_log", f"{1:020}.json").read_text() for t in (checks, features))
    assert ('{"txn"' in first_rows) is not is_locked
    assert '{"txn"' in load


def test_a_table_is_made_as_the_session_is_set_by_then(spark: SparkSession, tmp_path: Path) -> None:
    """A notebook may have set how to reach the lake, or what all its tables have, after the session had started."""
    default = "spark.databricks.delta.properties.defaults.logRetentionDuration"
    metadata = "spark.databricks.delta.commitInfo.userMetadata"
    lake = Lake(spark, root=str(tmp_path))
    lake.create(features)
    spark.conf.set(default, "interval 99 days")
    spark.conf.set(metadata, "of a merge that is going on")
    try:
        lake.create(checks)
    finally:
        spark.conf.unset(default)
        spark.conf.unset(metadata)
    before, by_then = (Path(lake.location(t), "_delta_log", f"{0:020}.json").read_text() for t in (features, checks))
    assert "interval 99 days" in by_then and "interval 99 days" not in before
    assert "of a merge" not in by_then


def test_a_table_is_made_without_a_job(spark: SparkSession, tmp_path: Path) -> None:
    """Delta would look for the files of the empty table by a query: a fifteenth of a small run's time."""
    lake = Lake(spark, root=str(tmp_path))
    spark.sparkContext.setJobGroup("making", "a table")
    try:
        lake.create(checks)
        assert not spark.sparkContext.statusTracker().getJobIdsForGroup("making")
        lake.read(checks).count()
        assert spark.sparkContext.statusTracker().getJobIdsForGroup("making")
    finally:
        spark.sparkContext._jsc.clearJobGroup()  # type: ignore[union-attr]


def test_a_table_that_came_with_rows_is_replaced_and_not_added_to(spark: SparkSession, tmp_path: Path) -> None:
    """As a copy of another lake has them: its first version is no empty table."""
    lake = Lake(spark, root=str(tmp_path))
    lake.frame(checks, [ROW]).write.format("delta").save(lake.location(checks))
    lake.overwrite(checks, lake.frame(checks, [ROW]), Commit(run_id="run"))
    assert lake.read(checks).count() == 1


def test_a_load_that_delta_skips_is_named_though_another_run_wrote_meanwhile(spark: SparkSession, tmp_path: Path) -> None:
    ours, other = (Lake(spark, root=str(tmp_path)) for _ in range(2))
    landed(ours, features, 1)
    assert ours.version(features) == 1
    landed(other, features, 2, run_id="other")
    with pytest.raises(ConfigError, match="load 2 was skipped"):
        landed(ours, features, 2)


def test_of_two_runs_that_go_on_from_one_load_only_one_adds_rows(spark: SparkSession, tmp_path: Path) -> None:
    """In a lake without a lock both may have read the same files: the second would add the first one's rows again."""
    lake = Lake(spark, root=str(tmp_path))
    rows = lake.frame(checks, [ROW])
    lake.append(checks, rows, Commit(run_id="first", load=6), consumed=5)
    with pytest.raises(ConfigError, match="load 7 was skipped, it or a later one is there"):
        lake.append(checks, rows, Commit(run_id="second", load=7), consumed=5)
    lake.append(checks, rows, Commit(run_id="second", load=7), consumed=6)
    assert lake.read(checks).count() == 2


def test_a_table_that_a_run_died_over_before_its_first_commit_is_made(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.is_locked = True
    log = Path(lake.location(checks), "_delta_log")
    log.mkdir(parents=True)
    (log / ".00000000000000000000.json.a.tmp").touch()
    lake.record(checks, [ROW], Commit(run_id="run"))
    assert lake.read(checks).count() == 1
    (log / "00000000000000000000.json").rename(log / "00000000000000000000.json.bak")
    clear_of_the_unborn(log.parent)
    assert log.exists()


def test_a_folder_that_spark_looks_for_elsewhere_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()  # type: ignore[union-attr]
    before = hadoop.get("fs.defaultFS")
    hadoop.set("fs.defaultFS", "hdfs://nn:8020")
    try:
        with pytest.raises(ConfigError, match=r"the file system of Spark is hdfs://nn:8020; write .* as in hdfs://nn:8020/"):
            Lake(spark, root=str(tmp_path))
    finally:
        hadoop.set("fs.defaultFS", before)
