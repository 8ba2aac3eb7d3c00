"""Arguments of jobs/generate.py."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from engagement_lib.errors import ConfigError, EngagementError, EnvironmentProblem
from engagement_lib.generator.entities import COLUMNS as ENTITY_COLUMNS
from engagement_lib.generator.population import Population
from engagement_lib.generator.run import Data, Written, generate, write_truth
from engagement_lib.generator.trackers import COLUMNS as EVENT_COLUMNS
from engagement_lib.generator.visits import EVENTS_PER_VISIT_DAY, PLAIN_EVENTS_PER_VISIT_DAY

DEFAULT_USERS = 2_700  # the committed sample
LEAST_USERS = 10
SURVEYED_USERS = 20_000


def main(argv: Sequence[str] | None = None) -> int:
    """Generate a landing folder; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        _run(arguments)
        return 0
    except EngagementError as error:
        problem = error
    except OSError as error:
        problem = EnvironmentProblem(f"{error.filename or arguments.out}: cannot be written: {error.strerror}")
    print(f"error: {problem}", file=sys.stderr)
    return problem.exit_code


def users_for(events: int, first_day: date, days: int, seed: int, activity: float, is_plain: bool) -> int:
    """The number of users that makes about this many events within the days."""
    survey = Population(seed, first_day, SURVEYED_USERS, activity)
    visits = sum(len(survey.active_users(day)) for day in range(days))
    per_day = PLAIN_EVENTS_PER_VISIT_DAY if is_plain else EVENTS_PER_VISIT_DAY
    return max(LEAST_USERS, round(events * SURVEYED_USERS / (visits * per_day)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="generate.py", description="Generate sample events with a known truth.")
    parser.add_argument("--out", type=Path, required=True, help="landing folder; a folder per source is made in it")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--users", type=int, help=f"users who have signed up by the 90th day (default {DEFAULT_USERS})")
    size.add_argument("--events", type=int, help="choose the users so that about this many events result")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--first-day", type=date.fromisoformat, default=date(2025, 1, 1))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only-day", type=date.fromisoformat, help="write only the files that arrive on this date")
    parser.add_argument("--from-day", type=date.fromisoformat, help="write only files from this date on")
    parser.add_argument("--to-day", type=date.fromisoformat, help="write only files up to this date")
    parser.add_argument("--activity", type=float, default=1.0, help="scales how often users come back (default 1.0)")
    parser.add_argument("--max-late-days", type=int, default=40, help="longest usual delay of a late event (default 40)")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="only plain CSV of visits: no gaps, malformed rows, other file forms, stories, entities, further events",
    )
    parser.add_argument("--no-truth", action="store_true", help="write no truth.json, which needs all events in memory")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="never changes the result")
    return parser


def _run(arguments: argparse.Namespace) -> None:
    data, (first, last) = _data(arguments), _range(arguments)
    _refuse_foreign_files(arguments.out, data, last)
    with_truth = (first, last) == (0, data.days - 1) and not arguments.no_truth
    started = time.monotonic()
    files = list(generate(data, arguments.out, first, last, arguments.processes, with_truth))
    if with_truth:
        write_truth(data, arguments.out, files)
    _report(files, arguments.out, time.monotonic() - started)


def _data(arguments: argparse.Namespace) -> Data:
    for name, least in (("seed", 0), ("days", 1), ("activity", 0.01), ("max_late_days", 1), ("processes", 1)):
        if getattr(arguments, name) < least:
            raise ConfigError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be at least {least}")
    users = DEFAULT_USERS if arguments.users is None else arguments.users
    if arguments.events is not None:
        span = (arguments.first_day, arguments.days)
        users = users_for(arguments.events, *span, arguments.seed, arguments.activity, arguments.plain)
    if users < LEAST_USERS:
        raise ConfigError(f"--users {users}: must be at least {LEAST_USERS}")
    return Data(
        seed=arguments.seed,
        first_day=arguments.first_day,
        days=arguments.days,
        users=users,
        activity=arguments.activity,
        longest_late_days=arguments.max_late_days,
        is_plain=arguments.plain,
    )


def _range(arguments: argparse.Namespace) -> tuple[int, int]:
    """First and last day to write, counted from the first day of the data."""
    if arguments.only_day and (arguments.from_day or arguments.to_day):
        raise ConfigError("--only-day excludes --from-day and --to-day: give one or the other")
    start = arguments.only_day or arguments.from_day or arguments.first_day
    end = arguments.only_day or arguments.to_day or arguments.first_day + timedelta(days=arguments.days - 1)
    first, last = (start - arguments.first_day).days, (end - arguments.first_day).days
    if first < 0 or last < first:
        raise ConfigError(f"no day to write between {start} and {end}: the data begin on {arguments.first_day}")
    return first, last


def _refuse_foreign_files(out: Path, data: Data, last: int) -> None:
    """Files of another run would make one landing folder of two data sets."""
    expected = data.paths(max(last, data.days - 1))
    for source in (*EVENT_COLUMNS, *ENTITY_COLUMNS):
        for path in sorted((out / source).glob("[!.]*")):  # a dot starts what an interrupted run left
            if path.relative_to(out).as_posix() not in expected:
                raise ConfigError(f"{path}: not a file of this data; give an empty folder as --out")


def _report(files: list[Written], out: Path, seconds: float) -> None:
    records, size = sum(file.records for file in files), sum(file.size for file in files)
    rate = records / max(seconds, 1e-9)
    print(f"{out}: {len(files)} files, {records:,} records, {size / 1e6:.1f} MB in {seconds:.1f} s ({rate:,.0f} records/s)")
