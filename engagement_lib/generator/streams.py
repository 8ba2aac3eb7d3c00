"""Random numbers that depend only on where they are used: the same (seed, purpose, place) always draws the same."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from typing import Generic, TypeVar

PLACE_BITS = 40
Drawn = TypeVar("Drawn")


def stream_key(seed: int, purpose: str) -> int:
    """The number that keeps the draws of one purpose apart from those of all others."""
    return (seed << 32) | zlib.crc32(purpose.encode())


def stream_at(key: int, *place: int) -> random.Random:
    """A generator for one place, such as a user's day.

    Only ``random()`` is drawn from it: its values are fixed by Python's documentation for a given seed, those of
    ``choice`` or ``sample`` may change between versions.
    """
    for number in place:
        key = (key << PLACE_BITS) | number
    return random.Random(key)


def rare_count(expected: float, chance: float) -> int:
    """A whole number whose mean over uniform ``chance`` in [0, 1) is ``expected``."""
    return int(expected + chance)


class Remembered(Generic[Drawn]):
    """What is drawn for a number, kept for those who come again; forgets everything once it holds ``most``."""

    def __init__(self, draw: Callable[[int], Drawn], most: int = 50_000) -> None:
        self._draw = draw
        self._most = most
        self._kept: dict[int, Drawn] = {}

    def __call__(self, number: int) -> Drawn:
        drawn = self._kept.get(number)
        if drawn is None:
            if len(self._kept) >= self._most:
                self._kept.clear()
            drawn = self._kept[number] = self._draw(number)
        return drawn
