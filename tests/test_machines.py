"""Numbers do not depend on the machine: other time zone, language, number of cores and partitions, kinds of joins, compiled plans."""

import os
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
    done = subprocess.run([*submit, *job], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return Lake(spark, root=str(folder / "here")), Lake(spark, root=str(folder / "there"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.id)
def test_another_machine_makes_the_same_table(lakes: tuple[Lake, Lake], table) -> None:  # type: ignore[no-untyped-def]
    here, there = lakes
    assert counted_rows(here, table) == counted_rows(there, table)


def test_the_tables_are_not_all_empty(lakes: tuple[Lake, Lake]) -> None:
    assert sum(bool(counted_rows(lakes[0], table)) for table in TABLES) > len(TABLES) / 2
