"""Bringing quarantined records back: after a rule or the configuration was mended, those now valid are merged once.

Bronze still has every record, and the quarantine says which ones it holds. They are mapped again and go through the same
merge as new records: what is valid now is kept or counted as a repeat, what is still broken stands in the quarantine again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.checks import Counted, as_check_failure
from engagement_lib.engine.commit import Commit, plain
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.merge import merge
from engagement_lib.engine.run import Outcome, Run
from engagement_lib.engine.side_by_side import SPARK_ERRORS
from engagement_lib.engine.table import Merge, Table
from engagement_lib.errors import CheckFailed, ConfigError, is_full_disk, last_words


def replay(run: Run, merged: Sequence[Table], chosen: Sequence[Table]) -> list[Outcome]:
    """Complete what a killed replay or rebuild of any merged table left behind; bring back what the chosen ones have
    quarantined.
    """
    outcomes = []
    for each in merged:
        try:
            outcomes.append(_complete(run, each) or (_bring_back(run, each) if each in chosen else None))
        except SPARK_ERRORS as problem:
            if is_full_disk(problem):
                raise
            raise as_check_failure(problem, each) or CheckFailed(f"{each.id}: {last_words(problem)}") from problem
    return [outcome for outcome in outcomes if outcome]


def _bring_back(run: Run, table: Table) -> Outcome | None:
    """Merge what the quarantine of a table holds and is valid now, together with loads that were not merged yet.

    Returns None where there is nothing to do: no such record, and no parameter changed. Raises `ConfigError` if a parameter
    changed so that kept records would be read in another way.
    """
    started = time.monotonic()
    last = run.lake.last_commit(table)
    if last is None:
        return None
    parameters = run.parameters_of(table)
    if not only_adds(run, table):
        run.prepare([table])
    versions = {needed.id: run.lake.version(needed) for needed in table.inputs}
    frames = _quarantined(run.lake, table, last, versions)
    cured = _valid_now(table, frames, parameters)
    if not cured and last.parameters == plain(parameters):
        return None
    unmerged = [rows.where(rows["_load"] > last.load) for rows in _inputs(run.lake, table, versions)]
    records = table(*map(DataFrame.unionByName, frames, unmerged), **parameters)
    merged = _merge(run, table, records, versions, last, consumed=last.load, files=list(cured))
    why = f"{sum(cured.values())} quarantined record(s) became valid"
    seconds, is_changed = time.monotonic() - started, last.source_hash != table.source_hash
    return Outcome(table.id, "written", why, len(merged.days), merged.rows, seconds, source_changed=is_changed)


def only_adds(run: Run, table: Table) -> bool:
    """Whether the parameters differ from those of the stored rows only by entries that a mapping got, so that no kept record
    is read in another way."""
    last = run.lake.last_commit(table)
    if last is None:
        return False
    before, now = last.parameters, plain(run.parameters_of(table))
    changed = [name for name in {*before, *now} if before.get(name) != now.get(name)]
    return all(_grew(before.get(name), now.get(name)) for name in changed)


def curable(run: Run, table: Table) -> int:
    """How many records of the quarantine of a table a replay would bring back."""
    last = run.lake.last_commit(table)
    if last is None:
        return 0
    versions = {needed.id: run.lake.version(needed) for needed in table.inputs}
    frames = _quarantined(run.lake, table, last, versions)
    return sum(_valid_now(table, frames, run.parameters_of(table)).values())


def _valid_now(table: Table, frames: Sequence[DataFrame], parameters: Mapping[str, Any]) -> dict[str, int]:
    """Records that are valid with these parameters, by file."""
    valid = table(*frames, **parameters).where(F.col("_rule").isNull())
    return {row.source_file: row["count"] for row in valid.groupBy("source_file").count().collect()}


def is_unfinished(run: Run, table: Table) -> bool:
    """Whether what is set aside is of a replay or a rebuild that died before the table had its rows."""
    last = run.lake.last_commit(table)
    assert isinstance(table.write, Merge)
    aside = [run.lake.last_commit(each) for each in (table.write.rejects, table.write.repeats)]
    return last is not None and any(commit and commit.is_restart and commit.load > last.load for commit in aside)


def _complete(run: Run, table: Table) -> Outcome | None:
    """Build a table anew from bronze if a replay or a rebuild was killed after it had rewritten what is set aside and before
    the table had its rows; None where none was.
    """
    started, last = time.monotonic(), run.lake.last_commit(table)
    if last is None or not is_unfinished(run, table):
        return None
    parameters = run.parameters_of(table)
    if not only_adds(run, table):
        raise ConfigError(
            f"{table.id}: a replay or rebuild did not end; run it again, or run with --rebuild --select '{table.id}+'"
        )
    versions = {needed.id: run.lake.version(needed) for needed in table.inputs}
    records = table(*_inputs(run.lake, table, versions), **parameters)
    merged = _merge(run, table, records, versions, last, consumed=0)
    return Outcome(table.id, "written", "a replay or rebuild did not end", None, merged.rows, time.monotonic() - started)


def _merge(
    run: Run,
    table: Table,
    records: DataFrame,
    versions: Mapping[str, int],
    last: Commit,
    *,
    consumed: int,
    files: Sequence[str] = (),
):  # type: ignore[no-untyped-def]
    """Merge under a number above all that is known, so that what is set aside can be told from that of any load."""
    write = table.write
    assert isinstance(write, Merge)
    newest = max(run.lake.newest_load(each) for each in (table, write.rejects, write.repeats, *table.inputs))
    commit = Commit(
        run_id=run.run_id,
        inputs=versions,
        parameters=run.parameters_of(table),
        span=last.span,
        load=newest + 1,
        source_hash=table.source_hash,
        demoted_files=tuple(files),
        is_restart=True,
    )
    return merge(run.lake, table, records, commit, consumed=consumed, counted=Counted(table))


def _grew(before: Any, now: Any) -> bool:
    return isinstance(before, Mapping) and isinstance(now, Mapping) and before.items() <= now.items()


def _inputs(lake: Lake, table: Table, versions: Mapping[str, int]) -> list[DataFrame]:
    return [lake.read(needed, versions[needed.id]) for needed in table.inputs]


def _quarantined(lake: Lake, table: Table, last: Commit, versions: Mapping[str, int]) -> list[DataFrame]:
    """The records of each input that the quarantine holds, of the loads that were merged."""
    assert isinstance(table.write, Merge)
    rejects = table.write.rejects
    # At its version: the merge replaces the quarantine while it still reads these rows.
    held = lake.read(rejects, lake.version(rejects)).where(F.col("_load") <= last.load)
    held = held.select(F.col("source_file").alias("_file"), F.col("source_record").alias("_record"), "_load")
    return [rows.join(held, ["_file", "_record", "_load"], "left_semi") for rows in _inputs(lake, table, versions)]
