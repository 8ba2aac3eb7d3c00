"""A lake that has taken in one of two deliveries, and one that has taken in both."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.properties.history import deliveries, random_records, write_files


def begin(folder: Path, run: Callable[[str], int], *, finished: str) -> None:
    """Makes the lake ``begun`` below the folder, to which a second delivery has come by now but was not taken in, and the lake
    ``finished``, which took in both. ``run``: runs the pipeline on a lake by its name, from the folder's ``landing``.
    """
    first, second = deliveries(6, [record for record in random_records(6, 60) if record.source.endswith("events")], 2)
    write_files(folder / "landing", first, "first")
    assert run("begun") == 0
    write_files(folder / "landing", second, "second")
    shutil.copytree(folder / "begun", folder / finished)
    assert run(finished) == 0
