"""Kill the pipeline with signal 9 at random moments, run it again, and compare every table with an undisturbed run.

    python -m tests.trust.kill_runs --kills 20

Each lake suffers kills, one after the other, until a run ends before its kill; runs that ended are not counted as
kills. Prints each kill and the number of differing rows; ends with 1 if there is any.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from engagement_lib.engine.lake import Lake
from engagement_lib.pipeline import all_tables
from engagement_lib.session import build_session
from tests.trust.compare import counted_rows

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        landing = _landing(work)
        started = time.monotonic()
        assert _start(landing, work / "undisturbed").wait() == 0
        length = time.monotonic() - started
        print(f"an undisturbed run takes {length:.1f} s", flush=True)
        lakes, kills = list[Path](), 0
        while kills < arguments.kills:
            lake = work / f"lake{len(lakes)}"
            lakes.append(lake)
            # The first kill may come late; what is left after it takes less time.
            latest = 0.95
            while kills < arguments.kills and _kill_once(landing, lake, chance.uniform(0.15, latest) * length, kills + 1):
                kills, latest = kills + 1, 0.6
            assert _start(landing, lake).wait() == 0
        return _compare(work / "undisturbed", lakes, arguments.kills)


def _landing(work: Path) -> Path:
    """The first days of the sample: small enough to be killed often, with late, repeated and broken records in it."""
    for path in sorted((ROOT / "sample_data").glob("*/*2025-01-0*")):
        (work / "landing" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, work / "landing" / path.parent.name)
    return work / "landing"


def _start(landing: Path, lake: Path) -> subprocess.Popen[bytes]:
    command = ["make", "run", f"ARGS=--landing {landing} --lake {lake}"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)


def _kill_once(landing: Path, lake: Path, after: float, number: int) -> bool:
    """Start a run, wait, and kill it with all its processes; False if it had ended by then."""
    process = _start(landing, lake)
    try:
        process.wait(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        versions = sum(1 for _ in lake.rglob("_delta_log/*.json")) if lake.exists() else 0
        print(f"kill {number}: {lake.name} after {after:.1f} s, {versions} commits in it", flush=True)
        return True


def _compare(undisturbed: Path, lakes: list[Path], kills: int) -> int:
    spark = build_session({})
    truth = Lake(spark, root=str(undisturbed))
    wrong = 0
    compared = [table for table in all_tables().values() if table.layer != "ops" or table.name == "files"]
    for lake in lakes:
        for table in compared:
            expected, found = counted_rows(truth, table), counted_rows(Lake(spark, root=str(lake)), table)
            count = (expected - found).total() + (found - expected).total()
            wrong += count
            if count:
                print(f"{lake.name}: {count} rows of {table.id} differ", flush=True)
    print(f"{kills} kills, {len(lakes)} lakes, {len(compared)} tables each: {wrong} differing rows")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
