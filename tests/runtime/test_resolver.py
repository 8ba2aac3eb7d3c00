"""What is said when Spark's resolver cannot fetch the jars; a script stands for ``spark-submit``."""

from pathlib import Path

import pytest

from engagement_lib.errors import EnvironmentProblem
from engagement_lib.runtime.jars import resolve


def a_spark(folder: Path, script: str) -> Path:
    submit = folder / "bin" / "spark-submit"
    submit.parent.mkdir(parents=True)
    submit.write_text(f"#!/bin/sh\n{script}\n")
    submit.chmod(0o755)
    return folder


def test_a_failed_download_ends_in_one_line_with_the_resolvers_reason(tmp_path: Path) -> None:
    spark = a_spark(tmp_path / "spark", 'echo "module not found: x" >&2; echo "	at Some.java" >&2; exit 1')
    with pytest.raises(EnvironmentProblem) as problem:
        resolve(spark, tmp_path, {})
    assert str(problem.value).startswith("Delta's jars could not be fetched (module not found: x); next: check the network")
    assert "\n" not in str(problem.value)


def test_the_resolver_is_tried_again_after_one_failure(tmp_path: Path) -> None:
    spark = a_spark(tmp_path / "spark", f'[ -e "{tmp_path}/tried" ] || {{ touch "{tmp_path}/tried"; exit 1; }}')
    assert resolve(spark, tmp_path, {}) == tmp_path / "ivy" / "jars"


def test_the_resolver_sees_neither_the_users_home_nor_its_caches(tmp_path: Path) -> None:
    spark = a_spark(tmp_path / "spark", f'printf "%s\\n" "$@" > "{tmp_path}/arguments"')
    resolve(spark, tmp_path, {})
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert any(argument.startswith(f"-Duser.home={tmp_path}/home") for argument in arguments)
    assert f"spark.jars.ivy={tmp_path}/ivy" in arguments
    assert list((tmp_path / "home").iterdir()) == []
