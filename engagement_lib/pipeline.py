"""A run from landing to gold: what `cli` calls, and what notebooks and schedulers may call too."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from pyspark.sql import SparkSession

from engagement_lib import tables as catalogue_package
from engagement_lib.data_span import days_with_data, refuse_days_without_data, span_of
from engagement_lib.engine import catalogue
from engagement_lib.engine.commit import Commit
from engagement_lib.engine.ingest import Ingested, Landing, ingest
from engagement_lib.engine.interpreting import interpreted
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.ledger import Ledger
from engagement_lib.engine.published import PublishedLake, publish
from engagement_lib.engine.run import Outcome, Run
from engagement_lib.engine.side_by_side import run_all
from engagement_lib.engine.table import AppendFiles, Merge, Rebuild, Table
from engagement_lib.errors import CheckFailed, ConfigError
from engagement_lib.replay import replay
from engagement_lib.settings import Settings
from engagement_lib.tables.ops.checks import checks
from engagement_lib.tables.ops.files import files
from engagement_lib.tables.ops.published import published
from engagement_lib.tables.ops.runs import runs


@dataclass
class Result:
    """What a run did: outcomes in the order of the tables, what landed, the ledger after it; ``unpublished`` says why
    readers still see the tables as they were before, empty where they see the new ones.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    ingested: Ingested | None = None
    ledger: Ledger | None = None
    problems: list[CheckFailed] = field(default_factory=list)
    unpublished: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether no table failed and every record is accounted for."""
        return not self.problems and not any(outcome.status == "failed" for outcome in self.outcomes)


@dataclass(frozen=True)
class Request:
    """What to run: ``tables`` in order; ``redo``: days that are computed again; ``as_of`` None = last day with data;
    ``replay``: quarantined records that are valid now are brought back.
    """

    tables: Sequence[Table]
    as_of: date | None = None
    redo: tuple[date, ...] = ()
    rebuild: bool = False
    replay: bool = False


def all_tables() -> Mapping[str, Table]:
    """Every table of the lake by id, inputs first. Starts no Spark."""
    return catalogue.discover(catalogue_package)


def open_lake(spark: SparkSession, settings: Settings) -> Lake:
    """The lake that the configuration names. Raises `ConfigError` for a catalog that ends with the session."""
    if settings.lake.get("catalog") == "spark_catalog" and spark.conf.get("spark.sql.catalogImplementation") == "in-memory":
        raise ConfigError(
            "lake.catalog: Spark's own catalog would forget all tables at the end; "
            "set spark: {spark.sql.catalogImplementation: hive}, or give lake.root"
        )
    return Lake(spark, root=settings.lake.get("root"), catalog=settings.lake.get("catalog"))


def as_readers_see(lake: Lake) -> PublishedLake:
    """The lake with the tables as the last sound run left them: a consistent set, whatever a run is doing now."""
    return PublishedLake(lake, published)


def run_pipeline(lake: Lake, settings: Settings, request: Request, *, tell: Callable[[str], None] = lambda line: None) -> Result:
    """Bring the requested tables up to date; independent tables run side by side, and nothing runs on a failed input.

    Runs beside each other are kept apart by `LakeLock`, which the jobs hold around this.
    """
    lake.forget()
    tables = all_tables()
    run = Run(lake, uuid.uuid4().hex[:12], settings.parameters, request.as_of, request.redo, request.rebuild)
    result = Result()
    bronze = [each for each in tables.values() if isinstance(each.write, AppendFiles)]
    merged, entities = events_and_entities(tables.values())
    wanted = catalogue.runnable(request.tables)
    run.prepare(bronze)  # whatever reads them: a job of silver or a replay finds the columns of today
    unbuilt = [each for each in merged if not (request.rebuild and each in wanted)]
    for outcome in replay(run, unbuilt, [each for each in wanted if each in merged] if request.replay else []):
        result.outcomes.append(outcome)
        tell(_words(outcome))
    computed = [each for each in wanted if each not in bronze]
    run.prepare([*computed, *[aside for m in merged if m in wanted for aside in (m.write.rejects, m.write.repeats)]])
    result.ledger = ledger = Ledger.open(lake, files, bronze)
    refuse_lost_set_aside(lake, ledger, unbuilt)
    if chosen := [each for each in wanted if each in bronze]:
        load = 1 + max([ledger.newest_load(), *[lake.newest_load(each) for each in [*bronze, *merged]]])
        tell("landing")
        result.ingested = ingest(
            lake,
            chosen,
            ledger,
            Landing(**settings.landing),
            sources=[each.name for each in bronze],
            load=load,
            run_id=run.run_id,
            now=time.time(),
            interpreted_records=settings.interpreted_records,
        )
        result.outcomes += result.ingested.outcomes
        for outcome in result.ingested.outcomes:
            tell(_words(outcome))
    try:
        # Not only what is new counts: reports look back over weeks and more.
        with interpreted(lake.spark, is_small=ledger.records() <= settings.interpreted_records):
            _run_tables(run, wanted, merged, entities, settings.side_by_side, result, tell)
    finally:
        _record(lake, run, result)
    result.unpublished = _publish(run, tables.values(), wanted, result)
    return result


def refuse_lost_set_aside(lake: Lake, ledger: Ledger, merged: Iterable[Table]) -> None:
    """Raises `ConfigError` if a table is gone that the ledger knows rows of: only a rebuild makes them again."""
    for each in merged:
        assert isinstance(each.write, Merge)
        mine = ledger.loaded_for(each)
        quarantined, repeated = sum(e.quarantined or 0 for e in mine), sum(e.duplicates or 0 for e in mine)
        for aside, records in ((each.write.rejects, quarantined), (each.write.repeats, repeated)):
            # One that was emptied together with what it was set aside from is filled again with it.
            is_emptied = lake.was_reset(aside) and lake.last_commit(each) is not None
            if records and (is_emptied or not lake.exists(aside)):
                state = "was emptied or restored" if is_emptied else "is gone"
                raise ConfigError(
                    f"{aside.id} {state}, and {files.id} knows of {records} records in it; "
                    f"run with --rebuild --select '{each.id}'"
                )


def _publish(run: Run, tables: Iterable[Table], wanted: Sequence[Table], result: Result) -> str:
    """Show readers the new tables, unless one of the whole lake failed or is behind the others; returns why not."""
    if not result.is_sound:
        return "a table failed"
    others = [each for each in catalogue.runnable(tables) if each not in wanted and not isinstance(each.write, AppendFiles)]
    plain = replace(run, rebuild=False, redo=())
    others = [each for each in others if run.lake.exists(each)]
    for each in others:
        if changed := plain.other_parameters(each):
            return f"{each.id} was built with {changed}"
    waiting = [each.id for each in others if not plain.work(each).is_nothing]
    if waiting:
        return f"{waiting[0]} waits to be run" + (f", and {len(waiting) - 1} more" if len(waiting) > 1 else "")
    publish(run.lake, published, tables, run.run_id)
    return ""


def _run_tables(
    run: Run,
    wanted: Sequence[Table],
    merged: Sequence[Table],
    entities: Sequence[Table],
    side_by_side: int,
    result: Result,
    tell: Callable[[str], None],
) -> None:
    """First what accounts for the records of files (merged tables know the span of days as well); others only if it does."""

    def go(some: Sequence[Table]) -> None:
        result.outcomes += run_all(run, some, on_end=lambda o: tell(_words(o)), side_by_side=side_by_side)

    def leave(some: Sequence[Table]) -> None:
        result.outcomes += [Outcome(each.id, "not run", "an earlier step failed") for each in some]

    computed = [each for each in wanted if not isinstance(each.write, AppendFiles)]
    if not result.is_sound:
        leave(computed)
        return
    assert result.ledger is not None
    accounts = accounting_for_records(merged, entities)
    go([each for each in wanted if each in accounts])
    for each in merged:
        if run.rebuild and each in wanted:
            result.ledger.recount(each)
        if run.lake.exists(each):
            result.ledger.count(each)
    result.ledger.count_rebuilt(entities)
    for entry in result.ledger.unbalanced():
        accounted = f"{entry.events} events + {entry.duplicates} duplicates + {entry.quarantined} quarantined"
        result.problems.append(
            CheckFailed(f"{entry.path}: {entry.records} records are not {accounted}; nothing after silver was run")
        )
    span, rest = span_of(run.lake, merged), [each for each in computed if each not in accounts]
    try:
        refuse_days_without_data(run.redo if rest else (), run.as_of, span)
    except ConfigError:
        if rest and result.is_sound:
            raise
        run.as_of = None  # nothing that was run depends on it, and what is asked next must not
    run.data_span, run.redo = span, days_with_data(run.redo, run.as_of, span)
    (go if result.is_sound else leave)(rest)


def events_and_entities(tables: Iterable[Table]) -> tuple[list[Table], list[Table]]:
    """Of the tables those that sort out the records of files: of events, and of entities."""
    every = list(tables)
    entities = [each for each in every if isinstance(each.write, Rebuild) and each.write.rest]
    return [each for each in every if isinstance(each.write, Merge)], entities


def accounting_for_records(merged: Iterable[Table], entities: Sequence[Table]) -> set[Table]:
    """All between which the records of files are divided: also what the entities leave over."""
    return {*merged, *entities, *[each.write.rest for each in entities]}  # type: ignore[union-attr]


def _record(lake: Lake, run: Run, result: Result) -> None:
    """Write what happened to ops.files, ops.runs and ops.checks; a run that changed nothing leaves nothing behind."""
    span, outcomes = run.span(), result.outcomes
    done = [
        (run.run_id, o.table, span and span[1], o.status, o.why[:500], o.days, o.rows, round(o.seconds, 3), o.source_changed)
        for o in outcomes
        if o.status != "nothing new"
    ]
    broken = [(run.run_id, w.table, w.rule, "warn", w.rows) for o in outcomes for w in o.warnings]
    broken += [(run.run_id, o.table, str(o.error)[:500], "fail", None) for o in outcomes if o.error]
    broken += [(run.run_id, files.id, str(problem)[:500], "fail", None) for problem in result.problems]
    assert result.ledger is not None
    writes: list[Callable[[], object]] = [partial(result.ledger.save, run.run_id)]
    writes += [partial(lake.record, table, rows, Commit(run.run_id)) for table, rows in ((runs, done), (checks, broken)) if rows]
    with ThreadPoolExecutor(len(writes)) as pool:
        list(pool.map(lambda write: write(), writes))


def _words(outcome: Outcome) -> str:
    days = "" if outcome.days == 0 else " all days" if outcome.days is None else f" {outcome.days} day(s)"
    return (
        f"{outcome.status:11} {outcome.table:32} {outcome.rows:>12,} rows{days:12} {outcome.seconds:6.1f} s  {outcome.why[:80]}"
    )
