"""Who uses the product clearly less than four weeks before, in which way."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.churn import churn_signals
from engagement_lib.columns.time import local_date
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption
from engagement_lib.tables.gold.fact_feature_use import fact_feature_use
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

WINDOW_DAYS = 28
_COUNTS = ("sessions", "starts", "finishes", "feature_uses")


@table(
    inputs=(fact_user_engagement, fact_content_consumption, fact_feature_use),
    grain=("user_id",),
    fields=(
        v.USER_ID.but(required=True),
        Field("has_history", "boolean", "Known for 56 days; without that there are no signals.", required=True),
        Field("sessions_fell", "boolean", "S1: at most half of the sessions of the 28 days before, which were 4 or more."),
        Field(
            "completion_fell", "boolean", "S2: the completion rate fell by 30 % of itself or more, with 4 starts in each window."
        ),
        Field("feature_use_fell", "boolean", "S3: at most half of the feature uses of the 28 days before, which were 4 or more."),
        Field("score", "int", "How many of the three signals hold; null without 56 days of history."),
        Field("reasons", "array<string>", "The signals that hold, in words with numbers; null without history."),
        Field("sessions_now", "bigint", "Sessions in the 28 days up to the as-of date.", required=True),
        Field("sessions_before", "bigint", "Sessions in the 28 days before those.", required=True),
        Field("starts_now", "bigint", "Attempts at items begun in the 28 days.", required=True),
        Field("starts_before", "bigint", "Attempts begun in the 28 days before.", required=True),
        Field(
            "completion_rate_now",
            "double",
            "Share of the attempts begun in the 28 days that were finished by the end of them; null without any.",
        ),
        Field("completion_rate_before", "double", "The same for the 28 days before, finished by the end of those."),
        Field("feature_uses_now", "bigint", "Feature-used events in the 28 days.", required=True),
        Field("feature_uses_before", "bigint", "Feature-used events in the 28 days before.", required=True),
        Field("days_since_last", "int", "Days since the last activity.", required=True),
    ),
    rules=(
        Rule("score_counts_the_reasons", "score IS NULL OR score = size(reasons)"),
        Rule("no_signal_without_history", "has_history = (score IS NOT NULL)"),
    ),
    write=Rebuild(),
)
def report_churn_signals(
    fact_user_engagement: DataFrame,
    fact_content_consumption: DataFrame,
    fact_feature_use: DataFrame,
    *,
    as_of: date = v.NO_DAY,
    report_time_zone: str = "UTC",
) -> DataFrame:
    """One row per user active in the 56 days up to the as-of date: three signals of churn, 28 days against those before.

    A user known for less than 56 days has no signals, which is not the same as none that holds. Attempts count on the day of
    their start, and as finished if they were by the end of the window in which they began: what is finished later would give
    those of the first window 28 days more. Test users are in.
    """
    day, finished = [local_date(F.col(name), report_time_zone) for name in ("started_at", "finished_at")]
    days_after_window = F.floor(F.datediff(F.lit(as_of), day) / WINDOW_DAYS) * WINDOW_DAYS
    is_in_time = F.datediff(F.lit(as_of), finished) >= days_after_window
    begun = fact_content_consumption.where("started_at IS NOT NULL").select(
        "user_id",
        day.alias("day"),
        F.lit(1).alias("starts"),
        F.coalesce(is_in_time, F.lit(False)).cast("int").alias("finishes"),
    )
    visits = fact_user_engagement.where("user_id IS NOT NULL AND (is_active OR sessions_started > 0)").select(
        "user_id", F.col("activity_date").alias("day"), F.col("sessions_started").alias("sessions"), "is_active"
    )
    used = fact_feature_use.where("user_id IS NOT NULL").select(
        "user_id", F.col("activity_date").alias("day"), F.col("uses").alias("feature_uses")
    )
    activity = visits.unionByName(begun, allowMissingColumns=True).unionByName(used, allowMissingColumns=True)
    counts = {name: name for name in _COUNTS}
    # The visits hold each day with an active event; what is passive by configuration makes nobody active.
    filled = activity.na.fill(0, list(_COUNTS)).na.fill(False, ["is_active"])
    return churn_signals(
        filled, user="user_id", date="day", as_of=as_of, is_active="is_active", window_days=WINDOW_DAYS, **counts
    )
