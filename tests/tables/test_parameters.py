"""Every parameter of every table: another value changes the rows, so that none is lost on the way to what it is for."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from engagement_lib.pipeline import all_tables
from tests.support import filled, nothing

TABLES = {each.name: each for each in all_tables().values() if each.layer != "bronze"}
ZONE, BERLIN = "report_time_zone", "Europe/Berlin"
AS_OF = date(2025, 2, 28)


@dataclass(frozen=True)
class Case:
    """The values of a column, sorted: with the default of the parameter, and with the other value."""

    table: str
    parameter: str
    other: Any
    drawn: Mapping[str, str]
    column: str
    by_default: list
    with_other: list
    where: str = "true"


def _rows(header: str, *lines: str) -> str:
    return "\n".join([header, *lines])


def _active(user: str, first: str, days: int, finished: int = 0) -> list[str]:
    at = date.fromisoformat(first)
    return [f"{at + timedelta(days=n)} | {user} | web | true | true | {finished}" for n in range(days)]


OPENED = {
    "events": """
        event_id | platform | resolved_user_id | event_name | event_date | event_timestamp
        e1       | web      | u1               | app-open   | 2025-02-03 | 2025-02-03 10:00
        e2       | web      | u1               | app-open   | 2025-02-03 | 2025-02-03 10:10
        e3       | web      | u1               | app-open   | 2025-02-03 | 2025-02-03 10:35
        e4       | web      | u1               | app-open   | 2025-02-03 | 2025-02-03 11:04
    """
}
READ = {
    "events": """
        event_id | platform | resolved_user_id | item_id | event_name    | event_timestamp
        e1       | web      | u1               | 1       | item-started  | 2025-02-01 10:00
        e2       | web      | u1               | 1       | item-finished | 2025-02-03 10:00
        e3       | web      | u2               | 1       | item-started  | 2025-02-27 10:00
        e4       | web      | u2               | 1       | item-started  | 2025-02-28 23:30
    """
}
EXPOSED = {
    "events": """
        event_name         | event_timestamp  | resolved_user_id | anonymous_id | properties
        experiment-exposed | 2025-02-28 10:00 | u1               | c1           | {experiment_id: tour, variant: a}
        experiment-exposed | 2025-02-28 23:30 | u2               | c2           | {experiment_id: tour, variant: b}
    """,
    "fact_session": """
        user_id | started_at       | ended_at
        u1      | 2025-02-26 10:00 | 2025-02-26 10:10
        u1      | 2025-02-28 23:30 | 2025-02-28 23:30
    """,
}
#: One is paid for five days after its end, of one the payment is refunded after ten days, one is decided within the last hour.
TRIALS = {
    "fact_funnel": """
        funnel                   | user_id | entry | entry_date | acquisition_channel
        first_content_engagement | u1      | 1     | 2025-02-03 | ads
    """,
    "subscriptions": """
        subscription_id | user_id | trial_start_at   | trial_end_at     | is_current
        paid_late       | u1      | 2025-02-03 10:00 | 2025-02-04 10:00 | true
        refunded        | u1      | 2025-02-09 23:30 | 2025-02-10 10:00 | true
        ends_late       | u1      | 2025-02-04 10:00 | 2025-02-21 23:30 | true
    """,
    "payments": """
        payment_id | subscription_id | paid_at          | amount | status    | refunded_at      | is_current
        p1         | paid_late       | 2025-02-09 10:00 | 9.99   | succeeded |                  | true
        p2         | refunded        | 2025-02-10 10:00 | 9.99   | refunded  | 2025-02-20 10:00 | true
    """,
}
ENGAGED = {
    "fact_user_engagement": _rows(
        "activity_date | user_id | platform | is_active | is_last_of_day | items_finished",
        *_active("stays", "2025-01-10", 4),
        *_active("stays", "2025-02-26", 3, finished=2),
        *_active("falls", "2025-01-10", 4),
        *_active("falls", "2025-02-28", 1),
        *_active("once", "2025-02-20", 1),
        *_active("daily", "2025-02-16", 12),
        *_active("daily", "2025-02-28", 1, finished=3),
    )
}
#: From Sunday to Monday.
WEEKEND = {"fact_user_engagement": "activity_date | user_id | is_active\n2025-02-02 | u1 | true\n2025-02-03 | u1 | true"}
WEEK = {"fact_user_lifecycle": "user_id | period | period_start | state\nu1 | week | 2025-02-24 | new"}
FELL_SILENT = {
    "fact_user_engagement": "activity_date | user_id | is_active\n2025-02-01 | u1 | true\n2025-02-01 | u2 | true",
    "fact_content_consumption": """
        user_id | started_at       | finished_at
        u1      | 2025-01-31 23:30 |
        u2      | 2025-01-20 10:00 | 2025-01-31 23:30
    """,
}
SIGNED_UP = {"users": "user_id | signup_at | is_current\nu1 | 2025-02-21 23:30 | true"}
LAUNCHED = {"dim_feature": "feature_id | launched_at\nnotes | 2025-02-03 23:30"}
#: Thirty days from a Monday on; web is the same each day, mobile varies and comes with twice as many events on the last one.
_MOBILE = [*(80, 100, 120) * 9, 80, 100, 180]
DAYS = {
    "report_daily_engagement": _rows(
        "activity_date | split | split_value | events | daily_active_users",
        *[f"{date(2025, 1, 6) + timedelta(days=n)} | platform | web | 10000 | 20" for n in range(30)],
        *[f"{date(2025, 1, 6) + timedelta(days=n)} | platform | mobile | {events} | 20" for n, events in enumerate(_MOBILE)],
    )
}
EVENTS, USERS, SHARE = [
    f"platform = 'web' and activity_date = '2025-02-04' and measure = '{measure}'"
    for measure in ("events", "active_users", "anonymous_share")
]
THURSDAY, SATURDAY = [EVENTS.replace("2025-02-04", day) for day in ("2025-01-16", "2025-01-25")]
MOBILE_EVENTS, MOBILE_SHARE = [where.replace("web", "mobile") for where in (EVENTS, SHARE)]
IN_FUNNEL, IN_WEEKS, SINCE_LAUNCH = "funnel = 'onboarding'", "period = 'week'", "period = 'since_launch'"
LITTLE, EXPECTED = ["too little history"], ["as expected"]

CASES = [
    Case("fact_session", "session_gap_minutes", 28, OPENED, "events", [4], [1, 3]),
    Case("fact_session", "session_max_hours", 1, OPENED, "events", [4], [1, 3]),
    Case("fact_session", "engaged_gap_seconds", 60, OPENED, "engaged_seconds", [900], [180]),
    Case("fact_session", "content_events", ("app-open",), OPENED, "content_events", [0], [4]),
    Case("fact_user_engagement", "content_events", ("app-open",), OPENED, "content_events", [0], [4]),
    Case("fact_user_engagement", "content_events", ("app-open",), OPENED, "is_learner", [False], [True]),
    Case("fact_content_consumption", "completion_window_days", 1, READ, "is_completed", [True], [False], "user_id = 'u1'"),
    Case("fact_content_consumption", ZONE, BERLIN, READ, "starts", [2], [1], "user_id = 'u2'"),
    Case("fact_experiment_exposure", "experiment_pre_days", 1, EXPOSED, "sessions_before", [1], [0], "user_id = 'u1'"),
    Case("fact_experiment_exposure", ZONE, BERLIN, EXPOSED, "variant", ["a", "b"], ["a"]),
    Case("fact_experiment_exposure", ZONE, BERLIN, EXPOSED, "sessions", [1], [0], "user_id = 'u1'"),
    *[
        Case(report, parameter, other, TRIALS, column, by_default, with_other, where)
        for report, where in (
            ("report_acquisition", "cohort_week IS NULL AND acquisition_channel = 'total'"),
            ("report_subscription_funnel", "split = 'total'"),
        )
        for parameter, other, column, by_default, with_other in (
            ("trial_grace_days", 4, "converted_trials", [1], [0]),
            ("refund_days", 9, "converted_trials", [1], [2]),
            (ZONE, BERLIN, "open_trials", [0], [1]),
        )
    ],
    Case(
        "report_subscription_funnel",
        ZONE,
        BERLIN,
        TRIALS,
        "split_value",
        ["2025-02-03"],
        ["2025-02-03", "2025-02-10"],
        "split = 'trial_week'",
    ),
    *[
        Case("report_user_segments", parameter, other, ENGAGED, "segment", [by_default], [with_other], f"user_id = '{user}'")
        for parameter, other, user, by_default, with_other in (
            ("segment_window_days", 7, "once", "casual", "dormant"),
            ("at_risk_days_before", 5, "falls", "at_risk", "casual"),
            ("at_risk_share", 0.8, "stays", "casual", "at_risk"),
            ("at_risk_after_days", 8, "once", "casual", "at_risk"),
            ("engaged_days", 3, "stays", "casual", "highly_engaged"),
            ("engaged_completions", 3, "daily", "casual", "highly_engaged"),
        )
    ],
    Case("report_user_segments", "new_for_days", 8, ENGAGED, "is_new", [True], [False], "user_id = 'once'"),
    Case(
        "fact_user_lifecycle",
        "week_start",
        "sunday",
        WEEKEND,
        "state",
        ["dormant", "new", "retained"],
        ["dormant", "new"],
        IN_WEEKS,
    ),
    Case("report_growth", "week_start", "sunday", WEEK, "period_start", ["2025-02-24"], ["2025-02-23"], IN_WEEKS),
    Case("report_churn_signals", ZONE, BERLIN, FELL_SILENT, "starts_now", [0], [1], "user_id = 'u1'"),
    Case("report_churn_signals", ZONE, BERLIN, FELL_SILENT, "completion_rate_before", [1], [0], "user_id = 'u2'"),
    Case("fact_funnel", ZONE, BERLIN, SIGNED_UP, "entry_date", ["2025-02-21"], ["2025-02-22"], IN_FUNNEL),
    Case("fact_funnel", ZONE, BERLIN, SIGNED_UP, "window_open", [False], [True], IN_FUNNEL),
    Case("report_feature_adoption", ZONE, BERLIN, LAUNCHED, "period_start", ["2025-02-03"], ["2025-02-04"], SINCE_LAUNCH),
    Case("drift", "drift_threshold", 2.0, DAYS, "is_alarm", [False], [True], MOBILE_EVENTS),
    Case("drift", "drift_threshold", 2.0, DAYS, "highest_expected", [3.5 / 2 / 180**0.5], [2 / 2 / 180**0.5], MOBILE_SHARE),
    Case("drift", "drift_least_history", 10, DAYS, "reason", LITTLE, EXPECTED, THURSDAY),
    Case("drift", "drift_least_alike", 4, DAYS, "reason", LITTLE, EXPECTED, SATURDAY),
    Case("drift", "drift_least_count_change", 1.0, DAYS, "highest_expected", [30], [28], USERS),
    Case("drift", "drift_least_relative_change", 0.1, DAYS, "highest_expected", [14_000], [11_000], EVENTS),
    Case("drift", "drift_least_share_change", 0.1, DAYS, "highest_expected", [0.05], [0.1], SHARE),
    Case("drift", "drift_weekend", (7,), DAYS, "compared_days", [4], [17], SATURDAY),
]

#: Parameters that a test of the table gives another value.
ELSEWHERE = {
    ("dim_country", "regions"): "test_countries_are_in_the_region_that_the_configuration_gives",
    ("dim_date", "calendar_first_date"): "test_a_day_knows_its_week_and_month_across_the_turn_of_the_year",
    ("dim_date", "calendar_last_date"): "test_a_day_knows_its_week_and_month_across_the_turn_of_the_year",
    ("dim_user", "report_time_zone"): "test_a_user_is_the_current_version_with_the_local_day_of_the_sign_up",
    ("events", "event_name_aliases"): "test_an_alias_of_an_event_name_is_that_event",
    ("events", "max_clock_ahead_hours"): "test_an_event_that_a_clock_far_ahead_dates_is_quarantined",
    ("events", "max_clock_behind_days"): "test_an_event_that_a_clock_far_behind_dates_is_quarantined",
    ("events", "report_time_zone"): "test_the_day_is_the_local_day_of_the_report_time_zone",
    ("fact_funnel", "funnels"): "test_a_configured_funnel_may_be_entered_every_time_and_has_its_own_window",
    ("fact_session", "report_time_zone"): "test_a_session_across_midnight_belongs_to_the_day_it_starts_on",
    ("fact_session", "use_tracker_session_id"): "test_the_trackers_session_can_be_taken_instead",
    ("fact_user_engagement", "passive_events"): "test_passive_events_do_not_make_a_user_active",
    ("fact_user_retention_cohorts", "report_time_zone"): "test_a_day_can_be_over_by_the_calendar_and_not_by_the_clock",
    ("identity_map", "shared_device"): "test_a_shared_device_can_stand_for_nobody",
    ("late_events", "report_time_zone"): "test_the_day_after_is_that_of_the_report_time_zone",
    ("report_experiment_results", "sample_ratio_alpha"): "test_crossovers_and_test_users_are_left_out_and_a_broken_split_is_said",
    ("report_onboarding_funnel", "funnels"): "test_declared_funnels_have_their_steps_beside_configured_ones",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.table}-{case.parameter}-{case.column}")
def test_another_value_of_a_parameter_changes_the_rows(spark: SparkSession, case: Case) -> None:
    table = TABLES[case.table]
    inputs = [
        filled(spark, each, case.drawn[each.name]) if each.name in case.drawn else nothing(spark, each) for each in table.inputs
    ]
    days = {"as_of": AS_OF} if "as_of" in table.run_values else {}
    for given, expected in (({}, case.by_default), ({case.parameter: case.other}, case.with_other)):
        rows = table(*inputs, **days, **given).where(case.where).select(case.column).collect()
        found = [str(value) if isinstance(value, date) else value for (value,) in rows]
        assert sorted(found, key=str) == pytest.approx(expected), given
    assert case.by_default != case.with_other


def test_each_parameter_of_each_table_is_given_another_value_by_a_test() -> None:
    here = {(case.table, case.parameter) for case in CASES}
    assert not here & set(ELSEWHERE)
    assert here | set(ELSEWHERE) == {(each.name, parameter) for each in all_tables().values() for parameter in each.parameters}


@pytest.mark.parametrize(("table", "parameter"), ELSEWHERE)
def test_the_test_of_the_table_gives_the_parameter(table: str, parameter: str) -> None:
    file: Path = Path(__file__).parent / TABLES[table].layer / f"test_{table}.py"
    functions = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    (test,) = [each for each in functions if each.name == ELSEWHERE[table, parameter]]
    given = {keyword.arg for call in ast.walk(test) if isinstance(call, ast.Call) for keyword in call.keywords}
    assert parameter in given
