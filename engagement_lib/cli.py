"""The command line of all jobs: arguments, exit codes, progress and the summary of a run."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Sequence
from datetime import date

from pyspark.sql import SparkSession

from engagement_lib import pipeline, summary
from engagement_lib.engine import catalogue
from engagement_lib.engine.interpreting import interpreted
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.lock import LakeLock
from engagement_lib.engine.table import AppendFiles
from engagement_lib.errors import ConfigError, EngagementError, InputRefused, exit_code_of, in_one_line
from engagement_lib.session import build_session
from engagement_lib.settings import Settings
from engagement_lib.tables.gold.dim_country import region_of
from engagement_lib.tables.gold.fact_funnel import with_declared

EXIT_CODES = (
    "exit codes: 0 ok, 1 a data check failed, 2 configuration, 3 an input file was refused, "
    "4 another run holds the lake, 5 environment"
)


def main(
    argv: Sequence[str] | None = None, *, layer: str | None = None, replay: bool = False, spark: SparkSession | None = None
) -> int:
    """Run a job and return its exit code. ``layer``: which layer the job runs (None = all); ``replay``: bring quarantined
    records back instead of taking files in; ``spark``: a session to use, e.g. the notebook's, instead of an own one.
    """
    parser = _parser(_REPLAY if replay else _JOB.format(layer=layer) if layer else _ALL)
    if layer is None:
        parser.add_argument("--dashboards", metavar="DIR", help="folder of the pages (configured; with --lake: none)")
    arguments = parser.parse_args(argv)
    arguments.replay = replay
    return exit_code_of(lambda: _run(arguments, layer, spark), debug=arguments.debug)


#: Layers of a job that does more than the one it is named after: what ops computes is as new as gold is.
_LAYERS_OF_JOB = {"gold": ("gold", "ops")}

_ALL, _JOB = "Bring all tables up to date, from landed files to reports.", "Bring the {layer} tables up to date."
_REPLAY = "Bring back the quarantined records that are valid since a rule or the configuration was mended."


def _parser(what: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=what, epilog=EXIT_CODES)
    parser.add_argument("--conf-file", metavar="FILE", help="configuration (default conf/local.yml), over the base.yml beside it")
    parser.add_argument("--lake", metavar="DIR", help="folder of the tables, instead of the configured lake")
    parser.add_argument("--landing", metavar="DIR", help="folder where files land, instead of the configured one")
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="day that windows end at (default: last day with data; 366 days later at most)"
    )
    parser.add_argument(
        "--select", metavar="TABLES", help="only these: gold, gold.x, +gold.x (with all it reads), gold.x+ (with its readers)"
    )
    parser.add_argument("--from", dest="first", type=_day, metavar="DATE", help="first day to compute again")
    parser.add_argument("--to", dest="last", type=_day, metavar="DATE", help="last day to compute again (default: --from)")
    parser.add_argument("--rebuild", action="store_true", help="build the selected tables of silver, gold and ops anew")
    parser.add_argument("--dry-run", action="store_true", help="print what would be done and why, change no table")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="wait so long for another run to end")
    parser.add_argument("--debug", action="store_true", help="show stack traces")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day; write YYYY-MM-DD") from None


def _run(arguments: argparse.Namespace, layer: str | None, spark: SparkSession | None) -> int:
    started = time.monotonic()
    tables = pipeline.all_tables()
    given = {name: getattr(arguments, name, None) for name in ("lake", "landing", "dashboards")}
    settings = Settings.load(arguments.conf_file, tables=tables.values(), **given)
    # Refuses what means nothing before anything is written.
    with_declared(settings.parameters.get("funnels", {}))
    region_of(settings.parameters.get("regions", {}))
    request = _request(arguments, layer, tables)
    folder = None if layer else settings.pages_folder()
    with LakeLock(settings.lake.get("root"), owner=uuid.uuid4().hex[:8], wait_seconds=arguments.wait) as lock:
        session = build_session(settings.spark, running=spark)
        lake = pipeline.open_lake(session, settings)
        lake.is_locked = lock.is_held
        if arguments.dry_run:
            from engagement_lib.plan import plan

            print(plan(lake, settings, request))
            return 0

        def tell(line: str) -> None:
            print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)

        tell("Spark is up")
        # All but the tables of a large run is small work, of many plans.
        with interpreted(session, is_small=True):
            result = pipeline.run_pipeline(lake, settings, request, tell=tell)
            print("\n" + "\n\n".join(_summary(lake, result)))
            pages, problem = "", None
            try:
                pages = _pages(lake, folder, settings, tell) if folder else ""
            except Exception as caught:
                problem = caught
        print(f"\nDone in {time.monotonic() - started:.1f} s.{pages}")
    code = _exit_code(result, arguments)
    if problem:
        if not code:
            raise problem
        # What is wrong with the tables comes first, and decides the exit code.
        print(f"error: {in_one_line(problem)}", file=sys.stderr)
    return code


def _pages(lake: Lake, folder: str, settings: Settings, tell: Callable[[str], None]) -> str:
    """Make the dashboards and say where they are."""
    # Imported here: a job on a cluster that makes no pages has no need of the packages that draw.
    from engagement_lib.dashboards.job import are_current, first_page, write_dashboards

    began = time.monotonic()
    seen = pipeline.as_readers_see(lake)
    if are_current(seen, folder, settings.parameters):
        tell("dashboards are those of these tables already")
    else:
        write_dashboards(seen, folder, settings.parameters)
        tell(f"dashboards written in {time.monotonic() - began:.1f} s")
    return f" Dashboards: {first_page(folder)}"


def _request(arguments: argparse.Namespace, layer: str | None, tables) -> pipeline.Request:  # type: ignore[no-untyped-def]
    every = tuple(dict.fromkeys(t.layer for t in tables.values()))
    layers = _LAYERS_OF_JOB.get(layer, (layer,)) if layer else every
    chosen = catalogue.select(tables, " ".join(layers) if arguments.select is None else arguments.select)
    if arguments.replay:
        chosen = [each for each in chosen if not isinstance(each.write, AppendFiles)]
    chosen = [each for each in chosen if each.layer in layers]
    if arguments.select and not catalogue.runnable(chosen):
        print(f"--select {arguments.select}: none of these tables is run by this job", file=sys.stderr)
    first, last = arguments.first, arguments.last or arguments.first
    if last and not first:
        raise ConfigError("--to needs --from: which days are to be computed again?")
    if first and last < first:
        raise ConfigError(f"--to {last} is before --from {first}")
    if first and arguments.rebuild:
        raise ConfigError("--rebuild builds all days anew, --from and --to only some again; leave out the one or the others")
    redo = tuple(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))) if first else ()
    return pipeline.Request(chosen, arguments.as_of, redo, arguments.rebuild, arguments.replay)


def _summary(lake, result: pipeline.Result) -> list[str]:  # type: ignore[no-untyped-def]
    parts = [summary.files_summary(result.ledger, result.ingested)] if result.ledger else []
    parts.append(summary.tables_summary(result.outcomes))
    warnings = [f"  {w.table}: {w.rule} is broken by {w.rows:,} row(s)" for o in result.outcomes for w in o.warnings]
    warnings += [f"  {o.table}: its code changed since older rows were built" for o in result.outcomes if o.source_changed]
    if warnings:
        parts.append("\n".join(["Warnings", *warnings]))
    if result.unpublished:
        parts.append(f"Readers still see the tables of an earlier run: {result.unpublished}")
    elif answers := summary.answers(lake):
        parts.append(answers)
    return parts


def _exit_code(result: pipeline.Result, arguments: argparse.Namespace) -> int:
    failures: list[EngagementError] = [*result.problems, *[o.error for o in result.outcomes if o.error]]
    for failure in failures:
        if arguments.debug and failure.__cause__:
            traceback.print_exception(failure.__cause__)
        print(f"error: {failure}", file=sys.stderr)
    if failures:
        return failures[0].exit_code
    refused = [entry for entry in (result.ingested.entries if result.ingested else []) if entry.verdict == "refused"]
    for entry in refused:
        print(f"error: {entry.path} was refused: {entry.reason}", file=sys.stderr)
    return InputRefused.exit_code if refused else 0
