"""What a command costs: wall time, CPU seconds of all its processes, and the memory of its largest one."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_TELLING_LINES = 20
# The kernel gives the peak in KiB, macOS in bytes.
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Usage:
    """Cost of one run. ``seconds``: until the command's own process ended; ``cpu_seconds``: user and system time of the
    whole process tree; ``peak_bytes``: resident memory of its largest process; ``output``: what it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def measured(command: Sequence[str], *, environment: Mapping[str, str], directory: Path, log: Path) -> Usage:
    """Run a command to its end. Raises RuntimeError with its last words if it fails.

    Processes that outlive the command (a daemon of Python workers) are waited for too, else their time would be lost.
    """
    _adopt_orphans()
    os.sync()
    with log.open("wb") as output:
        started = time.monotonic()
        variables = {**os.environ, **environment}
        child = subprocess.Popen(
            command, cwd=directory, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        seconds, cpu_seconds, peak, status = _reaped(child, started)
    text = log.read_text(encoding="utf-8", errors="replace")
    if status:
        last_words = "\n".join(text.splitlines()[-_TELLING_LINES:])
        raise RuntimeError(f"{' '.join(command)} ended with exit code {status}:\n{last_words}")
    return Usage(seconds, cpu_seconds, peak, text)


def _reaped(child: subprocess.Popen[bytes], started: float) -> tuple[float, float, int, int]:
    """(wall seconds, CPU seconds, peak bytes, exit code) when the last process is gone."""
    seconds, cpu_seconds, peak = 0.0, 0.0, 0
    while True:
        try:
            process, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return seconds, cpu_seconds, peak * _PEAK_UNIT, child.returncode
        cpu_seconds += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
        if process == child.pid:
            seconds = time.monotonic() - started
            child.returncode = os.waitstatus_to_exitcode(status)


def _adopt_orphans() -> None:
    """Make this process the one that waits for grandchildren whose parent is gone (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
