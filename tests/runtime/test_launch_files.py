"""The files that let a plain ``spark-submit`` find Spark, Java and its settings."""

import subprocess
import sys
from pathlib import Path

import pytest

from engagement_lib.runtime.launch_files import install_launch_files

REPOSITORY_CONF = Path(__file__).resolve().parents[2] / "conf"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty virtual environment that the running Python believes to be its own."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / "bin").mkdir()
    (tmp_path / "pyspark").mkdir()
    return tmp_path


def sourced(file: Path, variable: str) -> str:
    script = f'set -a; . "{file}"; printenv {variable}'
    return subprocess.run(
        ["bash", "-c", script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_sparks_commands_learn_where_spark_and_java_are(environment: Path) -> None:
    install_launch_files(environment / "pyspark", environment / "java", REPOSITORY_CONF)
    assert sourced(environment / "bin" / "find-spark-home", "SPARK_HOME") == str(environment / "pyspark")
    spark_env = environment / "pyspark" / "conf" / "spark-env.sh"
    assert sourced(spark_env, "JAVA_HOME") == str(environment / "java")
    assert sourced(spark_env, "PYSPARK_PYTHON") == sys.executable


def test_java_options_of_the_environment_join_those_of_the_repository_in_one_line(environment: Path) -> None:
    """Spark takes the last of two lines of one name, so a second line would lose the first one's options."""
    install_launch_files(environment / "pyspark", environment / "java", REPOSITORY_CONF, '"-XX:SharedArchiveFile=a b.jsa"')
    defaults = (environment / "pyspark" / "conf" / "spark-defaults.conf").read_text().splitlines()
    lines = [line for line in defaults if line.startswith("spark.driver.defaultJavaOptions")]
    assert len(lines) == 1
    assert "-XX:Tier4InvocationThreshold=" in lines[0]
    assert lines[0].endswith(' "-XX:SharedArchiveFile=a b.jsa"')


def test_repeating_it_leaves_the_same_files(environment: Path) -> None:
    def installed() -> dict[str, str]:
        install_launch_files(environment / "pyspark", environment / "java", REPOSITORY_CONF, "-Xa")
        return {file.name: file.read_text() for file in (environment / "pyspark" / "conf").iterdir()}

    assert installed() == installed()
