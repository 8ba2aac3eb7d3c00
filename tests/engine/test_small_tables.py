"""engine.small_tables: the files that Delta's log lists are what Delta reads, and where they are not, Delta reads."""

from datetime import date
from pathlib import Path

import pytest
from chispa import assert_df_equality
from pyspark.sql import SparkSession

from engagement_lib.engine import small_tables
from engagement_lib.engine.commit import Commit
from engagement_lib.engine.days import on_days
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.published import PublishedLake, publish
from engagement_lib.engine.small_tables import SmallTables, listed
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.ops.checks import checks
from engagement_lib.tables.ops.published import published
from tests.support import filled

DAYS = [date(2025, 2, day) for day in range(1, 4)]


def user_days(spark: SparkSession, users: str, days: list[date]):
    header = "activity_date | user_id | platform | events | first_event_at | last_event_at"
    lines = [f"{day} | {user} | web | 1 | {day} 10:00:00 | {day} 10:00:00" for user in users for day in days]
    return filled(spark, fact_user_engagement, "\n".join([header, *lines]))


@pytest.fixture
def written(spark: SparkSession, tmp_path: Path) -> Lake:
    """A table by days: its first rows, one day replaced eleven times (with a checkpoint among them), and one emptied."""
    lake = Lake(spark, root=str(tmp_path))
    lake.overwrite(fact_user_engagement, user_days(spark, "ab", DAYS), Commit(run_id="first"))
    for n in range(11):
        rows = user_days(spark, "ab"[: 1 + n % 2], DAYS[1:2])
        lake.overwrite(fact_user_engagement, rows, Commit(run_id=str(n)), where=on_days("activity_date", DAYS[1:2]))
    lake.overwrite(
        fact_user_engagement, user_days(spark, "", []), Commit(run_id="last"), where=on_days("activity_date", DAYS[2:])
    )
    return lake


def test_each_version_is_read_as_delta_reads_it(spark: SparkSession, written: Lake) -> None:
    folder = written.location(fact_user_engagement)
    assert Path(folder, "_delta_log", f"{10:020}.checkpoint.parquet").exists()
    newest = written.version(fact_user_engagement)
    assert newest == 13
    for version in (0, 1, 2, 9, 10, 11, newest):
        mine = SmallTables(spark).read(folder, version)
        assert mine is not None
        delta = spark.read.format("delta").option("versionAsOf", version).load(folder)
        assert mine.schema.simpleString() == delta.schema.simpleString()
        assert_df_equality(mine, delta, ignore_row_order=True, ignore_nullable=True, ignore_metadata=True)
        assert {row.user_id for row in mine.collect()} == ({"a", "b"} if version else set())


def test_a_lake_reads_its_files_only_where_no_other_writer_matters(written: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Delta finds the conflicts of two writers by what each has read through it."""
    asked = []
    monkeypatch.setattr(SmallTables, "read", lambda self, folder, version: asked.append(version))
    assert written.read(fact_user_engagement, 1).count() == 6 and asked == []
    written.is_locked = True
    assert written.read(fact_user_engagement, 1).count() == 6 and asked == [1]
    publish(written, published, [fact_user_engagement], "run")
    readers = PublishedLake(written, published)
    asked.clear()
    assert readers.read(fact_user_engagement).count() == 3 and asked == [13]


def test_what_the_same_files_were_read_as_is_kept(spark: SparkSession, written: Lake) -> None:
    tables, folder = SmallTables(spark), written.location(fact_user_engagement)
    assert tables.read(folder, 5) is tables.read(folder, 5)
    assert tables.read(folder, 5) is not tables.read(folder, 6)


def test_commits_before_a_checkpoint_may_be_gone_but_none_after_it(written: Lake) -> None:
    log = Path(written.location(fact_user_engagement), "_delta_log")
    whole = listed(log, 12)
    for number in range(10):
        (log / f"{number:020}.json").unlink()
    assert whole is not None and listed(log, 12) == whole
    assert listed(log, 9) is None
    (log / f"{11:020}.json").unlink()
    assert listed(log, 12) is None
    assert listed(Path("/nowhere"), 0) is None


def test_files_are_found_by_their_names_and_not_by_how_the_log_writes_them(spark: SparkSession, tmp_path: Path) -> None:
    folder = str(tmp_path / "my lake %20 ü")
    rows = spark.createDataFrame([("ü /%2F", 1), (None, 2), ("a=b", 3)], "name string, n int")
    rows.write.format("delta").partitionBy("name").option("delta.enableDeletionVectors", "false").save(folder)
    mine = SmallTables(spark).read(folder, 0)
    assert mine is not None and mine.columns == ["name", "n"]
    delta = spark.read.format("delta").load(folder)
    assert_df_equality(mine, delta, ignore_row_order=True, ignore_nullable=True, ignore_metadata=True)


def test_files_in_other_places_are_left_to_delta(spark: SparkSession, written: Lake, tmp_path: Path) -> None:
    """Of a shallow clone they lie in the table it is a clone of; with random prefixes the folders do not say the partition."""
    spark.sql(f"CREATE TABLE delta.`{tmp_path / 'clone'}` SHALLOW CLONE delta.`{written.location(fact_user_engagement)}`")
    assert SmallTables(spark).read(str(tmp_path / "clone"), 0) is None
    prefixed = str(tmp_path / "prefixed")
    rows = user_days(spark, "a", DAYS).write.format("delta").partitionBy("activity_date")
    rows.option("delta.randomizeFilePrefixes", "true").option("delta.enableDeletionVectors", "false").save(prefixed)
    assert SmallTables(spark).read(prefixed, 0) is None


def test_another_programs_delete_is_seen_by_a_read_of_the_newest_rows(spark: SparkSession, written: Lake) -> None:
    written.is_locked = True
    written.version(fact_user_engagement)
    spark.sql(f"DELETE FROM delta.`{written.location(fact_user_engagement)}` WHERE user_id = 'b'")
    assert {row.user_id for row in written.read(fact_user_engagement).collect()} == {"a"}


def test_a_damaged_checkpoint_is_left_to_delta(written: Lake) -> None:
    log = Path(written.location(fact_user_engagement), "_delta_log")
    (log / f"{10:020}.checkpoint.parquet").write_bytes(b"")
    assert listed(log, 12) is None and listed(log, 9) is not None


def test_what_takes_more_than_reading_files_is_left_to_delta(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    lake.record(checks, [("run", "gold.x", "rule", "warn", 1)], Commit(run_id="run"))
    folder, tables = lake.location(checks), SmallTables(spark)
    assert tables.read(folder, 1) is not None
    monkeypatch.setattr(small_tables, "_MOST_BYTES", 10)
    assert tables.read(folder, 1) is None
    monkeypatch.undo()
    assert tables.read(folder.replace("lake", "lak[e]"), 1) is None
    spark.sql(f"ALTER TABLE delta.`{folder}` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")
    assert tables.read(folder, 2) is None
