"""Running many tables: in which order, side by side where they do not depend on each other, and what becomes of a failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from engagement_lib.engine.checks import as_check_failure
from engagement_lib.engine.lake import is_conflict
from engagement_lib.engine.run import Outcome, Run
from engagement_lib.engine.table import Table
from engagement_lib.errors import CheckFailed, EngagementError, is_full_disk, last_words

#: How often a table is computed before a conflict with another writer fails it.
_ATTEMPTS = 3
#: What Spark's errors come as: one that PySpark has no class for, as that of a failed task, stays one of Java's gateway.
SPARK_ERRORS = (PySparkException, Py4JJavaError)


def run_all(run: Run, tables: Sequence[Table], *, on_end: Callable[[Outcome], None], side_by_side: int) -> list[Outcome]:
    """Refresh the tables, inputs first; a table whose input failed is not run, and keeps its former state."""
    outcomes: dict[str, Outcome] = {}
    waiting, running = list(tables), dict[Future[Outcome], Table]()
    chosen = {each.id for each in tables}
    with ThreadPoolExecutor(side_by_side) as pool:
        while waiting or running:
            for each in list(waiting):
                needed = [i.id for i in each.inputs if i.id in chosen]
                if len(running) >= side_by_side or any(name not in outcomes for name in needed):
                    continue
                waiting.remove(each)
                if broken := [name for name in needed if outcomes[name].status in ("failed", "not run")]:
                    outcomes[each.id] = Outcome(each.id, "not run", f"{broken[0]} failed")
                    on_end(outcomes[each.id])
                    continue
                running[pool.submit(_refreshed, run, each)] = each
            if running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    outcomes[running.pop(future).id] = future.result()
                    on_end(future.result())
    return [outcomes[each.id] for each in tables]


def _refreshed(run: Run, table: Table) -> Outcome:
    started = time.monotonic()
    # Spark's pages and event logs then say which table a job is for.
    run.lake.spark.sparkContext.setJobDescription(table.id)
    try:
        return _unless_in_conflict(run, table)
    except EngagementError as problem:
        failure = problem
    except SPARK_ERRORS as problem:
        if is_full_disk(problem):
            raise  # the other tables would fail as well
        failure = as_check_failure(problem, table) or CheckFailed(f"{table.id}: {last_words(problem)}")
        failure.__cause__ = problem
    except Exception as problem:
        failure = as_check_failure(problem, table)
        if failure is None:
            raise
    return Outcome(table.id, "failed", str(failure), seconds=time.monotonic() - started, error=failure)


def _unless_in_conflict(run: Run, table: Table) -> Outcome:
    """Refresh the table; if another program wrote to it meanwhile, look again and repeat. (The lock keeps out only our runs.)"""
    for _ in range(_ATTEMPTS - 1):
        try:
            return run.refresh(table)
        except Exception as problem:
            if not is_conflict(problem):
                raise
            run.lake.forget()
    return run.refresh(table)
