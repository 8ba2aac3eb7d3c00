"""A record of an entity: the cells of one version, and the instant since when it holds."""

from __future__ import annotations

from typing import NamedTuple

from engagement_lib.generator.clock import timestamp
from engagement_lib.generator.contracts import NEVER


class Record(NamedTuple):
    """One version of one thing; the first cells are its key."""

    instant: int  # milliseconds since 1970
    cells: tuple[str, ...]
    reason: str = ""  # why it must be set aside


def time_cell(instant: int) -> str:
    """An instant as a cell, empty where it never comes."""
    return "" if instant == NEVER else timestamp(instant)


def known_at(instant: int, moment: int) -> int:
    """An instant as it is known at a moment: NEVER while it lies ahead."""
    return moment if moment <= instant else NEVER
