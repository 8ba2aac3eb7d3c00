"""All metrics of the lake in one place: those over facts, the rates over reports, and what only a report's own rows hold."""

from typing import Literal

from engagement_lib import metrics
from engagement_lib.errors import ConfigError, nearest
from engagement_lib.metrics import Metric, Rate, Stored

_WINDOWS, _QUALITY, _RETENTION = "gold.report_active_windows", "gold.report_session_quality", "gold.report_retention"
_EXPERIMENTS, _FEATURES, _GROWTH = "gold.report_experiment_results", "gold.report_feature_adoption", "gold.report_growth"
_CONTENT, _ATTEMPTS, _CHURN = "gold.report_content_completion", "gold.report_content_funnel", "gold.report_churn_signals"
_TOTAL = "split = 'total'"


def _retained(
    name: str, first: int, last: int, description: str, *, retained: str = "retained_on", eligible: str = "eligible"
) -> Metric:
    # A day is in the brackets and the cohorts of weeks and months, too, and counts once.
    is_it = f"cohort_type = 'day' AND day_n = {first} AND last_day_n = {last} AND {eligible} > 0"
    return Metric(f"retention_{name}", Rate(_RETENTION, retained, eligible, is_it), description, "share of users")


def _retention(name: str, first: int, last: int) -> Metric:
    days, all_of_it = (f"day {first}", "that day is") if first == last else (f"any of the days {first} to {last}", "all are")
    return _retained(name, first, last, f"Users active on {days} after their first active day / users for whom {all_of_it} over.")


def _retention_otherwise(day: int) -> tuple[Metric, Metric]:
    """Retention of a day by the two other readings: on the day or any later one, and by the 24-hour clock."""
    after = _retained(
        f"d{day}_on_or_after",
        day,
        day,
        f"Users active on day {day} after their first active day or on any later one / users for whom day {day} is over.",
        retained="retained_on_or_after",
    )
    clock = _retained(
        f"d{day}_24h",
        day,
        day,
        f"Users active in the hours {24 * day} to {24 * day + 24} after their first active event / users for whom they are over.",
        retained="retained_24h",
        eligible="eligible_24h",
    )
    return after, clock


def _window(column: str, description: str, name: str = "") -> Metric:
    return Metric(name or column, Stored(_WINDOWS, column, _TOTAL), description, "users")


def _grown(kind: str, description: str, better: Literal["up", "down"] = "up", where: str = "true") -> Metric:
    return Metric(f"growth_{kind}", Stored(_GROWTH, kind, where), description, "users", better)


def _signal(name: str, description: str) -> Metric:
    return Metric(f"churn_signal_{name}", Stored(_CHURN, name), description, "yes or no", "down")


