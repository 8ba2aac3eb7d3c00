"""Days in a row, and windows of dates that end at a date."""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F


def within_window(day: str, days: int, as_of: date) -> Column:
    """Whether a row is of one of the ``days`` dates that end at ``as_of``."""
    return F.col(day).between(F.lit(as_of - timedelta(days=days - 1)), F.lit(as_of))


def every_day(spark: SparkSession, first_day: date | None, as_of: date | None) -> DataFrame:
    """One row per date from ``first_day`` to ``as_of`` (``activity_date``); no rows where one of them is None."""
    days = F.sequence(F.lit(first_day).cast("date"), F.lit(as_of).cast("date"))
    return spark.range(1).select(F.explode(days).alias("activity_date"))


def is_partial_window(days: int, first_day: date | None, as_of: date) -> bool:
    """Whether the ``days`` dates that end at ``as_of`` reach back before the first day with data (None: there is none)."""
    return first_day is None or as_of - timedelta(days=days - 1) < first_day
