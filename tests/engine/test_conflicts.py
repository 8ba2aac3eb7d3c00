"""Another program writes to a table while a run does."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from delta.exceptions import DeltaConcurrentModificationException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import Lake, is_conflict
from engagement_lib.engine.run import Outcome
from engagement_lib.engine.side_by_side import _refreshed
from engagement_lib.tables.ops.checks import checks

ROW = ("run", "gold.x", "rule", "warn", 1)


def test_a_table_that_another_program_replaced_meanwhile_is_in_conflict(spark: SparkSession, tmp_path: Path) -> None:
    lake, other = (Lake(spark, root=str(tmp_path / "lake")) for _ in range(2))
    lake.record(checks, [ROW], Commit(run_id="first"))
    is_slow = F.udf(lambda name: (time.sleep(4), name)[1], StringType())
    slow = lake.frame(checks, [ROW]).withColumn("run_id", is_slow("run_id"))
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lake.overwrite, checks, slow, Commit(run_id="slow"))
        time.sleep(1.5)
        other.overwrite(checks, other.frame(checks, [ROW, ROW]), Commit(run_id="other"))
    assert is_conflict(writing.exception())  # type: ignore[arg-type]
    assert other.read(checks).count() == 2
    assert not is_conflict(ValueError("something else"))


@pytest.mark.parametrize(("conflicts", "ends"), [(0, "written"), (2, "written"), (3, "failed")])
def test_a_conflict_makes_a_run_look_again_and_repeat_but_not_for_ever(conflicts: int, ends: str, spark: SparkSession) -> None:
    seen: list[str] = []

    def refresh(table: object) -> Outcome:
        seen.append("refresh")
        if seen.count("refresh") <= conflicts:
            raise DeltaConcurrentModificationException("DELTA_CONCURRENT_APPEND: somebody wrote")
        return Outcome(checks.id, "written", "")

    run = SimpleNamespace(refresh=refresh, lake=SimpleNamespace(spark=spark, forget=lambda: seen.append("forget")))
    assert _refreshed(run, checks).status == ends  # type: ignore[arg-type]
    assert seen == ["refresh", "forget"] * min(conflicts, 2) + ["refresh"]
