"""The two jars that Delta needs beside those that PySpark ships: fetched once, verified, put among Spark's own."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engagement_lib.errors import EnvironmentProblem


@dataclass(frozen=True)
class Jar:
    """A published jar and the fingerprint that it must have."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """File name in Spark's jar folder."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def coordinate(self) -> str:
        """What ``--packages`` takes."""
        return f"{self.group}:{self.artifact}:{self.version}"

    def is_intact(self, file: Path) -> bool:
        """Whether the file is exactly the published jar."""
        return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == self.sha256


DELTA_SPARK = Jar("io.delta", "delta-spark_4.2_2.13", "4.4.0", "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead")
DELTA_STORAGE = Jar("io.delta", "delta-storage", "4.4.0", "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc")
JARS = (DELTA_SPARK, DELTA_STORAGE)
# The network's bad moment should not cost a person the whole set-up.
ATTEMPTS = 2
# A Java from PyPI only knows its own certificates; behind a company's proxy those of the machine are needed.
TRUST_STORES = (Path("/etc/ssl/certs/java/cacerts"), Path("/etc/pki/java/cacerts"))

# PySpark ships newer copies of these, or only Unity Catalog needs them.
NOT_NEEDED = (
    "org.apache.hadoop:*", "org.apache.parquet:*", "com.fasterxml.jackson.core:*", "com.fasterxml.jackson.datatype:*",
    "org.apache.logging.log4j:*", "org.slf4j:*", "io.unitycatalog:*", "org.roaringbitmap:*", "org.locationtech.jts:*",
    "com.github.luben:*", "org.xerial.snappy:*", "commons-logging:*", "commons-pool:*", "io.airlift:*",
    "com.google.code.findbugs:*", "javax.annotation:*", "io.delta:delta-kernel-api", "io.delta:delta-kernel-defaults",
    "io.delta:delta-kernel-unitycatalog",
)  # fmt: skip


def install_jars(spark_home: Path, environ: Mapping[str, str]) -> str:
    """Puts the verified jars into Spark's jar folder; the value says where they came from.

    ``ENGAGEMENT_JARS`` names a folder that already holds them; without it Spark's own resolver fetches them.
    """
    target = spark_home / "jars"
    if all(jar.is_intact(target / jar.name) for jar in JARS):
        return "already there"
    given = environ.get("ENGAGEMENT_JARS")
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(given) if given else resolve(spark_home, Path(scratch), environ)
        found = [_find(source, jar) for jar in JARS]
        for jar, file in zip(JARS, found, strict=True):
            # A half copied jar would be found by every later start; a renamed one is whole.
            partial = target / f"{jar.name}.partial"
            shutil.copyfile(file, partial)
            partial.replace(target / jar.name)
    return f"copied from {given}" if given else "fetched with Spark's resolver"


def resolve(spark_home: Path, scratch: Path, environ: Mapping[str, str]) -> Path:
    """The folder below ``scratch`` into which Spark's resolver has fetched the jars.

    The resolver gets its own cache and an empty home, because it fails on a half filled ``~/.m2``.
    """
    script, home = scratch / "nothing.py", scratch / "home"
    script.touch()
    home.mkdir()
    trust = [f"-Djavax.net.ssl.trustStore={store}" for store in TRUST_STORES if store.is_file()][:1]
    command = [
        str(spark_home / "bin" / "spark-submit"),
        "--master", "local[1]",
        "--packages", DELTA_SPARK.coordinate,
        "--exclude-packages", ",".join(NOT_NEEDED),
        "--conf", f"spark.jars.ivy={scratch / 'ivy'}",
        "--driver-java-options", " ".join((f"-Duser.home={home}", *trust)),
        str(script),
    ]  # fmt: skip
    environ = {**environ, "SPARK_HOME": str(spark_home), "PYSPARK_PYTHON": sys.executable}
    for _ in range(ATTEMPTS):
        run = subprocess.run(command, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        if run.returncode == 0:
            return scratch / "ivy" / "jars"
    words = [line.strip(" \t:") for line in run.stderr.splitlines() if "module not found" in line or "Exception" in line]
    raise EnvironmentProblem(
        f"Delta's jars could not be fetched ({words[0] if words else 'the resolver gave no reason'}); "
        "next: check the network (proxy, certificates) and repeat `make setup`, "
        f"or give a folder with {' and '.join(jar.name for jar in JARS)} as ENGAGEMENT_JARS"
    )


def _find(folder: Path, jar: Jar) -> Path:
    """The intact jar in the folder, also under the resolver's spelling (``group_artifact-version.jar``)."""
    for file in (folder / jar.name, folder / f"{jar.group}_{jar.name}"):
        if jar.is_intact(file):
            return file
        if file.exists():
            raise EnvironmentProblem(
                f"{file} is not the published jar (its sha256 differs); next: delete it, repeat `make setup`"
            )
    raise EnvironmentProblem(f"{folder} holds no {jar.name}; next: correct ENGAGEMENT_JARS, or unset it to fetch the jar")
