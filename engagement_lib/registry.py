"""All metrics of the lake in one place: those over facts, the rates over reports, and what only a report's own rows hold."""

import difflib

from engagement_lib import metrics
from engagement_lib.errors import ConfigError
from engagement_lib.metrics import Metric, Rate, Stored

_WINDOWS, _QUALITY, _RETENTION = "gold.report_active_windows", "gold.report_session_quality", "gold.report_retention"
_EXPERIMENTS, _FEATURES, _GROWTH = "gold.report_experiment_results", "gold.report_feature_adoption", "gold.report_growth"
_TOTAL = "split = 'total'"


def _retention(name: str, first: int, last: int) -> Metric:
    days, all_of_it = (f"day {first}", "that day is") if first == last else (f"any of the days {first} to {last}", "all are")
    # A day is in the brackets and the cohorts of weeks and months, too, and counts once.
    is_it = f"cohort_type = 'day' AND day_n = {first} AND last_day_n = {last} AND eligible > 0"
    return Metric(
        f"retention_{name}",
        Rate(_RETENTION, "retained_on", "eligible", is_it),
        f"Users active on {days} after their first active day / users for whom {all_of_it} over.",
        "share of users",
    )


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
)
#: Values of a report's rows that cannot be made of other rows.
STORED = (
    Metric("weekly_active_users", Stored(_WINDOWS, "weekly_active_users", _TOTAL), "Distinct users active in 7 days.", "users"),
    Metric(
        "monthly_active_users",
        Stored(_WINDOWS, "monthly_active_users_30d", _TOTAL),
        "Distinct users active in the 30 days that end at the day; 28 days and the calendar month stand beside it.",
        "users",
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
        "user_segment",
        Stored("gold.report_user_segments", "segment"),
        "Whether a user is highly engaged, casual, at risk or dormant at the as-of date.",
        "segment",
        "",
    ),
    Metric(
        "quick_ratio",
        Stored(_GROWTH, "quick_ratio"),
        "New and resurrected users / churned users of a day, week or month; null where nobody churned.",
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
        "churn_score",
        Stored("gold.report_churn_signals", "score"),
        "How many of three signals of churn hold for a user; null without 56 days of history.",
        "signals",
        "down",
    ),
    Metric(
        "drop_off",
        Stored("gold.report_drop_off", "drop_off_share", _TOTAL),
        "Share of the sessions with a start and no finish that end at the event, screen or progress mark.",
        "share of sessions",
        "down",
    ),
)
ALL = (*metrics.ALL, *RATES, *STORED)


def metric(name: str) -> Metric:
    """The metric of that name. Raises ConfigError with the nearest name where there is none."""
    known = {each.name: each for each in ALL}
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        raise ConfigError(f"there is no metric {name}" + (f"; did you mean {close[0]}?" if close else ""))
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
