"""Prepares the PySpark of the running Python; safe to repeat."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from engagement_lib.errors import EngagementError, EnvironmentProblem
from engagement_lib.runtime.class_archive import archive_options, make_archive
from engagement_lib.runtime.jars import install_jars
from engagement_lib.runtime.java import choose_java, install_java, java_from_pypi
from engagement_lib.runtime.launch_files import install_launch_files

SETTINGS = Path(__file__).resolve().parents[2] / "conf"


def main() -> int:
    """Prints one line for each part; the value is the exit code."""
    try:
        _prepare(_spark_home(), Path(sys.prefix) / "java")
    except EngagementError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return problem.exit_code
    return 0


def _prepare(spark_home: Path, java_home: Path) -> None:
    java = choose_java(os.environ) or java_from_pypi()
    install_java(java, java_home, spark_home / "conf")
    install_launch_files(spark_home, java_home, SETTINGS)
    print(f"Java {java.version}: {java.home}", flush=True)
    print(f"Delta's jars: {install_jars(spark_home, os.environ)}")
    archive = java_home / "classes.jsa"
    if make_archive(java, spark_home, archive, os.environ):
        install_launch_files(spark_home, java_home, SETTINGS, archive_options(archive))
        print("class archive: made, Spark starts faster")
    else:
        print("class archive: not made, Spark only starts slower")


def _spark_home() -> Path:
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise EnvironmentProblem("PySpark is not installed in this Python; next: `make setup`")
    return Path(found.origin).parent


if __name__ == "__main__":
    raise SystemExit(main())
