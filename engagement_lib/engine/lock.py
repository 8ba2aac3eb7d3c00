"""One run at a time per lake."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from pathlib import Path
from types import TracebackType

from engagement_lib.engine.folder import can_be_locked
from engagement_lib.errors import EnvironmentProblem, LakeBusy


class LakeLock:
    """Holds the lake for the length of a ``with`` block, or raises `LakeBusy` after ``wait_seconds``.

    The operating system lets go of the lock when the process ends, however it ends, so there are no stale locks on a
    local or shared POSIX folder. A lake in a catalog or an object store is not locked: there Delta refuses the second writer.
    """

    def __init__(self, root: str | None, *, owner: str, wait_seconds: float = 0) -> None:
        self._path = Path(root) / "_lock" if root is not None and can_be_locked(root) else None
        self._owner, self._wait = owner, wait_seconds
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether nobody else can run on the lake now; never for one that is not locked."""
        return self._file is not None

    def __enter__(self) -> LakeLock:
        if self._path is None:
            return self
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as problem:
            raise EnvironmentProblem(
                f"{self._path.parent}: cannot be written ({problem.strerror}); choose another lake.root"
            ) from problem
        deadline = time.monotonic() + self._wait
        while not self._taken():
            if time.monotonic() >= deadline:
                holder = self._holder()
                os.close(self._file)
                raise LakeBusy(f"{self._path.parent} is held by {holder}; wait for it to end, or run with --wait SECONDS")
            time.sleep(0.5)
        os.ftruncate(self._file, 0)
        words = {"owner": self._owner, "pid": os.getpid(), "host": socket.gethostname()}
        os.pwrite(self._file, json.dumps(words).encode(), 0)
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)

    def _taken(self) -> bool:
        assert self._file is not None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> str:
        assert self._file is not None
        try:
            words = json.loads(os.pread(self._file, 4096, 0))
        except ValueError:
            return "another run"
        return f"run {words['owner']} (process {words['pid']} on {words['host']})"
