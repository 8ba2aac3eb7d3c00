"""How many sessions users start, how long they last, and what they are good for."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.columns.windows import every_day
from engagement_lib.engine.table import Field, ReplaceDays, Rule, table
from engagement_lib.tables.gold.fact_session import fact_session

BY = ("activity_date", "split", "split_value")


def _rate(name: str, description: str) -> Field:
    return Field(name, "double", description + " Null without any.")


@table(
    inputs=(fact_session,),
    grain=BY,
    fields=(
        v.ACTIVITY_DATE.but(description="Local date on which the sessions start."),
        v.SPLIT,
        v.SPLIT_VALUE.but(description="The platform, country or access type at the session's first event; total or unknown."),
        v.count("sessions", "Sessions, those of anonymous visitors included."),
        v.count("sessions_of_users", "Sessions of known users."),
        v.count("users_with_sessions", "Distinct known users who started a session. Not additive over days or splits."),
        _rate("sessions_per_user", "Sessions of known users / those users."),
        v.count("duration_seconds", "Last minus first event, added up over all sessions, in seconds."),
        _rate("mean_session_seconds", "Mean duration of all sessions, those of one event counting as 0."),
        _rate("median_session_seconds", "Median duration of all sessions. Not additive."),
        v.count("sessions_of_several_events", "Sessions of 2 or more events."),
        _rate("mean_session_seconds_of_several_events", "Mean duration of the sessions of 2 or more events."),
        _rate("median_session_seconds_of_several_events", "Median duration of those. Not additive."),
        v.count("engaged_seconds", "Seconds of engagement in all sessions: each gap between events counts at most 5 minutes."),
        _rate("mean_engaged_seconds", "Engaged seconds / sessions."),
        v.count("engaged_sessions", "Sessions of at least 2 events, or 10 seconds, or with a content event."),
        _rate("engaged_session_share", "Engaged sessions / sessions."),
        v.count("single_event_sessions", "Sessions of one event."),
        _rate("single_event_share", "Single-event sessions / sessions."),
        v.count("content_events", "Items started or finished in the sessions."),
        _rate("content_consumption_rate", "Items started or finished per session."),
        v.count("content_events_of_users", "Items started or finished in the sessions of known users."),
        _rate("content_consumption_per_user", "Items started or finished by known users / users with sessions."),
    ),
    rules=(
        Rule("sessions_add_up", "single_event_sessions + sessions_of_several_events = sessions"),
        Rule("engaged_within_duration", "engaged_seconds <= duration_seconds"),
        Rule("every_user_has_a_session", "users_with_sessions <= sessions_of_users AND sessions_of_users <= sessions"),
    ),
    write=ReplaceDays("activity_date"),
)
def report_session_quality(fact_session: DataFrame, *, first_day: date | None = None, as_of: date | None = None) -> DataFrame:
    """One row per day and split value: the sessions that start on the day, with numerator and denominator of each rate.

    Days without sessions are rows with 0 for the total. A session counts in one value of each split, so counts of
    sessions add up; users and medians do not. Durations are whole seconds, so no order of addition matters.
    """
    sessions = fact_session.withColumnRenamed("session_date", "activity_date")
    is_known, is_several = F.col("user_id").isNotNull(), ~F.col("is_single_event")
    counted = (
        m.by_split(sessions)
        .groupBy(*BY)
        .agg(
            F.count("*").alias("sessions"),
            F.count("user_id").alias("sessions_of_users"),
            F.count_distinct("user_id").alias("users_with_sessions"),
            F.sum("duration_seconds").alias("duration_seconds"),
            F.count_if(is_several).alias("sessions_of_several_events"),
            # A session of one event lasts 0 seconds, so the sum over all is that over those of several events, too.
            F.sum("engaged_seconds").alias("engaged_seconds"),
            F.count_if("is_engaged").alias("engaged_sessions"),
            F.count_if("is_single_event").alias("single_event_sessions"),
            F.sum("content_events").alias("content_events"),
            F.sum(F.when(is_known, F.col("content_events"))).alias("content_events_of_users"),
        )
    )
    total = F.lit(v.TOTAL)
    days = every_day(fact_session.sparkSession, first_day, as_of)
    skeleton = days.select("activity_date", total.alias("split"), total.alias("split_value"))
    filled = skeleton.join(counted, [*BY], "full").fillna(0)
    return filled.join(_medians(sessions, is_several), [*BY], "left").select(
        "*",
        F.try_divide("sessions_of_users", "users_with_sessions").alias("sessions_per_user"),
        F.try_divide("duration_seconds", "sessions").alias("mean_session_seconds"),
        F.try_divide("duration_seconds", "sessions_of_several_events").alias("mean_session_seconds_of_several_events"),
        F.try_divide("engaged_seconds", "sessions").alias("mean_engaged_seconds"),
        F.try_divide("engaged_sessions", "sessions").alias("engaged_session_share"),
        F.try_divide("single_event_sessions", "sessions").alias("single_event_share"),
        F.try_divide("content_events", "sessions").alias("content_consumption_rate"),
        F.try_divide("content_events_of_users", "users_with_sessions").alias("content_consumption_per_user"),
    )


def _medians(sessions: DataFrame, is_several: Column) -> DataFrame:
    """The medians of each day and split value, from how many sessions last how long.

    Not together with the distinct users: Spark would keep a map of durations for each user, in twenty times the time.
    """
    lasting = sessions.groupBy("activity_date", *v.SPLITS[1:], "duration_seconds").agg(
        F.count("*").alias("_all"), F.count_if(is_several).alias("_several")
    )
    medians = {"median_session_seconds": "_all", "median_session_seconds_of_several_events": "_several"}
    return (
        m.by_split(lasting)
        .groupBy(*BY)
        .agg(*[F.percentile("duration_seconds", F.lit(0.5), F.col(many)).alias(name) for name, many in medians.items()])
    )
