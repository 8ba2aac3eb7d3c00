"""Numbers do not depend on the machine: other date, time zone, language, number of cores and partitions, kinds of joins, compiled
plans.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Recorded
from engagement_lib.pipeline import all_tables
from tests.properties.history import deliveries, random_records, write_files
from tests.trust.compare import counted_rows

ROOT = Path(__file__).resolve().parents[1]
COMPUTED = [each for each in all_tables().values() if each.layer != "bronze" and not isinstance(each.write, Recorded)]
TABLES = [*COMPUTED, all_tables()["ops.files"]]
#: In Turkish the small letter of I is none that a header or an event name knows.
JAVA = "-Duser.language=tr -Duser.country=TR -Duser.timezone=America/Los_Angeles -XX:TieredStopAtLevel=1"
PROPERTIES = {
    "spark.master": "local[3]",
    "spark.sql.shuffle.partitions": "5",
    "spark.default.parallelism": "3",
    "spark.sql.files.maxPartitionBytes": "20000",
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}
#: The other machine's date is some years ahead, where there is a C compiler to make that so.
YEARS_AHEAD = 6
COMPILER = shutil.which("cc")


def _other_date(folder: Path) -> dict[str, str]:
    """What makes a process and its children live on another date."""
    if COMPILER is None:
        return {}
    library, source = folder / "other_date.so", ROOT / "tests" / "trust" / "other_date.c"
    ahead = f"-DSECONDS_AHEAD={YEARS_AHEAD * 365 * 86_400}"
    subprocess.run([COMPILER, "-shared", "-fPIC", ahead, "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


@pytest.fixture(scope="module")
def lakes(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Lake]:
    """The same files taken in by this session, and by a process on another kind of machine."""
    folder = tmp_path_factory.mktemp("machines")
    write_files(folder / "landing", *deliveries(7, random_records(7, 150), 1), "only")
    arguments = ["--landing", str(folder / "landing"), "--lake"]
    assert main([*arguments, str(folder / "here")], spark=spark) == 0
    (folder / "base.yml").write_text((ROOT / "conf" / "base.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "there.yml").write_text("run: {side_by_side: 3, interpreted_records: 0}\n", encoding="utf-8")
    submit = [str(Path(sys.executable).parent / "spark-submit"), "--driver-java-options", JAVA]
    for name, value in PROPERTIES.items():
        submit += ["--conf", f"{name}={value}"]
    job = ["jobs/pipeline.py", "--conf-file", str(folder / "there.yml"), *arguments, str(folder / "there")]
    environment = {**os.environ, "TZ": "America/Los_Angeles", "LC_ALL": "C", "PYSPARK_PYTHON": sys.executable}
    environment |= _other_date(folder)
    done = subprocess.run([*submit, *job], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return Lake(spark, root=str(folder / "here")), Lake(spark, root=str(folder / "there"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.id)
def test_another_machine_makes_the_same_table(lakes: tuple[Lake, Lake], table) -> None:  # type: ignore[no-untyped-def]
    here, there = lakes
    assert counted_rows(here, table) == counted_rows(there, table)


def test_the_tables_are_not_all_empty(lakes: tuple[Lake, Lake]) -> None:
    assert sum(bool(counted_rows(lakes[0], table)) for table in TABLES) > len(TABLES) / 2


@pytest.mark.skipif(COMPILER is None, reason="no C compiler here: the other machine had today's date")
def test_the_other_machine_has_another_date(lakes: tuple[Lake, Lake]) -> None:
    """Java's date, by which Delta stamps its commits."""
    here, there = ([_committed_at(path) for path in Path(str(lake.root)).rglob("_delta_log/*.json")] for lake in lakes)
    assert min(there) - max(here) > (YEARS_AHEAD - 1) * 365 * 86_400


def _committed_at(path: Path) -> float:
    commits = (json.loads(line).get("commitInfo") for line in path.read_text(encoding="utf-8").splitlines())
    return next(commit["timestamp"] for commit in commits if commit) / 1000
