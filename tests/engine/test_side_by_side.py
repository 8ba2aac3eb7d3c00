"""What becomes of a table that Spark could not compute; its errors are those that Spark 4.2 gives, without a Spark that runs."""

from types import SimpleNamespace
from typing import Any

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from engagement_lib.engine.run import Outcome
from engagement_lib.engine.side_by_side import run_all
from engagement_lib.errors import last_words

TASK_FAILED = """An error occurred while calling o74.save.
: org.apache.spark.SparkException: [TASK_WRITE_FAILED] Task failed while writing rows to file:/lake. SQLSTATE: 58030
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.taskFailedWhileWritingRowsError(QueryExecutionErrors.scala:815)
Caused by: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 1 times
\tat org.apache.spark.scheduler.DAGScheduler.abortStage(DAGScheduler.scala:2935)
Caused by: java.io.FileNotFoundException: File file:/lake/silver/events/part-0.parquet does not exist
\tat org.apache.spark.sql.execution.datasources.FileScanRDD.compute(FileScanRDD.scala:100)
\t... 1 more
"""
IN_PYTHON = """An error occurred while calling o74.save.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 1 times
Caused by: org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "/lib/functions.py", line 3, in of
    return 1 / 0
ZeroDivisionError: division by zero

\tat org.apache.spark.api.python.BasePythonRunner.handlePythonException(PythonRunner.scala:600)
"""
WORKER = """An error occurred while calling o74.collect.
: An exception was thrown from the Python worker:
Traceback (most recent call last):
  File "/lib/functions.py", line 3, in of
    return 1 / 0
ZeroDivisionError: division by zero
"""
REFUSED = IN_PYTHON.replace("ZeroDivisionError: ", "engagement_lib.errors.InputRefused: a.csv: ")
FULL = TASK_FAILED.replace("java.io.FileNotFoundException: File", "java.io.IOException: No space left on device:")


class GatewayError(Py4JJavaError):
    """As Java's gateway raises it; the real one asks Java for its text."""

    def __init__(self, text: str) -> None:
        Exception.__init__(self, text)

    def __str__(self) -> str:
        return str(self.args[0])


def of_pyspark(text: str) -> Exception:
    """As PySpark raises what it has a class for: Java's text without the gateway's first line."""
    return PySparkException(text.partition("\n: ")[2])


@pytest.mark.parametrize("kind", [GatewayError, of_pyspark])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TASK_FAILED, "java.io.FileNotFoundException: File file:/lake/silver/events/part-0.parquet does not exist"),
        (IN_PYTHON, "ZeroDivisionError: division by zero"),
        (WORKER, "ZeroDivisionError: division by zero"),
        (REFUSED, "a.csv: division by zero"),
        (
            "An error occurred while calling o1.x.\n: java.lang.OutOfMemoryError: Java heap space\n\tat x",
            "OutOfMemoryError: Java",
        ),
        (
            "An error occurred while calling o1.x.\n: [TABLE_NOT_FOUND] no `x`\n\nJVM stacktrace:\nx\n\tat x",
            "[TABLE_NOT_FOUND] no",
        ),
    ],
)
def test_the_last_cause_is_said_in_one_line(kind: Any, text: str, words: str) -> None:
    said = last_words(kind(text))
    assert words in said and "\n" not in said and "An error occurred" not in said


def test_an_exception_without_words_has_the_name_of_its_kind() -> None:
    assert last_words(ValueError()) == "ValueError"


def outcomes_of(problem: Exception) -> list[Outcome]:
    """Of three tables: one that fails, its reader, and one that has nothing to do with it."""
    broken = SimpleNamespace(id="silver.a", inputs=())
    tables = [broken, SimpleNamespace(id="gold.of_a", inputs=(broken,)), SimpleNamespace(id="gold.b", inputs=())]

    def refresh(table: Any) -> Outcome:
        if table is broken:
            raise problem
        return Outcome(table.id, "written", "")

    context = SimpleNamespace(setJobDescription=lambda _: None)
    run: Any = SimpleNamespace(refresh=refresh, lake=SimpleNamespace(spark=SimpleNamespace(sparkContext=context)))
    return run_all(run, tables, on_end=lambda _: None, side_by_side=2)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [GatewayError, of_pyspark])
def test_a_failed_task_fails_its_table_and_no_other(kind: Any) -> None:
    failed, reader, other = outcomes_of(kind(TASK_FAILED))
    assert (failed.status, reader.status, other.status) == ("failed", "not run", "written")
    assert failed.why.startswith("silver.a: java.io.FileNotFoundException: File file:/lake") and "\n" not in failed.why


@pytest.mark.parametrize("kind", [GatewayError, of_pyspark])
def test_a_full_disk_ends_the_run(kind: Any) -> None:
    with pytest.raises((GatewayError, PySparkException), match="No space left"):
        outcomes_of(kind(FULL))
