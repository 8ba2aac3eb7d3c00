"""Windows of dates that end at a date."""

from datetime import date, timedelta

from pyspark.sql import Column
from pyspark.sql import functions as F


def within_window(day: str, days: int, as_of: date) -> Column:
    """Whether a row is of one of the ``days`` dates that end at ``as_of``."""
    return F.col(day).between(F.lit(as_of - timedelta(days=days - 1)), F.lit(as_of))


def is_partial_window(days: int, first_day: date | None, as_of: date) -> bool:
    """Whether the ``days`` dates that end at ``as_of`` reach back before the first day with data (None: there is none)."""
    return first_day is None or as_of - timedelta(days=days - 1) < first_day
