"""Rows of the reports behind the pages on segments, funnels and improvements, for the days of the example."""

from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]
_FEATURES = (("Search", 40), ("Highlights", 25))
_SPANS = ((1, 1), (7, 7), (30, 30), (1, 7), (8, 14), (15, 21), (22, 28))
_KINDS = [
    ({"split": split, "split_value": value}, users)
    for split, value, users in (("content_format", "text", 60), ("content_format", "audio", 40), ("item_type", "book", 90))
]


def report_rows(first: date, days: int, values: tuple[tuple[str, str, int], ...]) -> dict[str, list[Row]]:
    """Rows per table. ``values``: (split, value, users) as in the other example rows."""
    dates = [first + timedelta(days=n) for n in range(days)]
    splits = [({"split": split, "split_value": value}, base) for split, value, base in values]
    return {
        "gold.report_session_quality": [_quality(n, day, at, base) for n, day in enumerate(dates) for at, base in splits],
        "gold.report_stickiness": [
            {**at, "window_days": window, "active_days": n, "users": base // n, "is_partial_window": days < window}
            for window in (7, 28)
            for at, base in splits
            for n in range(1, window + 1)
        ],
        "summaries.users_by_segment": [
            {**at, "segment": segment, "users": base // share, "new_users": base // share // 2, "completions": base}
            | {"is_partial_window": False}
            for at, base in splits
            for segment, share in (("casual", 2), ("at_risk", 5), ("dormant", 7), ("highly_engaged", 9))
        ],
        "gold.report_growth": [_growth(day, n, days) for n, day in enumerate(dates[::7])],
        "gold.report_retention": [_cohort(n, day, *span, days) for n, day in enumerate(dates) for span in _SPANS],
        "summaries.retention_by_week": [_week(n, day, *span, days) for n, day in enumerate(dates[::7]) for span in _SPANS],
        "gold.report_content_funnel": [_attempts(at, base) for at, base in [*splits, *_KINDS]],
        "gold.report_onboarding_funnel": [
            {**at, "funnel": funnel, "step": step, "step_name": name, "entered": base * 2, "open": base, "decided": base}
            | {"reached": base // step, "conversion_rate": 1 / step, "step_conversion_rate": None, "median_seconds": 90.0}
            for at, base in splits
            if at["split"] != "user_access_type"
            for funnel in ("onboarding", "first_content")
            for step, name in ((1, "sign-up"), (2, "item-started"), (3, "item-finished"))
        ],
        "gold.report_subscription_funnel": [
            {**at, "trials": 60, "open_trials": 10, "decided_trials": 50, "converted_trials": 20, "refunded_trials": 3}
            | {"trial_to_paid_rate": 0.4}
            for at in (
                {"split": "total", "split_value": "total"},
                {"split": "plan", "split_value": "yearly"},
                {"split": "acquisition_channel", "split_value": "search"},
            )
        ],
        "gold.report_acquisition": [
            _channel(week, channel, users + n)
            for n, week in enumerate([None, *dates[::7]])
            for channel, users in (("total", 90), ("search", 50), ("friend", 40))
        ],
        "gold.report_experiment_results": [
            _result("Longer trial", "b", "trials paid for", 0.08, 0.02),
            _result("Longer trial", "c", "trials paid for", -0.01, 0.03),
            _result("Search first", "b", "completions", 0.05, 0.01, reason="The split is broken."),
        ],
        "gold.report_feature_adoption": [
            _adoption(name, "since_launch", first, users, is_partial=name == "Search") for name, users in _FEATURES
        ]
        + [_adoption(name, "week", day, users + n) for name, users in _FEATURES for n, day in enumerate(dates[::7])],
        "summaries.churn_by_score": [
            {"signals": signals, "users": users, "sessions_fell": users // 2, "completion_fell": 1, "feature_use_fell": 2}
            for signals, users in (("0", 90), ("1", 30), ("2", 12), ("3", 4), ("not yet", 44))
        ],
        "gold.report_drop_off": [
            {**at, "place": place, "place_value": value, "dropped_sessions": base // share, "all_dropped_sessions": base}
            | {"drop_off_share": base // share / base, "is_partial_window": True}
            for at, base in splits
            for place in ("exit_event", "exit_screen", "last_progress")
            for value, share in (("0-24", 2), ("25-49", 3))
        ],
    }


def _quality(n: int, day: date, at: Row, base: int) -> Row:
    counts = {"sessions": base * 2 + n, "engaged_sessions": base + n, "sessions_of_users": base * 2, "users_with_sessions": base}
    counts |= {"engaged_seconds": (base * 2 + n) * 95, "content_events": base * 3}
    return {**at, "activity_date": day.isoformat(), **counts, "median_session_seconds": 61.5 + n}


def _growth(day: date, n: int, days: int) -> Row:
    users = {"new": 30 + n, "retained": 60 + n, "resurrected": 5, "churned": 9 - n % 4}
    is_over = (n + 1) * 7 <= days
    return {
        "period": "week",
        "period_start": day.isoformat(),
        **users,
        "quick_ratio": (35 + n) / (9 - n % 4),
        "is_mature": is_over,
    }


def _cohort(n: int, day: date, after: int, until: int, days: int) -> Row:
    size, is_over = 20 + n % 5, n + until < days
    retained = size // (2 + after // 5) + until - after if is_over else None
    later = retained + 2 if is_over else None
    counts = {"cohort_size": size, "eligible": size if is_over else 0, "retained_on": retained, "retained_on_or_after": later}
    at = {"cohort_type": "day", "cohort_date": day.isoformat(), "day_n": after, "last_day_n": until}
    return {**at, **counts, "is_mature": is_over}


def _week(n: int, day: date, after: int, until: int, days: int) -> Row:
    is_over, is_bracket, back = (n + 1) * 7 + until <= days, until > after, 42 - after + 6 * (until - after)
    counts = {"cohort_size": 140, "eligible": 140 if is_over else 20, "retained_on": back}
    at = {"cohort_week": day.isoformat(), "day_n": after, "last_day_n": until, "is_bracket": is_bracket}
    at |= {"week_n": until // 7 if is_bracket else None}
    return {**at, **counts, "retention_rate": back / 140 if is_over else None, "is_mature": is_over}


def _channel(week: date | None, channel: str, users: int) -> Row:
    counts = {"new_users": users, "first_content_eligible": users, "first_content_users": users // 2, "d7_eligible": users - 1}
    counts |= {"d7_retained": users // 4, "open_trials": 2, "decided_trials": users // 3, "converted_trials": users // 6}
    rates = {"first_content_rate": users // 2 / users, "d7_rate": users // 4 / (users - 1), "trial_to_paid_rate": 0.5}
    at = {"cohort_week": week.isoformat() if week else None, "acquisition_channel": channel}
    return {**at, **counts, **rates, "is_mature": False}


def _result(name: str, variant: str, metric: str, lift: float, spread: float, reason: str | None = None) -> Row:
    at = {"experiment_id": name, "experiment_name": name, "variant": variant, "metric": metric, "is_primary": True}
    found = {"lift": lift, "lift_lower": lift - spread, "lift_upper": lift + spread, "p_value": 0.04, "users_control": 500}
    at |= {"minimum_detectable_effect": 0.05, "test": "Welch", "is_usable": reason is None, "reason": reason}
    return {**at, **found, "users_treatment": 480}


def _adoption(name: str, period: str, day: date, users: int, *, is_partial: bool = False) -> Row:
    counts = {"eligible_users": 100, "adopting_users": users, "repeat_users": users // 2}
    at = {"feature_id": name, "feature_name": name, "period": period, "period_start": day.isoformat()}
    return {**at, **counts, "feature_adoption_rate": users / 100, "repeat_rate": 0.5, "is_partial_window": is_partial}


def _attempts(at: Row, base: int) -> Row:
    counts = {"mature_attempts": base * 4, "completed_of_mature": base * 3, "open_attempts": base, "orphan_finishes": 7}
    return {**at, **counts, "completion_rate_of_mature": 0.75, "median_seconds_to_finish": 4000.0 + base}
