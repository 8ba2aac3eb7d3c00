"""Which share of those who may use a feature does so, and again."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.columns.time import local_date
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.dim_feature import dim_feature
from engagement_lib.tables.gold.fact_feature_use import fact_feature_use
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.silver.users import at_signup, users

SINCE_LAUNCH, WEEK = "since_launch", "week"
_PERIOD = ("feature_id", "period", "period_start")


@table(
    inputs=(fact_feature_use, fact_user_engagement, dim_feature, users),
    grain=_PERIOD,
    fields=(
        Field("feature_id", "string", "The feature.", required=True),
        Field("feature_name", "string", "What people call it; its id where no source says so."),
        Field("period", "string", "since_launch, or one week.", required=True, allowed=(SINCE_LAUNCH, WEEK)),
        Field("period_start", "date", "Day of the launch, or the Monday of the week.", required=True),
        v.count("eligible_users", "Distinct users active in the period, on a day since the launch, with access to the feature."),
        v.count("adopting_users", "Of these, those who used the feature."),
        Field("feature_adoption_rate", "double", "Adopting / eligible users; null without any. Not additive."),
        v.count("repeat_users", "Of the adopting, those who used it on 2 or more days of the period."),
        Field("repeat_rate", "double", "Repeat / adopting users; null without any."),
        v.count("uses", "Feature-used events of the adopting users."),
        Field(
            "is_partial_window",
            "boolean",
            "Not all of the period is since the launch, after the first data and over.",
            required=True,
        ),
    ),
    rules=(
        Rule("repeat_within_adopting_within_eligible", "repeat_users <= adopting_users AND adopting_users <= eligible_users"),
    ),
    write=Rebuild(),
)
def report_feature_adoption(
    fact_feature_use: DataFrame,
    fact_user_engagement: DataFrame,
    dim_feature: DataFrame,
    users: DataFrame,
    *,
    as_of: date = v.NO_DAY,
    first_day: date | None = None,
    report_time_zone: str = "UTC",
) -> DataFrame:
    """One row per listed feature and period: since its launch, and each week from the launch (or the first data) on.

    Users count from the local day of the launch on, on days with an access type that may use the feature. Test users do not
    count. A feature that is launched later than the as-of date has no rows. A week is not a share of the weeks before:
    users are distinct in each period, never added up.
    """
    launched = dim_feature.select(
        "feature_id",
        F.coalesce("name", "feature_id").alias("feature_name"),
        local_date(F.col("launched_at"), report_time_zone).alias("_launch"),
        F.col("eligible_access_types").alias("_access"),
    ).where(F.col("_launch") <= F.lit(as_of))
    testers = at_signup(users).where("is_test").select("user_id")
    is_seen = F.col("activity_date") <= F.lit(as_of)
    seen = fact_user_engagement.where(F.col("is_active") & is_seen)
    weekly = seen.groupBy("user_id", _monday("activity_date"), "user_access_type")
    # the last day of the week tells whether there is one since the launch
    present = _of_features(weekly.agg(F.max("activity_date").alias("activity_date")), launched)
    used = _of_features(fact_feature_use.where(F.col("user_id").isNotNull() & is_seen), launched, "feature_id")
    daily = used.groupBy("feature_id", "_launch", "user_id", "activity_date").agg(F.sum("uses").alias("uses"))
    active = present.select(
        "feature_id",
        "_launch",
        "user_id",
        "_week",
        F.lit(0).alias("uses"),
        F.lit(0).alias("days"),
        F.lit(True).alias("is_active"),
    )
    using = daily.select(
        "feature_id",
        "_launch",
        "user_id",
        _monday("activity_date"),
        "uses",
        F.lit(1).alias("days"),
        F.lit(False).alias("is_active"),
    )
    periods = F.array(_period(SINCE_LAUNCH, F.col("_launch")), _period(WEEK, F.col("_week")))
    each_user = (
        active.unionByName(using)
        .join(testers, "user_id", "left_anti")
        .select("feature_id", F.inline(periods), "user_id", "uses", "days", "is_active")
        .groupBy(*_PERIOD, "user_id")
        .agg(F.sum("uses").alias("uses"), F.sum("days").alias("days"), F.bool_or("is_active").alias("is_active"))
        # to use a feature may be passive by configuration, and then makes nobody active
        .where("is_active")
    )
    counts = each_user.groupBy(*_PERIOD).agg(
        F.count("*").alias("eligible_users"),
        F.count_if(F.col("days") > 0).alias("adopting_users"),
        F.count_if(F.col("days") > 1).alias("repeat_users"),
        F.sum("uses").alias("uses"),
    )
    return _with_rates(_every_period(launched, first_day or as_of, as_of).join(counts, [*_PERIOD], "left"))


def _of_features(rows: DataFrame, launched: DataFrame, *on: str) -> DataFrame:
    """The rows once for each feature that was launched by their day and that their access type may use.

    The features' source writes access types in lower case, trackers as they like."""
    paired = rows.join(F.broadcast(launched), list(on)) if on else rows.crossJoin(F.broadcast(launched))
    may_use = F.col("_access").isNull() | F.coalesce(F.array_contains("_access", F.lower("user_access_type")), F.lit(False))
    return paired.where((F.col("activity_date") >= F.col("_launch")) & may_use)


def _every_period(launched: DataFrame, first_day: date, as_of: date) -> DataFrame:
    first, last = F.greatest("_launch", F.lit(first_day)), F.lit(as_of)
    monday = F.date_trunc("week", first).cast("date")
    weeks = F.transform(F.sequence(monday, last, F.expr("interval 7 days")), lambda day: _period(WEEK, day))
    periods = F.concat(F.array(_period(SINCE_LAUNCH, F.col("_launch"))), weeks)
    every = launched.select("feature_id", "feature_name", "_launch", F.inline(periods))
    start = F.col("period_start")
    is_early = start < F.greatest("_launch", F.lit(first_day))
    is_late = (F.col("period") == WEEK) & (F.date_add(start, 6) > last)
    return every.withColumn("is_partial_window", is_early | is_late).drop("_launch")


def _with_rates(counted: DataFrame) -> DataFrame:
    filled = counted.na.fill(0, ["eligible_users", "adopting_users", "repeat_users", "uses"])
    return filled.withColumns(
        {
            "feature_adoption_rate": F.try_divide("adopting_users", "eligible_users"),
            "repeat_rate": F.try_divide("repeat_users", "adopting_users"),
        }
    )


def _period(name: str, start: Column) -> Column:
    return F.struct(F.lit(name).alias("period"), start.alias("period_start"))


def _monday(day: str) -> Column:
    return F.date_trunc("week", day).cast("date").alias("_week")
