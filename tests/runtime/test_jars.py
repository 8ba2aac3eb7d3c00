"""Delta's jars get into Spark's jar folder whole and verified, or not at all."""

import hashlib
from pathlib import Path

import pytest

from engagement_lib.errors import EnvironmentProblem
from engagement_lib.runtime import jars
from engagement_lib.runtime.jars import Jar, install_jars

CONTENT = {"spark.jar": b"the first jar", "storage.jar": b"the second jar"}


@pytest.fixture
def spark_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Spark without Delta, in a world where the two jars are a few bytes long."""
    wanted = tuple(
        Jar("io.delta", name.removesuffix(".jar"), "1", hashlib.sha256(content).hexdigest()) for name, content in CONTENT.items()
    )
    monkeypatch.setattr(jars, "JARS", wanted)
    monkeypatch.setattr(jars, "resolve", lambda *_: pytest.fail("the network was asked"))
    (tmp_path / "spark" / "jars").mkdir(parents=True)
    return tmp_path / "spark"


def a_folder(folder: Path, prefix: str = "", **changed: bytes) -> Path:
    folder.mkdir()
    for jar, content in zip(jars.JARS, CONTENT.values(), strict=True):
        (folder / f"{prefix}{jar.name}").write_bytes(changed.get(jar.artifact, content))
    return folder


def installed(spark_home: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (spark_home / "jars").iterdir()}


BOTH = {"spark-1.jar": CONTENT["spark.jar"], "storage-1.jar": CONTENT["storage.jar"]}


def test_jars_of_the_given_folder_are_copied(spark_home: Path, tmp_path: Path) -> None:
    given = a_folder(tmp_path / "given")
    assert install_jars(spark_home, {"ENGAGEMENT_JARS": str(given)}) == f"copied from {given}"
    assert installed(spark_home) == BOTH


def test_jars_in_the_resolvers_spelling_are_found(spark_home: Path, tmp_path: Path) -> None:
    given = a_folder(tmp_path / "given", prefix="io.delta_")
    install_jars(spark_home, {"ENGAGEMENT_JARS": str(given)})
    assert installed(spark_home) == BOTH


def test_jars_that_are_there_are_neither_copied_nor_fetched_again(spark_home: Path) -> None:
    for name, content in BOTH.items():
        (spark_home / "jars" / name).write_bytes(content)
    assert install_jars(spark_home, {}) == "already there"


def test_a_jar_with_other_content_is_refused_and_nothing_is_installed(spark_home: Path, tmp_path: Path) -> None:
    given = a_folder(tmp_path / "given", storage=b"something else")
    with pytest.raises(EnvironmentProblem, match=r"storage-1\.jar is not the published jar"):
        install_jars(spark_home, {"ENGAGEMENT_JARS": str(given)})
    assert installed(spark_home) == {}


def test_a_damaged_jar_in_sparks_folder_is_replaced(spark_home: Path, tmp_path: Path) -> None:
    (spark_home / "jars" / "spark-1.jar").write_bytes(b"half a j")
    install_jars(spark_home, {"ENGAGEMENT_JARS": str(a_folder(tmp_path / "given"))})
    assert installed(spark_home) == BOTH


def test_a_folder_without_the_jars_is_named_with_what_it_lacks(spark_home: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"nowhere holds no spark-1\.jar; next: correct ENGAGEMENT_JARS"):
        install_jars(spark_home, {"ENGAGEMENT_JARS": str(tmp_path / "nowhere")})
