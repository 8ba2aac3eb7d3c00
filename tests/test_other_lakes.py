"""A lake in a catalog, and one behind an address: the same tables as in a folder, without a lock and without its shortcuts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib import pipeline
from engagement_lib.engine import catalogue
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.lock import LakeLock
from engagement_lib.errors import ConfigError
from engagement_lib.settings import Settings
from tests.test_reliability import record, text_of

TABLES = pipeline.all_tables()
CHOSEN = catalogue.select(TABLES, "+gold.fact_session")

#: Events 1, 2 and 4; the second of event 2, and what was known of event 1; the record without its item; no known visitor.
COUNTS = {"silver.identity_map": 0, "silver.events": 3, "silver.duplicates": 2, "silver.quarantine": 1}


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A delivery with a repeated and a broken record; later another one, of which one event is earlier than the known one."""
    first = [record(1), record(2), record(2), record(3, item_id="")]
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "web_events_1.csv").write_text(text_of(first))
    again = [record(1, arrival_timestamp="2025-02-03 10:30:00.000"), record(4, event_timestamp="2025-02-04 10:00:00.000")]
    (tmp_path / "web_events_2.csv").write_text(text_of(again))
    return tmp_path / "landing"


@pytest.fixture
def address(spark: SparkSession, tmp_path: Path) -> Iterator[str]:
    """The address of a file system that is no folder of the machine to us, and whose files we can look at nevertheless."""
    conf, mount = spark.sparkContext._jsc.hadoopConfiguration(), "fs.viewfs.mounttable.store.link./lakes"
    (tmp_path / "store").mkdir()
    conf.set(mount, (tmp_path / "store").as_uri())
    yield "viewfs://store/lakes/lake"
    conf.unset(mount)


def run(lake: Lake, landing: Path) -> list[str]:
    """Run as a job does; returns what was written."""
    lake.forget()
    settings = Settings(lake={}, landing={"root": str(landing)})
    result = pipeline.run_pipeline(lake, settings, pipeline.Request(CHOSEN))
    assert result.is_sound and not result.unpublished, result
    return [outcome.table for outcome in result.outcomes if outcome.status == "written"]


def held(lake: Lake) -> dict[str, list[str]]:
    """The rows of all tables that exist, as readers see them, but for what runs say of themselves."""
    seen = pipeline.as_readers_see(lake)
    asked = [each for name, each in TABLES.items() if name not in ("ops.runs", "ops.published") and seen.exists(each)]
    return {each.id: sorted(map(str, seen.read(each).collect())) for each in asked}


@pytest.mark.parametrize("where", ["catalog", "address"])
def test_the_tables_are_those_of_a_folder(
    where: str, spark: SparkSession, tmp_path: Path, landing: Path, request: pytest.FixtureRequest
) -> None:
    other = Lake(spark, catalog="spark_catalog") if where == "catalog" else Lake(spark, root=request.getfixturevalue("address"))
    folder = Lake(spark, root=str(tmp_path / "folder"))
    try:
        assert run(other, landing) == run(folder, landing) != []
        shutil.move(tmp_path / "web_events_2.csv", landing)
        assert run(other, landing) == run(folder, landing) != []
        found = held(folder)
        assert {name: len(rows) for name, rows in found.items() if name.startswith("silver.")} == COUNTS
        assert held(other) == found
        assert run(other, landing) == []
    finally:
        for layer in {each.layer for each in TABLES.values()} if where == "catalog" else ():
            spark.sql(f"DROP SCHEMA IF EXISTS {layer} CASCADE")


def test_neither_is_locked(address: str) -> None:
    for root in (None, address):
        with LakeLock(root, owner="me") as lock:
            assert not lock.is_held


@pytest.mark.parametrize("name", ["engagement", "a.b", ""])
def test_a_catalog_that_is_not_sparks_own_is_refused(spark: SparkSession, name: str) -> None:
    with pytest.raises(ConfigError, match=f"tables can be in spark_catalog only, Spark's own catalog, not in '{name}'"):
        Lake(spark, catalog=name)


def test_a_catalog_that_ends_with_the_session_is_refused(spark: SparkSession) -> None:
    with pytest.raises(ConfigError, match=r"spark\.sql\.catalogImplementation"):
        pipeline.open_lake(spark, Settings(lake={"catalog": "spark_catalog"}, landing={}))
