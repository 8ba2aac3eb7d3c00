"""What a run would do, without doing it: table, why, days, and the versions of what it would read."""

from __future__ import annotations

import time
from collections.abc import Iterable

from engagement_lib.data_span import days_with_data, refuse_days_without_data, span_of
from engagement_lib.engine import catalogue
from engagement_lib.engine.days import Work, ranges
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.ledger import Ledger
from engagement_lib.engine.run import Run
from engagement_lib.engine.table import AppendFiles, Merge, Table
from engagement_lib.landing.files import list_arrivals
from engagement_lib.pipeline import Request, accounting_for_records, all_tables, events_and_entities, refuse_lost_set_aside
from engagement_lib.replay import curable, is_unfinished, only_adds
from engagement_lib.settings import Settings
from engagement_lib.tables.ops.files import files
from engagement_lib.text_table import text_table


def plan(lake: Lake, settings: Settings, request: Request) -> str:
    """The plan as a text table. A table whose input would be written is planned "after" it: its days are not known yet."""
    tables = all_tables()
    merged, entities = events_and_entities(tables.values())
    span = span_of(lake, merged)
    redo = days_with_data(request.redo, request.as_of, span)
    run = Run(lake, "plan", settings.parameters, request.as_of, redo, request.rebuild, span)
    wanted, ledger = catalogue.runnable(request.tables), Ledger.stored(lake, files)
    waiting = _new_files(ledger, settings, tables.values())
    unbuilt = [each for each in merged if not (request.rebuild and each in wanted)]
    refuse_lost_set_aside(lake, ledger, unbuilt)
    unfinished = {each.id for each in unbuilt if is_unfinished(run, each)}
    rows, stirred = [], set(unfinished)
    for each in wanted:
        if lake.exists(each) and not lake.matches_contract(each):
            run.refuse_other_columns(each)
        if not (request.replay and isinstance(each.write, Merge) and only_adds(run, each)):
            run.refuse_other_parameters(each)
        if isinstance(each.write, AppendFiles):
            count = waiting.get(each.name, 0)
            work = Work(None, f"{count} new or changed file(s)") if count else Work((), "no new file")
        elif each.id in unfinished:
            work = Work(None, "a replay or rebuild did not end")
        elif upstream := [i.id for i in each.inputs if i.id in stirred]:
            work = Work(None, f"after {', '.join(upstream)}" if lake.exists(each) else "first build")
        elif request.replay and isinstance(each.write, Merge) and (cured := curable(run, each)):
            work = Work(None, f"{cured} quarantined record(s) became valid")
        else:
            work = run.work(each)
        if not work.is_nothing:
            stirred.add(each.id)
        rows.append([each.id, "skip" if work.is_nothing else "run", _days(work), work.why, _versions(lake, each)])
    chosen = {each for each in wanted if not isinstance(each.write, AppendFiles)}
    is_stirred = any(each.id in stirred for each in chosen if each in merged)
    if chosen - accounting_for_records(merged, entities) and not is_stirred:
        # Else new events may be of other days than all that there are.
        refuse_days_without_data(request.redo, request.as_of, span)
    return text_table(("table", "plan", "days", "why", "inputs at version"), rows)


def _new_files(ledger: Ledger, settings: Settings, tables: Iterable[Table]) -> dict[str, int]:
    """Files per source whose path, size and time the ledger does not know."""
    sources = [each.name for each in tables if isinstance(each.write, AppendFiles)]
    arrivals, _ = list_arrivals(
        settings.landing["root"], sources, min_age_seconds=settings.landing.get("min_age_seconds", 0), now=time.time()
    )
    counts: dict[str, int] = {}
    for a in arrivals:
        counts[a.source] = counts.get(a.source, 0) + (not ledger.has_taken_in(a))
    return counts


def _days(work: Work) -> str:
    if work.days is None:
        return "all"
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in ranges(work.days))


def _versions(lake: Lake, table: Table) -> str:
    return ", ".join(f"{i.name} {lake.version(i)}" if lake.exists(i) else f"{i.name} (new)" for i in table.inputs)
