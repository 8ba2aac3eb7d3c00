"""A deleted table is built again or its loss is named: nothing is doubled, nothing is skipped, nothing is silently less.

With `HISTORIES` set (`make trust`) each table is deleted from a lake of its own; without, the events from one lake, all of ops
and one more from another.
"""

import os
import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import AppendFiles
from engagement_lib.pipeline import all_tables
from tests.trust.begun import begin
from tests.trust.compare import counted_rows

CHOSEN = "+gold.report_session_quality +ops.drift"
TABLES = all_tables()
#: What only they know is which runs there were, and when.
ONLY_HISTORY = ("ops.runs", "ops.checks", "ops.published")
OPS = [each.id for each in TABLES.values() if each.layer == "ops"]
BUILT_AGAIN = [*OPS, "silver.events", "silver.identity_map", "gold.fact_session", "gold.report_daily_engagement"]
IS_LONG = "HISTORIES" in os.environ
LOST = [[each] for each in BUILT_AGAIN] if IS_LONG else [["silver.events"], [*OPS, "gold.fact_session"]]


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lost")
    begin(folder, lambda lake: run(spark, folder, lake), finished="whole")
    return folder


def run(spark: SparkSession, folder: Path, lake: str, *more: str) -> int:
    where = ["--landing", str(folder / "landing"), "--lake", str(folder / lake)]
    return main([*where, "--select", CHOSEN, *more], spark=spark)


def without(folder: Path, *lost: str, of: str = "begun") -> str:
    """The name of a lake that has lost some tables after its first delivery, or of the whole one without them."""
    lake = f"{of}_without_{'_'.join(lost)[:60]}"
    shutil.copytree(folder / of, folder / lake)
    for each in lost:
        shutil.rmtree(folder / lake / TABLES[each].layer / TABLES[each].name, ignore_errors=True)
    return lake


@pytest.mark.parametrize("lost", LOST, ids=lambda lost: lost[-1])
def test_a_lost_table_is_built_again(spark: SparkSession, folder: Path, lost: list[str]) -> None:
    lake = without(folder, *lost)
    assert run(spark, folder, lake) == 0
    found, expected = (Lake(spark, root=str(folder / name)) for name in (lake, "whole"))
    compared = [each for each in TABLES.values() if each.id not in ONLY_HISTORY and expected.exists(each)]
    differing = [each.id for each in compared if counted_rows(found, each) != counted_rows(expected, each)]
    assert len(compared) > 10 and differing == []


@pytest.mark.parametrize("lost", ["silver.quarantine", "silver.duplicates"] if IS_LONG else ["silver.duplicates"])
def test_a_lost_table_that_only_a_rebuild_makes_again_is_named(
    spark: SparkSession, folder: Path, lost: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = without(folder, lost, of="whole")
    for option in ([], ["--dry-run"]):
        assert run(spark, folder, lake, *option) == 2
        assert f"{lost} is gone, and ops.files knows of" in capsys.readouterr().err
    assert run(spark, folder, lake, "--rebuild") == 0
    found, expected = (Lake(spark, root=str(folder / name)) for name in (lake, "whole"))
    assert counted_rows(found, TABLES[lost]) == counted_rows(expected, TABLES[lost]) != {}


def test_a_table_that_was_emptied_of_what_only_a_rebuild_makes_again_is_named(
    spark: SparkSession, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder / "whole", folder / "truncated")
    spark.sql(f"TRUNCATE TABLE delta.`{folder / 'truncated' / 'silver' / 'duplicates'}`")
    assert run(spark, folder, "truncated") == 2
    assert "silver.duplicates was emptied or restored, and ops.files knows of" in capsys.readouterr().err


def test_files_that_were_only_landed_are_not_counted_before_they_are_merged(spark: SparkSession, folder: Path) -> None:
    """A count that was lost is made up for while a further delivery waits in bronze: of that, nothing is known yet."""
    lake = without(folder, "ops.files")
    where = ["--landing", str(folder / "landing"), "--lake", str(folder / lake)]
    assert main(where, layer="bronze", spark=spark) == 0
    assert run(spark, folder, lake) == 0
    found, expected = (Lake(spark, root=str(folder / name)) for name in (lake, "whole"))
    assert counted_rows(found, TABLES["ops.files"]) == counted_rows(expected, TABLES["ops.files"]) != {}


def test_lost_bronze_is_named(spark: SparkSession, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bronze = next(each.id for each in TABLES.values() if isinstance(each.write, AppendFiles) and each.name == "web_events")
    assert run(spark, folder, without(folder, bronze)) == 2
    assert "lost the loads 1 to 1 that ops.files knows" in capsys.readouterr().err


def test_a_rebuild_that_died_after_it_emptied_tables_is_made_good(spark: SparkSession, folder: Path) -> None:
    """Tables whose columns changed are emptied before anything is computed."""
    shutil.copytree(folder / "whole", folder / "emptied")
    lake, expected = (Lake(spark, root=str(folder / name)) for name in ("emptied", "whole"))
    emptied = [each for each in TABLES.values() if each.layer in ("silver", "gold") and lake.exists(each)]
    for each in emptied:
        lake.create(each, replace=True)
    assert run(spark, folder, "emptied") == 0
    found = Lake(spark, root=str(folder / "emptied"))
    assert [each.id for each in emptied if counted_rows(found, each) != counted_rows(expected, each)] == []


def test_columns_that_are_not_those_of_the_contract_stop_a_run_and_a_rebuild_replaces_them(
    spark: SparkSession, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder / "whole", folder / "older")
    lake, expected = (Lake(spark, root=str(folder / name)) for name in ("older", "whole"))
    changed = [TABLES[name] for name in ("silver.quarantine", "gold.fact_session")]
    for each in changed:
        spark.sql(f"ALTER TABLE delta.`{lake.location(each)}` ADD COLUMN mood string")
    for option in ([], ["--dry-run"]):
        assert run(spark, folder, "older", *option) == 2
        assert "the stored columns differ from the contract; run with --rebuild --select" in capsys.readouterr().err
    assert run(spark, folder, "older", "--rebuild") == 0
    found = Lake(spark, root=str(folder / "older"))
    for each in changed:
        assert found.read(each).columns == [field.name for field in each.fields]
        assert counted_rows(found, each) == counted_rows(expected, each) != {}
