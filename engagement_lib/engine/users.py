"""Whose rows changed: a set of users that is small enough for a commit, names nobody, and never misses one."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

#: Users share this many numbers. A number says too little to name a user, so that a commit outlives an erasure without harm;
#: users who share one with a changed user are computed again needlessly: with 5,000 changed users 7 % of all others.
_NUMBERS = 65_536


@dataclass(frozen=True)
class Users:
    """A set of users: those whose number (a hash of their id) is among these, and whoever has no id."""

    numbers: frozenset[int] = frozenset()

    def __or__(self, others: Users) -> Users:
        return Users(self.numbers | others.numbers)

    def include(self, user: Column) -> Column:
        """Whether a row is of one of the users, or of nobody. Never null."""
        # One byte per number: thousands of literals would each cost a call, and Spark finds a byte at once.
        is_in = bytearray(_NUMBERS)
        for number in self.numbers:
            is_in[number] = 1
        return user.isNull() | (F.substring(F.lit(is_in), number_of(user) + 1, F.lit(1)) == F.lit(bytearray(b"\1")))

    def to_text(self) -> str:
        bits = sum(1 << number for number in self.numbers)
        return base64.b64encode(zlib.compress(bits.to_bytes(_NUMBERS // 8, "little"))).decode()

    @classmethod
    def from_text(cls, text: str) -> Users:
        said = zlib.decompress(base64.b64decode(text))
        return cls(frozenset(8 * place + bit for place, byte in enumerate(said) for bit in range(8) if byte >> bit & 1))


NOBODY = Users()


def number_of(user: Column) -> Column:
    """The number that a user shares with few others."""
    return F.pmod(F.xxhash64(user), F.lit(_NUMBERS)).cast("int")
