"""The only place that builds a SparkSession; what every machine needs is set here, what one machine has is set in ``conf/``."""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from engagement_lib.errors import ConfigError, EnvironmentProblem

DELTA_EXTENSION = "io.delta.sql.DeltaSparkSessionExtension"
DELTA_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog"

# These decide what the tables hold, so nothing goes over them: a running session gets them too, whatever it was started with.
RESULTS: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    # A record's column that the contract learnt later is known, without a value, and unknown, with it.
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
    # A write that changes no row still says what it has read; otherwise the next run would compute it again.
    "spark.databricks.delta.skipRecordingEmptyCommits": "false",
}

EVERYWHERE: Mapping[str, str] = {
    **RESULTS,
    "spark.sql.extensions": DELTA_EXTENSION,
    "spark.sql.catalog.spark_catalog": DELTA_CATALOG,
    # Independent tables run side by side; without FAIR the first one's tasks go before all others.
    "spark.scheduler.mode": "FAIR",
    # Spark 4.2.0 can hang in a Python function over a vectorised scan while this is on.
    "spark.sql.execution.arrow.pythonUDF.columnarInput.enabled": "false",
    # VACUUM and directory listings start this many tasks, 10,000 by default, however small the table is.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "16",
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
}

# One machine plans and schedules more than it computes: each further task of a small table costs more than it gains.
LAPTOP: Mapping[str, str] = {
    "spark.master": "local[*]",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.databricks.delta.snapshotPartitions": "1",
    # Of a table that is read as its files, Spark would look at more than 32 by a job.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",
    # What a run keeps for its next steps is read few times: trying encodings on it costs more than reading all of it.
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
    # Tables are folders of the lake; Spark would make an empty folder of its own wherever a job is started.
    "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / f"spark-warehouse-{os.getuid()}"),
}

# What Python calls in Java ten thousand times in a run.
_CALLED_OFTEN = (
    *(("functions", name) for name in ("col", "lit")),
    *(("org.apache.spark.sql.functions", name) for name in ("col", "lit", "when", "struct", "coalesce", "not")),
    *(("io", "delta", "tables", "DeltaTable", name) for name in ("columnBuilder", "forPath")),
    ("PythonUtils", "toSeq"),
    ("PythonSQLUtils",),
    ("py4j", "reflection", "TypeUtil", "isInstanceOf"),
    ("org.apache.spark.sql.internal.SQLConf", "get"),
    ("org.apache.spark.util.Utils", "exceptionString"),
)

# It computes the title case of each letter there is when a first text is lowered, while all tasks that lower one wait: a second.
LETTERS = "org.apache.spark.sql.catalyst.util.CollationAwareUTF8String"


def build_session(
    conf: Mapping[str, str], *, app_name: str = "engagement-lakehouse", running: SparkSession | None = None
) -> SparkSession:
    """Returns the running session (``running``, else the active one), or starts one that reads and writes Delta tables in UTC.

    ``conf`` holds Spark properties by their full name and wins over the options of ``spark-submit`` and
    ``spark-defaults.conf``, these over the defaults above; ``RESULTS`` holds whatever was asked for, and Delta's extension is
    added to others. A running session (notebook, test) takes what can still change. Python's own time zone becomes UTC as
    well, because ``collect`` converts timestamps with it.

    Raises ``ConfigError`` if ``conf`` asks for another value of ``RESULTS``, ``EnvironmentProblem`` if Java does not start or
    the session cannot work with Delta tables.
    """
    for name, value in RESULTS.items():
        if conf.get(name, value).lower() != value.lower():
            raise ConfigError(f"spark: {name} must be {value}, not {conf[name]}: it decides what the tables hold")
    _use_utc_in_python()
    running = running or SparkSession.getActiveSession()
    if running is not None:
        return _adopt(running, conf)
    spark = _start(conf, app_name)
    if spark.sparkContext.master.startswith("local"):
        threading.Thread(target=_load_letters, args=(spark.sparkContext._jvm,), daemon=True).start()
    if not spark.sparkContext._jvm.org.apache.spark.util.Utils.classIsLoadable(DELTA_EXTENSION):
        spark.stop()
        raise EnvironmentProblem(
            "Spark started without Delta's jars; next: `make setup` on a laptop, "
            "`--packages io.delta:delta-spark_4.2_2.13:4.4.0` on a cluster"
        )
    _keep_handles(spark.sparkContext._jvm)
    return spark


def properties(conf: Mapping[str, str], submitted: Mapping[str, str]) -> dict[str, str]:
    """The properties to start a session with, from what the caller and ``spark-submit`` ask for (see ``build_session``)."""
    asked = {**submitted, **conf}
    defaults = {**EVERYWHERE, **LAPTOP} if _is_laptop(asked) else EVERYWHERE
    return {**defaults, **asked, **RESULTS, "spark.sql.extensions": _with_delta(asked.get("spark.sql.extensions", ""))}


def _with_delta(extensions: str) -> str:
    names = [name.strip() for name in extensions.split(",") if name.strip()]
    return ",".join(dict.fromkeys([*names, DELTA_EXTENSION]))


def _is_laptop(asked: Mapping[str, str]) -> bool:
    return asked.get("spark.master", "local").startswith("local")


def _start(conf: Mapping[str, str], app_name: str) -> SparkSession:
    start = properties(conf, _submitted())
    if _is_laptop(start):
        # Python workers would run the first python3 on the PATH, which need not be the one with our packages.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName(app_name)
    for name, value in start.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        if error.getCondition() != "JAVA_GATEWAY_EXITED":
            raise
        raise EnvironmentProblem(
            "Spark could not start Java 17 or newer (Java's own words are above, if it had any); next: `make setup`"
        ) from error


def _load_letters(jvm: Any) -> None:
    """While files are looked at and Java is half idle, so that no task waits for it; another Spark may have no such class."""
    with suppress(Py4JError, OSError):
        jvm.java.lang.Class.forName(LETTERS)


def _keep_handles(jvm: Any) -> None:
    """At each call Python asks Java anew what a name is, and Java looks for it in all jars: a twentieth of a small run's time."""
    for path in _CALLED_OFTEN:
        holder = jvm
        for name in path:
            found = getattr(holder, name)
            setattr(holder, name, found)
            holder = found


def _submitted() -> dict[str, str]:
    """What ``spark-submit`` was given, else nothing: a builder's property would silently win over the command line."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        return {}
    SparkContext._ensure_initialized()
    return dict(SparkConf().getAll())


def _adopt(running: SparkSession, conf: Mapping[str, str]) -> SparkSession:
    if DELTA_EXTENSION not in running.conf.get("spark.sql.extensions", ""):
        raise EnvironmentProblem(
            f"The running Spark session lacks Delta (spark.sql.extensions={DELTA_EXTENSION}); "
            "next: stop it and call build_session, or start it with that property"
        )
    for name, value in {**conf, **RESULTS}.items():
        if running.conf.isModifiable(name):
            running.conf.set(name, value)
    _keep_handles(running.sparkContext._jvm)
    return running


def _use_utc_in_python() -> None:
    os.environ["TZ"] = "UTC"
    time.tzset()
