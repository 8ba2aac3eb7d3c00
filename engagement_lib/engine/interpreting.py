"""Small work: interpreted rows and plans made once, for Spark takes seconds to compile a plan, however few rows it is for."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

_ADAPTIVE = "spark.sql.adaptive.enabled"
_COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK", _ADAPTIVE: "true"}
INTERPRETED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", _ADAPTIVE: "false"}
_FEW_PARTITIONS = 8  # up to so many cost less than planning anew after each shuffle, which would merge them


@contextmanager
def interpreted(spark: SparkSession, *, is_small: bool) -> Iterator[None]:
    """While it lasts, Spark interprets the rows of plans and plans once if the work ``is_small``; else it compiles, and adapts.

    A session that was set otherwise has its reasons and stays as it is; one with many partitions goes on adapting.
    """
    few = int(spark.conf.get("spark.sql.shuffle.partitions") or 0) <= _FEW_PARTITIONS
    before = {name: spark.conf.get(name) for name in _COMPILED if few or name != _ADAPTIVE}
    known = [{name: modes[name] for name in before} for modes in (_COMPILED, INTERPRETED)]
    try:
        for name, value in known[is_small].items() if before in known else ():
            spark.conf.set(name, value)
        yield
    finally:
        for name in before:
            spark.conf.set(name, before[name] or "")
