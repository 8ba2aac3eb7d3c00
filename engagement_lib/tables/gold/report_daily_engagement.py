"""How many people used the product on each day."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.columns.windows import every_day
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

METRICS = (m.DAU, m.DAL, m.EVENTS, m.ITEMS_STARTED, m.CONTENT_COMPLETIONS, m.SESSIONS)


@table(
    inputs=(fact_user_engagement,),
    grain=("activity_date", "split", "split_value"),
    fields=(
        v.ACTIVITY_DATE,
        v.SPLIT,
        v.SPLIT_VALUE,
        *[metric.field for metric in METRICS],
        Field(
            "users_last_seen",
            "bigint",
            "Users whose last active event of the day has this value; parts add up to DAU.",
            required=True,
        ),
        Field("anonymous_events", "bigint", "Events without a known user; they count for nobody.", required=True),
        Field("silent_platforms", "array<string>", "Platforms without any event on the day: a gap in the feed.", required=True),
        Field("is_complete", "boolean", "Whether every platform delivered events for the day.", required=True),
    ),
    rules=(
        Rule("everybody_is_last_seen_once", "split <> 'total' OR users_last_seen = daily_active_users"),
        Rule("learners_are_active", "daily_active_learners <= daily_active_users", "warn"),
        Rule("every_platform_delivered", "is_complete OR split <> 'total'", "warn"),
    ),
    write=ReplaceDays("activity_date"),
)
def report_daily_engagement(
    fact_user_engagement: DataFrame, *, first_day: date | None = None, as_of: date | None = None
) -> DataFrame:
    """One row per day and split value: everybody (total), each platform, each country, each access type.

    Days without events are rows with 0 for the total and the platforms. A user with two countries on a day is counted
    in both, so values of a split do not add up to the total; ``users_last_seen`` does.
    """
    seen = m.by_split(
        fact_user_engagement.withColumns(
            {
                "_last_seen": (F.col("is_last_of_day") & F.col("is_active")).cast("int"),
                "_anonymous": F.when(F.col("user_id").isNull(), F.col("events")).otherwise(0),
            }
        )
    )
    extra = (
        m.Metric("users_last_seen", m.Total("_last_seen"), "Users last seen with the value.", "users"),
        m.Metric("anonymous_events", m.Total("_anonymous"), "Events without a user.", "events"),
    )
    counted = m.summarise(seen, ("activity_date", "split", "split_value"), (*METRICS, *extra))
    delivered = fact_user_engagement.groupBy("activity_date").agg(F.collect_set("platform").alias("_delivered"))
    always = [F.struct(F.lit(s).alias("split"), F.lit(value).alias("split_value")) for s, value in _ALWAYS]
    days = every_day(fact_user_engagement.sparkSession, first_day, as_of)
    skeleton = days.select("activity_date", F.inline(F.array(*always)))
    silent = F.array_except(F.array(*map(F.lit, v.PLATFORMS)), F.coalesce("_delivered", F.array().cast("array<string>")))
    numbers = [metric.name for metric in (*METRICS, *extra)]
    return (
        skeleton.join(counted, ["activity_date", "split", "split_value"], "full")
        .join(F.broadcast(delivered), "activity_date", "left")
        .select(
            "activity_date",
            "split",
            "split_value",
            *[F.coalesce(name, F.lit(0)).alias(name) for name in numbers],
            silent.alias("silent_platforms"),
            (F.size(silent) == 0).alias("is_complete"),
        )
    )


#: Values that have a row on each day, with 0 where nothing happened.
_ALWAYS = ((v.TOTAL, v.TOTAL), *(("platform", platform) for platform in v.PLATFORMS))
