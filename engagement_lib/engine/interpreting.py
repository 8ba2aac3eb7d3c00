"""Small work is done with interpreted rows: Spark takes seconds to compile a plan, however few rows it is for."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

_COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}
INTERPRETED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}


@contextmanager
def interpreted(spark: SparkSession, *, is_small: bool) -> Iterator[None]:
    """While it lasts, Spark interprets the rows of plans if the work ``is_small``, else compiles the plans.

    A session in which one of the two properties is otherwise than Spark's default has its reasons, and stays as it is.
    """
    before = {name: spark.conf.get(name) for name in _COMPILED}
    wanted = INTERPRETED if is_small else _COMPILED
    try:
        for name in wanted if before in (_COMPILED, INTERPRETED) else ():
            spark.conf.set(name, wanted[name])
        yield
    finally:
        for name in before:
            spark.conf.set(name, before[name] or "")
