"""What a session is started with, and what is said where Spark cannot start."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.errors import ConfigError, EnvironmentProblem
from engagement_lib.session import DELTA_EXTENSION, LETTERS, RESULTS, build_session, properties

REPOSITORY = Path(__file__).resolve().parent.parent


def test_a_laptop_gets_all_its_cores_and_few_partitions() -> None:
    started = properties({}, {})
    assert (started["spark.master"], started["spark.sql.shuffle.partitions"]) == ("local[*]", "2")


def test_the_master_of_spark_submit_stays_and_a_cluster_gets_no_laptop_sizes() -> None:
    started = properties({}, {"spark.master": "yarn"})
    assert started["spark.master"] == "yarn"
    assert "spark.sql.shuffle.partitions" not in started
    assert started["spark.sql.extensions"] == DELTA_EXTENSION


def test_configuration_wins_over_spark_submit_and_both_over_the_defaults() -> None:
    started = properties(
        {"spark.sql.shuffle.partitions": "8"}, {"spark.sql.shuffle.partitions": "4", "spark.scheduler.mode": "FIFO"}
    )
    assert (started["spark.sql.shuffle.partitions"], started["spark.scheduler.mode"]) == ("8", "FIFO")


@pytest.mark.parametrize("name", RESULTS)
def test_what_decides_the_tables_contents_is_ours_whatever_a_cluster_has(name: str) -> None:
    """The time zone in a cluster's spark-defaults.conf would move each event by hours, and give it another key."""
    assert properties({}, {name: "Europe/Berlin"})[name] == RESULTS[name]


@pytest.mark.parametrize("name", RESULTS)
def test_a_configuration_that_would_change_the_tables_contents_is_refused(name: str, spark: SparkSession) -> None:
    with pytest.raises(ConfigError, match=rf"spark: {name} must be {RESULTS[name]}, not Europe/Berlin"):
        build_session({name: "Europe/Berlin"})
    assert spark.conf.get(name) == RESULTS[name]
    assert build_session({name: RESULTS[name].upper()}).conf.get(name) == RESULTS[name]


@pytest.mark.parametrize(
    "given", ["x.Sedona", f"x.Sedona, {DELTA_EXTENSION}", f"{DELTA_EXTENSION},x.Sedona", DELTA_EXTENSION, ""]
)
def test_deltas_extension_is_added_to_others(given: str) -> None:
    for started in (properties({"spark.sql.extensions": given}, {}), properties({}, {"spark.sql.extensions": given})):
        named = started["spark.sql.extensions"].split(",")
        assert sorted(named) == sorted({*given.replace(" ", "").split(","), DELTA_EXTENSION} - {""})


def test_the_running_session_is_returned(spark: SparkSession) -> None:
    assert build_session({}) is spark


def test_python_asks_java_once_what_functions_are(spark: SparkSession) -> None:
    java = spark.sparkContext._jvm
    assert java is not None
    assert java.functions.col is java.functions.col
    assert java.functions.upper is not java.functions.upper


def test_spark_has_the_class_that_is_loaded_ahead(spark: SparkSession) -> None:
    assert spark.sparkContext._jvm.java.lang.Class.forName(LETTERS).getName() == LETTERS  # type: ignore[union-attr]


def test_a_running_session_takes_what_can_still_change_and_leaves_the_rest(spark: SparkSession) -> None:
    memory = spark.conf.get("spark.driver.memory")
    partitions = spark.conf.get("spark.sql.shuffle.partitions") or ""
    build_session({"spark.sql.shuffle.partitions": "7", "spark.driver.memory": "9g"})
    try:
        assert (spark.conf.get("spark.sql.shuffle.partitions"), spark.conf.get("spark.driver.memory")) == ("7", memory)
    finally:
        build_session({"spark.sql.shuffle.partitions": partitions})
    assert spark.conf.get("spark.sql.shuffle.partitions") == partitions


def test_a_session_that_a_notebook_gives_to_a_job_works_in_utc(spark: SparkSession, tmp_path: Path) -> None:
    """In the notebook's own zone each event would be hours off."""
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    try:
        assert main(["--lake", str(tmp_path), "--landing", str(tmp_path), "--dry-run"], spark=spark) == 0
        assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    finally:
        build_session({})


def test_a_running_session_without_delta_is_refused(spark: SparkSession) -> None:
    spark.conf._jconf.sqlConf().setConfString("spark.sql.extensions", "")  # what a session started by others looks like
    try:
        with pytest.raises(EnvironmentProblem, match=r"running Spark session lacks Delta .* next: "):
            build_session({})
    finally:
        spark.conf._jconf.sqlConf().setConfString("spark.sql.extensions", DELTA_EXTENSION)


def test_python_sees_timestamps_in_utc_whatever_the_machines_time_zone(spark: SparkSession) -> None:
    [row] = spark.sql("SELECT TIMESTAMP'2025-02-03 23:30:00' AS at").collect()
    assert row.at == datetime(2025, 2, 3, 23, 30)


def test_python_workers_run_the_same_python_as_the_job(spark: SparkSession) -> None:
    """They once ran the machine's own python3, which lacked pyarrow, wherever the environment was not activated."""
    assert spark.sparkContext.pythonExec == os.environ["PYSPARK_PYTHON"] == sys.executable


def test_a_bad_cast_is_an_error_and_not_a_null(spark: SparkSession) -> None:
    assert spark.conf.get("spark.sql.ansi.enabled") == "true"


def problem_of_a_start(code: str, **environ: str) -> str:
    """The message of the EnvironmentProblem that ``build_session`` raises in a process of its own."""
    script = (
        "from engagement_lib.errors import EnvironmentProblem\n"
        "from engagement_lib.session import build_session\n"
        f"try:\n    {code}\nexcept EnvironmentProblem as problem:\n    print('PROBLEM', problem)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    [message] = [line.removeprefix("PROBLEM ") for line in run.stdout.splitlines() if line.startswith("PROBLEM ")]
    return message


def test_a_start_without_java_names_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "spark-env.sh").write_text(f'JAVA_HOME="{tmp_path}/no-java"\n')
    message = problem_of_a_start("build_session({})", SPARK_CONF_DIR=str(tmp_path))
    assert message.startswith("Spark could not start Java 17 or newer") and message.endswith("next: `make setup`")


def test_a_start_without_deltas_jars_names_the_next_step(tmp_path: Path) -> None:
    """A Spark whose jar folder links to all jars of the real one but Delta's."""
    import pyspark

    real = Path(pyspark.__file__).parent
    for entry in real.iterdir():
        if entry.name not in ("jars", "conf"):
            (tmp_path / entry.name).symlink_to(entry)
    (tmp_path / "jars").mkdir()
    for jar in (real / "jars").glob("*.jar"):
        if not jar.name.startswith("delta-"):
            (tmp_path / "jars" / jar.name).symlink_to(jar)
    environ = {"SPARK_HOME": str(tmp_path), "SPARK_CONF_DIR": str(real / "conf")} if (real / "conf").is_dir() else {}
    if "JAVA_HOME" in os.environ:
        environ.setdefault("JAVA_HOME", os.environ["JAVA_HOME"])
    message = problem_of_a_start(f"build_session({{'spark.sql.warehouse.dir': '{tmp_path}/w'}})", **environ)
    assert message.startswith("Spark started without Delta's jars; next: `make setup` on a laptop")
