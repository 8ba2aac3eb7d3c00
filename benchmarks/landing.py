"""Landing folders for the benchmark: generated once, then linked, never copied."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from contenders import ROOT

FIRST_DAY, DAYS = date(2025, 1, 1), 90
#: People who come often and data that arrive within three days: what a large product looks like, in plain CSV files.
SHAPE = ("--activity", "4", "--max-late-days", "3", "--plain", "--no-truth")


def generated(events: int, folder: Path) -> tuple[Path, Path]:
    """(landing folder of 90 days with about so many events, folder with the next day's files); made if they are not there."""
    days, next_day = folder / f"events-{events}", folder / f"events-{events}-next"
    _generate(days, events)
    _generate(next_day, events, "--only-day", str(FIRST_DAY + timedelta(days=DAYS)))
    return days, next_day


def link_files(source: Path, target: Path) -> None:
    """Give ``target`` a link to each file below ``source``, at the same relative path."""
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        link = target / file.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file.resolve())


def size_of(folder: Path) -> tuple[int, int]:
    """(files, bytes) below a folder."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def _generate(out: Path, events: int, *more: str) -> None:
    if out.exists():
        return
    unfinished = out.with_name(out.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    span = ("--first-day", str(FIRST_DAY), "--days", str(DAYS), "--events", str(events))
    command = [sys.executable, "jobs/generate.py", "--out", str(unfinished), *span, *SHAPE, *more]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    unfinished.rename(out)
