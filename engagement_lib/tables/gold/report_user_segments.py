"""How engaged each known user is now, and why we say so."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.segments import SEGMENTS, user_segments
from engagement_lib.columns.windows import is_partial_window
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement


@table(
    inputs=(fact_user_engagement,),
    grain=("user_id",),
    fields=(
        v.USER_ID.but(required=True, description="The user, after identities are resolved."),
        Field("segment", "string", "The first of the segments that fits, in this order.", required=True, allowed=SEGMENTS),
        Field("reason", "string", "What decided, with its numbers.", required=True),
        Field("is_new", "boolean", "Whether the user was first active in the last 14 dates.", required=True),
        Field("active_days", "int", "Days active in the 28 dates that end at the as-of date.", required=True),
        Field("active_days_before", "int", "Days active in the 28 dates before those.", required=True),
        Field("completions", "bigint", "Item-finished events in the 28 dates.", required=True),
        Field("days_since_last", "int", "Days from the last active day to the as-of date.", required=True),
        Field("first_active", "date", "First active day.", required=True),
        v.PLATFORM.but(description="Platform of the user's last event, of the last active one where that day has any."),
        v.COUNTRY_CODE.but(description="Country at that event; null = unknown."),
        v.USER_ACCESS_TYPE.but(description="Access type at that event."),
        v.IS_PARTIAL_WINDOW.but(
            description="Whether the window and the one before it reach back before the first data: then active days may be "
            "missing, and everybody may seem new."
        ),
    ),
    rules=(Rule("dormant_is_not_active", "(segment = 'dormant') = (active_days = 0)"),),
    write=Rebuild(),
)
def report_user_segments(
    fact_user_engagement: DataFrame,
    *,
    first_day: date | None = None,
    as_of: date = v.NO_DAY,
    segment_window_days: int = 28,
    at_risk_days_before: int = 4,
    at_risk_share: float = 0.5,
    at_risk_after_days: int = 14,
    engaged_days: int = 12,
    engaged_completions: int = 4,
    new_for_days: int = 14,
) -> DataFrame:
    """One row per known user who was ever active up to the as-of date, with the one segment that fits first.

    dormant = not active in the 28 dates; at_risk = at least 4 active days in the 28 before and now at most half of
    them, or the last activity 14 or more days ago; highly_engaged = at least 12 active days and 4 completions; casual =
    any other. The numbers are parameters. The segments exclude each other, so their users add up, also by platform,
    country and access type, which are those of the user's last event.
    """
    active = fact_user_engagement.where(F.col("is_active") & (F.col("activity_date") <= F.lit(as_of)))
    segments = user_segments(
        active,
        user="user_id",
        date="activity_date",
        completions="items_finished",
        as_of=as_of,
        window_days=segment_window_days,
        at_risk_days_before=at_risk_days_before,
        at_risk_share=at_risk_share,
        at_risk_after_days=at_risk_after_days,
        engaged_days=engaged_days,
        engaged_completions=engaged_completions,
        new_for_days=new_for_days,
    )
    last_seen = fact_user_engagement.where(F.col("is_last_of_day") & (F.col("activity_date") <= F.lit(as_of)))
    attributes = last_seen.groupBy("user_id").agg(
        F.max_by(F.struct("platform", "country_code", "user_access_type"), "activity_date").alias("_last")
    )
    is_partial = is_partial_window(2 * segment_window_days, first_day, as_of)
    return segments.join(attributes, "user_id").select(segments["*"], "_last.*", F.lit(is_partial).alias("is_partial_window"))
