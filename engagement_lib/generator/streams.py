"""Random numbers that depend only on where they are used: the same (seed, purpose, place) always draws the same."""

from __future__ import annotations

import random
import zlib

PLACE_BITS = 40


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
