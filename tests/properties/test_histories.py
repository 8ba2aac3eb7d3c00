"""Whatever way the same records are delivered, every table is the same: at once, day by day, shuffled, split, repeated, late.

`HISTORIES` says how many random histories are tried (default 1; `make trust` takes 30).
"""

import os
import random
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.pipeline import all_tables
from tests.properties.history import Record, day_by_day, deliveries, random_records, write_files
from tests.trust.compare import PROVENANCE, TECHNICAL, comparable

SEEDS = range(int(os.environ.get("HISTORIES", "1")))
#: Which deliveries are set aside, and how many, depends on how often a record was delivered.
NOT_COMPARED = ("silver.quarantine", "silver.duplicates", "silver.entity_set_aside")
TABLES = [t for t in all_tables().values() if t.layer in ("silver", "gold") and t.id not in NOT_COMPARED]
#: Of these entities a history delivers no files.
WITHOUT_FILES = ("payments", "experiments", "assignments", "features")


def built(spark: SparkSession, folder: Path, parts: list[list[Record]], chance: random.Random | None) -> Lake:
    """A lake to which the parts were delivered one after the other, with a run after each."""
    for number, part in enumerate(parts):
        write_files(folder / "landing", part, f"part{number}", chance)
        if chance is not None and number == 1:
            write_files(folder / "landing", parts[0], "again", chance)
        code = main(["--landing", str(folder / "landing"), "--lake", str(folder / "lake")], spark=spark)
        assert code == 0
    return Lake(spark, root=str(folder / "lake"))


@pytest.fixture(scope="module", params=SEEDS)
def lakes(request: pytest.FixtureRequest, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lake]:
    seed = request.param
    records = random_records(seed)
    folder = tmp_path_factory.mktemp(f"history{seed}")
    return {
        "at once": built(spark, folder / "once", [records], None),
        "day by day": built(spark, folder / "days", day_by_day(records, seed), None),
        "shuffled": built(spark, folder / "shuffled", deliveries(seed, records, 3), random.Random(seed)),
    }


@pytest.mark.parametrize("way", ["day by day", "shuffled"])
@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.id)
def test_the_way_of_delivery_changes_no_table(lakes: dict[str, Lake], table: Table, way: str) -> None:
    at_once, otherwise = (comparable(lakes[name], table, (*TECHNICAL, *PROVENANCE)) for name in ("at once", way))
    missing, added = at_once.exceptAll(otherwise), otherwise.exceptAll(at_once)
    differing = [*missing.take(3), *added.take(3)]
    assert not differing, f"{missing.count() + added.count()} rows of {table.id} differ: {differing}"
    assert at_once.count() > 0 or any(table.name.startswith((name, "dim_" + name[:-1])) for name in WITHOUT_FILES)


@pytest.mark.parametrize("way", ["at once", "day by day", "shuffled"])
def test_every_record_is_an_event_a_duplicate_or_quarantined(lakes: dict[str, Lake], way: str) -> None:
    files = lakes[way].read(all_tables()["ops.files"])
    wrong = files.where("records <> events + duplicates + quarantined OR events IS NULL")
    assert wrong.count() == 0, wrong.collect()


def test_the_same_broken_records_are_quarantined(lakes: dict[str, Lake]) -> None:
    quarantine = all_tables()["silver.quarantine"]
    sets = {way: {(r.rule, r.raw) for r in lake.read(quarantine).collect()} for way, lake in lakes.items()}
    assert sets["at once"] == sets["day by day"] == sets["shuffled"] != set()


def test_running_again_with_nothing_new_writes_nothing(lakes: dict[str, Lake], spark: SparkSession) -> None:
    lake = lakes["at once"]
    root = Path(str(lake.root))
    before = sorted(str(path) for path in root.rglob("*"))
    assert main(["--landing", str(root.parent / "landing"), "--lake", str(root)], spark=spark) == 0
    assert sorted(str(path) for path in root.rglob("*")) == before
