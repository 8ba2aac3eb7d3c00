"""On how many days of a week and of four weeks users were active."""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.analytics.stickiness import stickiness_histogram
from engagement_lib.columns.windows import is_partial_window
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

WINDOWS = (7, 28)
_BAR = ("window_days", "split", "split_value", "active_days")


@table(
    inputs=(fact_user_engagement,),
    grain=_BAR,
    fields=(
        Field("window_days", "int", "Number of dates that end at the as-of date: 7 (L7) or 28 (L28).", required=True),
        v.SPLIT,
        v.SPLIT_VALUE,
        Field("active_days", "int", "On how many of the dates users were active, from 1 on.", required=True),
        Field("users", "bigint", "Users active on exactly so many dates; they add up within a split value.", required=True),
        v.IS_PARTIAL_WINDOW.but(description="Whether the dates reach back before the first data."),
    ),
    rules=(Rule("days_within_window", "active_days BETWEEN 1 AND window_days"),),
    write=Rebuild(reads=(-27, 0)),
)
def report_stickiness(fact_user_engagement: DataFrame, *, first_day: date | None = None, as_of: date = v.NO_DAY) -> DataFrame:
    """One row per window, split value and number of active days: the histogram of stickiness as of a date.

    A user counts in each value of a split in which they were active in the window, with the days active there. Numbers
    of days on which nobody was active are rows with 0, in the total also where nobody was active in the window at all. The
    share mean DAU / MAU is in `report_active_windows`.
    """
    active = m.by_split(fact_user_engagement.where("is_active"))
    histograms = [
        stickiness_histogram(
            active,
            user="user_id",
            date="activity_date",
            as_of=as_of,
            window=days,
            first_date=first_day,
            by=("split", "split_value"),
        )
        .withColumnRenamed("active_periods", "active_days")
        .withColumn("window_days", F.lit(days))
        for days in WINDOWS
    ]
    found = reduce(DataFrame.unionByName, histograms)
    if first_day is None:
        return found
    with_total = found.unionByName(_total_of(first_day, as_of, fact_user_engagement.sparkSession))
    return with_total.groupBy(*_BAR, "is_partial_window").agg(F.sum("users").alias("users"))


def _total_of(first_day: date, as_of: date, spark: SparkSession) -> DataFrame:
    """A row of 0 for each bar of the total, which has rows once there are data."""
    bars = [
        F.struct(
            F.lit(days).alias("window_days"),
            F.lit(active_days).alias("active_days"),
            F.lit(is_partial_window(days, first_day, as_of)).alias("is_partial_window"),
        )
        for days in WINDOWS
        for active_days in range(1, days + 1)
    ]
    total = F.lit(v.TOTAL)
    return spark.range(1).select(
        total.alias("split"), total.alias("split_value"), F.lit(0).alias("users"), F.inline(F.array(*bars))
    )
