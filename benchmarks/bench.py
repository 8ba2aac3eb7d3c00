"""The pipeline against hand-written DuckDB SQL that builds the same tables; see README.md beside this file."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from contenders import ROOT, Contender, DuckDB, Lakehouse, seconds_by_layer
from landing import generated, link_files, size_of
from measure import Usage, measured
from report import Page, markdown

FULL, NEXT = "full refresh", "one more day"
WORK = ROOT / "build" / "benchmarks"

Usages = dict[str, dict[str, list[Usage]]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure in turn, compare the results, write the page; 1 if the two sides differ in any row."""
    arguments = _parser().parse_args(argv)
    arguments.work = arguments.work.resolve()
    days, next_day = _data(arguments)
    unchecked = [Lakehouse("without checks", script="benchmarks/unchecked.py")] if arguments.unchecked else []
    contenders = [Lakehouse(), *unchecked, *map(_variant, arguments.variant), DuckDB(threads=arguments.threads)]
    usages: Usages = {stage: {each.name: [] for each in contenders} for stage in (FULL, NEXT)}
    files, size = size_of(days)
    more_files, more_size = size_of(next_day)
    data = f"Data: {files} files, {size / 1e6:,.1f} MB; one more day: {more_files} files, {more_size / 1e6:,.1f} MB."
    comparisons: dict[str, str] = {}
    for number in range(1, arguments.runs + 1):
        is_compared = arguments.compare and number == 1
        for stage, folder in _stages(arguments.work / "run", days, next_day):
            for contender in contenders:
                usages[stage][contender.name].append(_measured(contender, folder, f"run {number}, {stage}"))
            if is_compared:
                comparisons[stage] = _compared(folder, contenders[0])
                print(comparisons[stage], flush=True)
        # Written after each run, so that a long measurement can be stopped without loss.
        measured_stages = {stage: by_name for stage, by_name in usages.items() if all(by_name.values())}
        arguments.out.write_text(markdown(Page(data, measured_stages, comparisons)), encoding="utf-8")
    print(f"Written: {arguments.out}")
    return 0 if all(_is_equal(text) for text in comparisons.values()) else 1


def _stages(folder: Path, days: Path, next_day: Path) -> Iterable[tuple[str, Path]]:
    """(stage, folder) with the folder's landing folder in the state of the stage; each run begins with nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    link_files(days, folder / "landing")
    yield FULL, folder
    link_files(next_day, folder / "landing")
    yield NEXT, folder


def _measured(contender: Contender, folder: Path, when: str) -> Usage:
    own = folder / contender.name.replace(" ", "_")
    own.mkdir(exist_ok=True)
    command = contender.command(folder / "landing", contender.tables(own))
    usage = measured(command, environment=contender.environment(), directory=ROOT, log=own / "output.log")
    layers = "  ".join(f"{layer} {seconds:.1f}" for layer, seconds in seconds_by_layer(usage.output, usage.seconds).items())
    cost = f"{usage.seconds:7.1f} s wall  {usage.cpu_seconds:7.1f} s CPU  {usage.peak_bytes / (1 << 20):7,.0f} MiB"
    print(f"{when}  {contender.name:20} {cost}  {layers}", flush=True)
    return usage


def _compared(folder: Path, lakehouse: Contender) -> str:
    """What differs between the lake and the same tables in DuckDB with Spark's order of simultaneous events."""
    own = folder / "compared"
    own.mkdir(exist_ok=True)
    checked = DuckDB(tie_break="tie_break_as_in_spark")
    database = checked.tables(own)
    measured(checked.command(folder / "landing", database), environment={}, directory=ROOT, log=own / "output.log")
    lake = lakehouse.tables(folder / lakehouse.name)
    script = str(ROOT / "benchmarks" / "compare.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, script, str(lake), str(database)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    if found.returncode:
        raise RuntimeError(f"{script} ended with exit code {found.returncode}; its error is above")
    return found.stdout.rstrip()


def _is_equal(comparison: str) -> bool:
    return all(line.endswith("equal") for line in comparison.splitlines())


def _data(arguments: argparse.Namespace) -> tuple[Path, Path]:
    if (arguments.data is None) != (arguments.next_data is None):
        raise SystemExit("error: --data and --next-data belong together: a landing folder, and the files of one more day")
    if arguments.data is None:
        return generated(arguments.events, arguments.work)
    for folder in (arguments.data, arguments.next_data):
        if not folder.is_dir():
            raise SystemExit(f"error: {folder} is not a folder; give one, or leave --data out to have events generated")
    return arguments.data, arguments.next_data


def _variant(words: Sequence[str]) -> Lakehouse:
    name, *settings = words
    if bad := [setting for setting in settings if "=" not in setting]:
        raise SystemExit(f"error: --variant {name}: {bad[0]} is not NAME=VALUE")
    return Lakehouse(name, dict(setting.split("=", 1) for setting in settings))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.py", description="Measure the pipeline against DuckDB on the same files.")
    parser.add_argument("--events", type=int, default=1_000_000, help="events to generate and keep (default 1000000)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="an existing landing folder instead of generated events")
    parser.add_argument("--next-data", type=Path, metavar="DIR", help="the files of one more day, for --data")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured, in turn (default 3)")
    parser.add_argument("--threads", type=int, default=2, help="threads of DuckDB (default 2)")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results.md", help="page to write")
    parser.add_argument("--work", type=Path, default=WORK, metavar="DIR", help="for data and tables (default build/benchmarks)")
    parser.add_argument("--no-compare", dest="compare", action="store_false", help="do not compare the tables of both sides")
    parser.add_argument("--unchecked", action="store_true", help="measure the pipeline without the checks of its writes too")
    parser.add_argument(
        "--variant",
        nargs="+",
        action="append",
        default=[],
        metavar=("NAME", "KEY=VALUE"),
        help="measure the pipeline once more under this name, with environment variables or spark.* properties",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