#: Quotients of sums, and those that metrics.RATES has already.
RATES = (
    *metrics.RATES,
    Metric(
        "time_per_session",
        Rate(_QUALITY, "duration_seconds", "sessions", _TOTAL),
        "Mean duration of the sessions that start in the period, single-event sessions as 0.",
        "seconds",
    ),
    Metric(
        "time_per_session_of_several_events",
        Rate(_QUALITY, "duration_seconds", "sessions_of_several_events", _TOTAL),
        "Mean duration of the sessions with at least 2 events.",
        "seconds",
    ),
    Metric(
        "engaged_time_per_session",
        Rate(_QUALITY, "engaged_seconds", "sessions", _TOTAL),
        "Mean time of a session of which each gap between two events counts for at most 5 minutes.",
        "seconds",
    ),
    Metric(
        "single_event_share",
        Rate(_QUALITY, "single_event_sessions", "sessions", _TOTAL),
        "Sessions of one event / sessions.",
        "share of sessions",
        "down",
    ),
    Metric(
        "content_consumption_rate",
        Rate(_QUALITY, "content_events", "sessions", _TOTAL),
        "Items started or finished per session.",
        "events per session",
    ),
    *[_retention(f"d{n}", n, n) for n in (1, 7, 30)],
    *[_retention(f"w{n}", 7 * n - 6, 7 * n) for n in (1, 2, 3, 4)],
    *[each for n in (1, 7, 30) for each in _retention_otherwise(n)],
    Metric(
        "engaged_session_share",
        Rate(_QUALITY, "engaged_sessions", "sessions", _TOTAL),
        "Sessions of at least 2 events, or 10 seconds, or with an item started or finished / sessions.",
        "share of sessions",
    ),
    Metric(
        "completion_rate_of_mature",
        Rate(_ATTEMPTS, "completed_of_mature", "mature_attempts", _TOTAL),
        "Attempts finished within 30 days of their start / attempts whose 30 days are over.",
        "share of attempts",
    ),
)
#: Values of a report's rows that cannot be made of other rows.
STORED = (
    _window("weekly_active_users", "Distinct users active in 7 days."),
    _window("monthly_active_users_30d", "Distinct users active in the 30 days that end at the day.", "monthly_active_users"),
    _window("monthly_active_users_28d", "Distinct users active in the 28 days that end at the day: four whole weeks."),
    _window("monthly_active_users_calendar", "Distinct users active from the first of the month to the day."),
    Metric(
        "dau_over_mau",
        Stored(_WINDOWS, "dau_over_mau", _TOTAL),
        "Daily active users of the day / monthly active users; null unless all 30 days are observed.",
        "share of users",
    ),
    *[
        Metric(
            f"users_by_active_days_l{n}",
            Stored("gold.report_stickiness", "users", f"window_days = {n} AND {_TOTAL}"),
            f"Users by the number of days on which they were active, of the {n} that end at the as-of date.",
            "users",
            "",
        )
        for n in (7, 28)
    ],
    Metric(
        "items_completed",
        Stored(_CONTENT, "items_completed"),
        "Distinct pairs of user and finished item in the 30 days that end at the as-of date.",
        "pairs of user and item",
    ),
    Metric(
        "stickiness",
        Stored(_WINDOWS, "stickiness", _TOTAL),
        "Mean daily active users of 30 days / monthly active users; null unless all 30 days are observed.",
        "share of users",
    ),
    Metric(
        "regional_active_users",
        Stored("gold.report_regional_activity", "regional_active_users"),
        "Distinct users active in 30 days with an event from the country or region, by platform.",
        "users",
    ),
    Metric(
        "sessions_per_user",
        Stored(_QUALITY, "sessions_per_user", _TOTAL),
        "Sessions of known users that start on the day / users with such a session.",
        "sessions per user",
    ),
    Metric(
        "content_consumption_per_user",
        Stored(_QUALITY, "content_consumption_per_user", _TOTAL),
        "Items started or finished by known users in sessions that start on the day / users with such a session.",
        "events per user",
    ),
    Metric(
        "median_time_per_session",
        Stored(_QUALITY, "median_session_seconds", _TOTAL),
        "Median duration of the sessions that start on the day, single-event sessions as 0.",
        "seconds",
    ),
    Metric(
        "median_time_per_session_of_several_events",
        Stored(_QUALITY, "median_session_seconds_of_several_events", _TOTAL),
        "Median duration of the sessions with at least 2 events.",
        "seconds",
    ),
    Metric(
        "median_seconds_to_finish",
        Stored(_ATTEMPTS, "median_seconds_to_finish", _TOTAL),
        "Median seconds from the start to the finish of an attempt that was finished within 30 days.",
        "seconds",
        "",
    ),
    Metric(
        "user_segment",
        Stored("gold.report_user_segments", "segment"),
        "Whether a user is highly engaged, casual, at risk or dormant at the as-of date.",
        "segment",
        "",
    ),
    _grown("new", "Users whose first active day lies in the day, week or month."),
    _grown("retained", "Users active in the day, week or month and in the one before."),
    _grown("resurrected", "Users active again after at least one day, week or month without activity."),
    _grown("churned", "Users active in the day, week or month before and not in this one, which is over.", "down", "is_mature"),
    Metric(
        "quick_ratio",
        Stored(_GROWTH, "quick_ratio", "is_mature"),
        "New and resurrected users / churned users of a day, week or month that is over; null where nobody churned.",
        "ratio",
    ),
    Metric(
        "experiment_lift",
        Stored(_EXPERIMENTS, "lift", "is_usable"),
        "Mean of the variant / mean of the control - 1, over users first exposed to either.",
        "relative difference",
    ),
    Metric(
        "feature_adoption_rate",
        Stored(_FEATURES, "feature_adoption_rate"),
        "Distinct eligible users who used the feature / distinct eligible active users, since the launch or in a week.",
        "share of users",
    ),
    Metric(
        "feature_repeat_rate",
        Stored(_FEATURES, "repeat_rate"),
        "Users who used the feature on 2 or more days / users who used it, since the launch or in a week.",
        "share of users",
    ),
    _signal("sessions_fell", "S1: at most half of the sessions of the 28 days before, which were 4 or more."),
    _signal("completion_fell", "S2: the completion rate fell by 30 % of itself or more, with 4 starts in each 28 days."),
    _signal("feature_use_fell", "S3: at most half of the feature uses of the 28 days before, which were 4 or more."),
    Metric(
        "churn_score",
        Stored(_CHURN, "score"),
        "How many of three signals of churn hold for a user; null without 56 days of history.",
        "signals",
        "down",
    ),
    Metric(
        "drop_off",
        Stored("gold.report_drop_off", "drop_off_share", _TOTAL),
        "Share of the sessions with a start and no finish that end at the event, screen or progress mark.",
        "share of sessions",
        "",
    ),
)
ALL = (*metrics.ALL, *RATES, *STORED)


def metric(name: str) -> Metric:
    """The metric of that name. Raises ConfigError with the nearest name where there is none."""
    known = {each.name: each for each in ALL}
    if name not in known:
        raise ConfigError(f"there is no metric {name}; {nearest(name, known)}")
    return known[name]


def metric_view(view: str, source: str) -> str:
    """The statement that creates Spark's metric view of the metrics over facts: ``SELECT platform, measure(events) FROM view
    GROUP BY platform`` gives each its own aggregate, whatever the grouping. ``source``: gold.fact_user_engagement where the
    catalog has it. Rates over reports are not in it, because a view has one source."""
    dimensions = ("activity_date", "platform", "country_code", "user_access_type")
    lines = ["version: 0.1", "source: " + source, "dimensions:"]
    lines += [line for name in dimensions for line in ("  - name: " + name, "    expr: " + name)]
    lines.append("measures:")
    lines += [line for each in metrics.ALL for line in ("  - name: " + each.name, '    expr: "' + each.sql + '"')]
    return "\n".join(["CREATE VIEW " + view + " WITH METRICS LANGUAGE YAML AS $$", *lines, "$$"])
