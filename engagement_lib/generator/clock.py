"""Instants are milliseconds since 1970 in UTC, days are numbers counted from the first day of the data."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = date(1970, 1, 1)
_MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60))


def day_start(day: date) -> int:
    """Midnight at the start of a date, in milliseconds."""
    return (day - EPOCH).days * DAY


@lru_cache(maxsize=4096)
def date_text(epoch_day: int) -> str:
    """The ISO date of a number of days since 1970."""
    return (EPOCH + timedelta(days=epoch_day)).isoformat()


def timestamp(instant: int) -> str:
    """An instant as the trackers write it: ``2025-02-04 06:47:00.000``."""
    epoch_day, rest = divmod(instant, DAY)
    minute, rest = divmod(rest, MINUTE)
    return f"{date_text(epoch_day)} {_MINUTES[minute]}:{rest // SECOND:02d}.{rest % SECOND:03d}"
