"""Whether pages are still those that would be made now: reading the tables for them again takes longer than all else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from engagement_lib.dashboards.pages import PAGES
from engagement_lib.engine.commit import plain
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.tables.ops.checks import checks
from engagement_lib.tables.ops.files import files
from engagement_lib.tables.ops.published import published
from engagement_lib.tables.ops.runs import runs

#: Beside the pages, not in them: the same tables give the same bytes, in whichever lake they are.
MARK = ".made_of"
#: What the rest of a lake is read by: the set of published versions, and the records that are read as they are.
_BOOKS = (published, files, runs, checks)


def made_of(lake: Lake, parameters: Mapping[str, Any]) -> str:
    """A hash of all that pages are made of: the versions of tables that readers see, settings, our code, the chart library."""
    versions = [(lake.location(table), *_newest(lake, table)) for table in _BOOKS]
    known = [versions, plain(dict(parameters)), metadata.version("vl-convert-python")]
    content = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
    for text in _code(resources.files("engagement_lib")):
        content.update(text)
    return content.hexdigest()


def is_current(folder: str, mark: str) -> bool:
    """Whether the folder holds all pages, made of what the mark stands for."""
    place = Path(folder)
    found = place / MARK
    return found.is_file() and found.read_text(encoding="utf-8") == mark and all((place / page.file).is_file() for page in PAGES)


def _newest(lake: Lake, table: Table) -> tuple[int, str]:
    newest = next(iter(lake.versions(table)), None)
    # The run's id is random: another lake in the same place has other ones, whatever its version numbers are.
    return (newest.number, newest.run_id) if newest else (-1, "")


def _code(folder: Traversable) -> Iterator[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _code(entry)
        elif entry.is_file():
            yield entry.name.encode()
            yield entry.read_bytes()
