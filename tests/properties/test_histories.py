"""Whatever way the same records are delivered, every table is the same: at once, day by day, shuffled, split, repeated, late.

`HISTORIES` says how many random histories are tried (`make trust` takes 30) or which ones (15-29); without it there are two. Each
is delivered at once and in a rough way: in two deliveries, shuffled, partly repeated and late, with columns in another order;
every other one with events of few days in the second delivery, which say whose events of other days were, so that these are
computed again for some users only. With `HISTORIES` the first of every ten comes day by day as well, and a line per history says
how many rows were compared and differed, and how many days of sessions were written for some users only.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Recorded, Table
from engagement_lib.pipeline import all_tables
from tests.properties.history import Record, day_by_day, days_apart, deliveries, random_records, write_files
from tests.trust.compare import PROVENANCE, TECHNICAL, counted_rows

IS_LONG = "HISTORIES" in os.environ
_FIRST, _, _LAST = os.environ.get("HISTORIES", "2").rpartition("-")
SEEDS = range(int(_FIRST), int(_LAST) + 1) if _FIRST else range(int(_LAST))
#: Which deliveries are set aside, and how many, depends on how often a record was delivered.
NOT_COMPARED = ("silver.quarantine", "silver.duplicates", "silver.entity_set_aside")
TABLES = [
    t for t in all_tables().values() if t.layer != "bronze" and not isinstance(t.write, Recorded) and t.id not in NOT_COMPARED
]
#: Of the history that is being looked at: how many tables and rows were compared with those delivered at once, and differed.
COMPARED: Counter[str] = Counter()
#: Of these entities a history delivers no files.
WITHOUT_FILES = ("payments", "experiments", "assignments")


def built(
    spark: SparkSession, folder: Path, parts: list[list[Record]], chance: random.Random | None, *, is_repeated: bool = False
) -> Lake:
    """A lake to which the parts were delivered one after the other, with a run after each; the first one once more if repeated."""
    for number, part in enumerate(parts):
        write_files(folder / "landing", part, f"part{number}", chance)
        if is_repeated and number == 1:
            write_files(folder / "landing", parts[0], "again", chance)
        code = main(["--landing", str(folder / "landing"), "--lake", str(folder / "lake")], spark=spark)
        assert code == 0
    return Lake(spark, root=str(folder / "lake"))


@pytest.fixture(scope="module", params=SEEDS)
def lakes(
    request: pytest.FixtureRequest, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Lake]]:
    seed = request.param
    records = random_records(seed)
    folder = tmp_path_factory.mktemp(f"history{seed}")
    found = {"at once": built(spark, folder / "once", [records], None)}
    if seed % 2:
        found["days apart"] = built(spark, folder / "apart", days_apart(seed, records), random.Random(seed))
    else:
        parts = deliveries(seed, records, 2)
        found["shuffled"] = built(spark, folder / "shuffled", parts, random.Random(seed), is_repeated=True)
    if IS_LONG and seed % 10 == 0:
        found["day by day"] = built(spark, folder / "days", day_by_day(records, seed), None)
    COMPARED.clear()
    yield found
    if IS_LONG:
        COMPARED["session days for some users"] = sum(map(days_for_some_users, found.values()))
        counts = ", ".join(f"{number} {what}" for what, number in COMPARED.items())
        print(f"\nhistory {seed}: {len(records)} records, {' = '.join(found)}; {counts}")


def days_for_some_users(lake: Lake) -> int:
    """Days of sessions that were computed again for some users only, over all versions."""
    commits = [version.commit for version in lake.versions(all_tables()["gold.fact_session"])]
    return sum(len(commit.user_days) for commit in commits if commit)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.id)
def test_the_way_of_delivery_changes_no_table(lakes: dict[str, Lake], table: Table) -> None:
    found = {way: counted_rows(lake, table, (*TECHNICAL, *PROVENANCE)) for way, lake in lakes.items()}
    at_once = found.pop("at once")
    for way, otherwise in found.items():
        differing = [*(at_once - otherwise).elements(), *(otherwise - at_once).elements()]
        COMPARED.update({"tables compared": 1, "rows": at_once.total(), "differing": len(differing)})
        assert not differing, f"{len(differing)} rows of {table.id} differ when delivered {way}: {differing[:6]}"
    assert at_once or any(table.name.startswith((name, "dim_" + name[:-1])) for name in WITHOUT_FILES)


def test_a_delivery_of_few_days_leaves_the_others_alone(lakes: dict[str, Lake]) -> None:
    """Or the comparison above would say nothing of the days that a change reaches."""
    events = all_tables()["silver.events"]
    for lake in [lakes[way] for way in ("days apart",) if way in lakes]:
        days = {row.event_date for row in lake.read(events).select("event_date").distinct().collect()}
        commit = lake.last_commit(events)
        assert commit and commit.days and 0 < len(commit.days) < len(days)


def test_every_record_is_an_event_a_duplicate_or_quarantined(lakes: dict[str, Lake]) -> None:
    for way, lake in lakes.items():
        files = lake.read(all_tables()["ops.files"])
        wrong = files.where("records <> events + duplicates + quarantined OR events IS NULL").collect()
        assert not wrong, (way, wrong)


def test_the_same_broken_records_are_quarantined(lakes: dict[str, Lake]) -> None:
    quarantine = all_tables()["silver.quarantine"]
    sets = {way: {(r.rule, r.raw) for r in lake.read(quarantine).collect()} for way, lake in lakes.items()}
    assert all(found == sets["at once"] != set() for found in sets.values())


def test_running_again_with_nothing_new_writes_nothing(lakes: dict[str, Lake], spark: SparkSession) -> None:
    lake = lakes["at once"]
    root = Path(str(lake.root))
    before = sorted(str(path) for path in root.rglob("*"))
    assert main(["--landing", str(root.parent / "landing"), "--lake", str(root)], spark=spark) == 0
    assert sorted(str(path) for path in root.rglob("*")) == before
