"""Weekly and monthly active users, and how often they come back."""

from datetime import date

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.analytics.active_windows import active_windows
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

STICKINESS_DAYS = 30


def _users(name: str, description: str) -> Field:
    return Field(name, "bigint", description + " Not additive.", required=True)


@table(
    inputs=(fact_user_engagement,),
    grain=("activity_date", "split", "split_value"),
    fields=(
        v.ACTIVITY_DATE,
        v.SPLIT,
        v.SPLIT_VALUE,
        _users("daily_active_users", "Distinct users active on the day."),
        _users("weekly_active_users", "Distinct users active in the 7 dates that end on the day."),
        _users("monthly_active_users_28d", "Distinct users active in the 28 dates that end on the day."),
        _users("monthly_active_users_30d", "Distinct users active in the 30 dates that end on the day."),
        _users("monthly_active_users_calendar", "Distinct users active from the first of the month to the day."),
        Field("mean_daily_active_users_30d", "double", "Mean of the daily active users over the 30 dates, days of 0 included."),
        Field(
            "stickiness", "double", "Mean daily active users over 30 dates / distinct users in them; null until 30 dates exist."
        ),
        Field("dau_over_mau", "double", "The day's active users / distinct users in the 30 dates; null until 30 dates exist."),
        v.IS_PARTIAL_WINDOW,
    ),
    rules=(
        Rule(
            "windows_contain_each_other",
            "daily_active_users <= weekly_active_users AND weekly_active_users <= "
            "monthly_active_users_28d AND monthly_active_users_28d <= monthly_active_users_30d",
        ),
    ),
    write=ReplaceDays("activity_date", reads=(-30, 0)),
)
def report_active_windows(
    fact_user_engagement: DataFrame, *, first_day: date | None = None, as_of: date | None = None
) -> DataFrame:
    """One row per day and split value: the distinct users in the windows of dates that end on the day.

    Distinct users of a window are never a sum of daily values. The total has a row for each day; a value of a split has rows
    from its first activity in the 31 days before. Stickiness is null while the window reaches back before the first data.
    """
    by = ("split", "split_value")
    active = fact_user_engagement.where("is_active").select("activity_date", "user_id", *v.SPLITS[1:])
    seen = active.unionByName(_nobody(first_day, fact_user_engagement.sparkSession))
    # Once all rows of a user are together, the windows of all splits need no further shuffle.
    seen = m.by_split(seen.repartition("user_id")).where((F.col("split") == v.TOTAL) | F.col("user_id").isNotNull())
    windows = active_windows(seen, user="user_id", day="activity_date", by=by, first_day=None, as_of=as_of)
    rows_30 = Window.partitionBy(*by).orderBy("activity_date").rowsBetween(1 - STICKINESS_DAYS, 0)
    observed = F.date_sub("activity_date", STICKINESS_DAYS - 1) >= F.lit(first_day)
    mean_dau = F.sum("active_users").over(rows_30) / STICKINESS_DAYS
    monthly = F.when(observed, F.col("active_users_30d"))
    return windows.select(
        "activity_date",
        *by,
        F.col("active_users").alias("daily_active_users"),
        F.col("active_users_7d").alias("weekly_active_users"),
        F.col("active_users_28d").alias("monthly_active_users_28d"),
        F.col("active_users_30d").alias("monthly_active_users_30d"),
        F.col("active_users_month").alias("monthly_active_users_calendar"),
        F.when(observed, mean_dau).alias("mean_daily_active_users_30d"),
        F.try_divide(mean_dau, monthly).alias("stickiness"),
        F.try_divide("active_users", monthly).alias("dau_over_mau"),
        (~observed).alias("is_partial_window"),
    ).where((F.col("split") == v.TOTAL) | (F.col("monthly_active_users_30d") + F.col("monthly_active_users_calendar") > 0))


def _nobody(first_day: date | None, spark: SparkSession) -> DataFrame:
    """Nobody's row on the first day with data: after a month without activity the total still has rows, of zeros."""
    nothing = [F.lit(None).cast("string").alias(name) for name in ("user_id", *v.SPLITS[1:])]
    return spark.range(1).select(F.lit(first_day).cast("date").alias("activity_date"), *nothing)
