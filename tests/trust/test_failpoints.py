"""A run that dies between two commits, as by kill -9, and is started again leaves the tables of a run that was never disturbed.

With `HISTORIES` set (`make trust`) a lake dies at each of its commits; without, one lake dies after one commit, the next run after
two, and so on, until a run comes to its end.
"""

import os
import shutil
import threading
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.run import Outcome, Run
from engagement_lib.engine.table import Table
from engagement_lib.pipeline import all_tables, as_readers_see
from tests.trust.begun import begin
from tests.trust.compare import counted_rows

CHOSEN = "+gold.report_session_quality"
COMPARED = (
    "silver.events",
    "silver.duplicates",
    "silver.quarantine",
    "gold.fact_session",
    "gold.report_session_quality",
    "ops.files",
)
TABLES = all_tables()


class Died(BaseException):
    """Not an error that anything handles: the process is gone."""


class Undertaker:
    """Lets a run make so many commits and no more."""

    def __init__(self, patch: pytest.MonkeyPatch, lives: int) -> None:
        self.commits, self.lives = 0, lives
        self.one_at_a_time = threading.RLock()
        for name in ("_write", "upsert", "create"):
            patch.setattr(Lake, name, self._mortal(getattr(Lake, name)))

    def _mortal(self, method):  # type: ignore[no-untyped-def]
        def commit(lake: Lake, *arguments: object, **more: object) -> None:
            with self.one_at_a_time:
                if self.commits >= self.lives:
                    raise Died
                method(lake, *arguments, **more)
                self.commits += 1

        return commit


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("failpoints")
    begin(folder, lambda lake: run(spark, folder, lake), finished="undisturbed")
    return folder


def run(spark: SparkSession, folder: Path, lake: str) -> int:
    return main(["--landing", str(folder / "landing"), "--lake", str(folder / lake), "--select", CHOSEN], spark=spark)


def run_until_it_dies(spark: SparkSession, folder: Path, lake: str, lives: int) -> bool:
    """Whether the run died before its end."""
    with pytest.MonkeyPatch.context() as patch:
        Undertaker(patch, lives)
        try:
            assert run(spark, folder, lake) == 0
        except Died:
            return True
    return False


def assert_same(spark: SparkSession, folder: Path, lake: str) -> None:
    found, expected = (as_readers_see(Lake(spark, root=str(folder / name))) for name in (lake, "undisturbed"))
    for name in COMPARED:
        rows = counted_rows(expected, TABLES[name])
        assert rows and counted_rows(found, TABLES[name]) == rows, f"{name} differs"


def test_a_lake_whose_runs_die_again_and_again_ends_as_if_none_had(spark: SparkSession, folder: Path) -> None:
    shutil.copytree(folder / "begun", folder / "mortal")
    deaths = 0
    while run_until_it_dies(spark, folder, "mortal", lives=deaths + 1):
        deaths += 1
    assert deaths >= 3
    assert_same(spark, folder, "mortal")


@pytest.mark.skipif("HISTORIES" not in os.environ, reason="takes a quarter of an hour: make trust")
def test_a_death_at_any_commit_does_no_harm(spark: SparkSession, folder: Path) -> None:
    for begun in ("begun", "nothing"):
        lives, died = 1, True
        while died:
            lake = f"{begun}{lives}"
            if begun != "nothing":
                shutil.copytree(folder / begun, folder / lake)
            if died := run_until_it_dies(spark, folder, lake, lives):
                assert run(spark, folder, lake) == 0
                assert_same(spark, folder, lake)
            shutil.rmtree(folder / lake)
            lives += 1
        print(f"{lives - 2} deaths, from {begun}")


def test_files_are_counted_again_after_an_error_that_nothing_foresaw(
    spark: SparkSession, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events are merged, and some give way to earlier deliveries; a table beside them ends the run before it counts its files."""
    shutil.copytree(folder / "begun", folder / "unforeseen")
    refresh = Run.refresh

    def broken(self: Run, table: Table) -> Outcome:
        if table.id == "silver.users":
            raise RuntimeError("a fault of ours")
        return refresh(self, table)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "refresh", broken)
        where = ["--landing", str(folder / "landing"), "--lake", str(folder / "unforeseen")]
        assert main([*where, "--select", "+silver.events silver.users"], spark=spark) == 5
    assert run(spark, folder, "unforeseen") == 0
    assert_same(spark, folder, "unforeseen")
