"""A class-data archive: the classes of one training run, stored parsed and verified, so that later starts load them faster.

Java ignores an archive that is missing or belongs to another Java or other jars, so nothing depends on it but the start-up time.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from engagement_lib.runtime.java import Java

# Java would report each generated class that cannot be stored, and at each start that an archive does not fit.
SILENT = "-Xlog:cds*=off"
TRAINING = Path(__file__).with_name("training.py")


def make_archive(java: Java, spark_home: Path, archive: Path, environ: Mapping[str, str]) -> bool:
    """Runs the training script once and stores the classes that it used; whether that worked."""
    if not _has_base_archive(java):
        return False
    python_path = os.pathsep.join((str(TRAINING.parents[2]), environ.get("PYTHONPATH", "")))
    command = [
        str(spark_home / "bin" / "spark-submit"),
        "--driver-java-options", f'"-XX:ArchiveClassesAtExit={archive}" {SILENT} -XX:TieredStopAtLevel=1',
        str(TRAINING),
    ]  # fmt: skip
    environ = {**environ, "SPARK_HOME": str(spark_home), "PYTHONPATH": python_path}
    archive.unlink(missing_ok=True)
    run = subprocess.run(command, env=environ, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return run.returncode == 0 and archive.is_file()


def archive_options(archive: Path) -> str:
    """The options that make Java use the archive."""
    return f'"-XX:SharedArchiveFile={archive}" {SILENT}'


def _has_base_archive(java: Java) -> bool:
    """Whether Java has the archive of its own classes that ours builds on; a small Java comes without and is asked for it."""
    folder = java.home / "lib" / "server"
    if not any(folder.glob("classes*.jsa")):
        subprocess.run([str(java.command), "-Xshare:dump"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return any(folder.glob("classes*.jsa"))
