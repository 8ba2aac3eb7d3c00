"""What the generator of the sample counted while it wrote the files (sample_data/truth.json), and where the lake says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.trust.answer import Answer, Truth

ENTITIES = ("users", "subscriptions", "payments", "experiments", "variants", "assignments", "features", "content_items")


def _daily(metric: str, column: str, key: str, split: str = "total", value: str = "total") -> Answer:
    query = "select activity_date::varchar, {c} from gold.report_daily_engagement where split = '{s}' and split_value = '{v}'"
    return Answer(
        metric,
        "gold.report_daily_engagement." + column,
        query.format(c=column, s=split, v=value),
        lambda t: t[key] if split == "total" else t[key][value],
    )


def _window(column: str, truth: Truth) -> Answer:
    query = "select {c} from gold.report_active_windows where split = 'total' order by activity_date desc limit 1"
    return Answer(column, "gold.report_active_windows." + column, query.format(c=column), truth)


def _retention(n: int, cohort_type: str = "day") -> Answer:
    query = (
        "select strftime(date_trunc('week', cohort_date), '%Y-%m-%d') || unnest([' eligible', ' retained']),"
        " unnest([sum(eligible), coalesce(sum(retained_on), 0)]) from gold.report_retention"
        " where cohort_type = '{cohort_type}' and day_n = {n} and last_day_n = {n} group by date_trunc('week', cohort_date)"
    )
    return Answer(
        f"retention D{n}: eligible and retained by week, cohorts of a {cohort_type}",
        "gold.report_retention.retained_on",
        query.format(n=n, cohort_type=cohort_type),
        # Without a user for whom the day has come a week has no rows.
        lambda t: {
            f"{week} {part}": number
            for week, days in t["retention_by_week"].items()
            if days[f"day_{n}"]["eligible"] > 0
            for part, number in days[f"day_{n}"].items()
        },
    )


def _stickiness(truth: Mapping[str, Any]) -> float:
    return sum(truth["dau"][day] for day in sorted(truth["dau"])[-30:]) / 30 / truth["mau30"]


def _mean(sums: Mapping[str, int]) -> float:
    return sums["completions"] / sums["users"]


def _files(column: str) -> str:
    return f"select sum({column}) from ops.files where source like '%events'"


def _of(key: str) -> Truth:
    return lambda truth: truth[key]


#: Each metric of which truth.json knows the number.
PLANTED = (
    Answer("records of events", "ops.files.records", _files("records"), lambda t: t["total"]["records"]),
    Answer("unique events", "ops.files.events", _files("events"), lambda t: t["total"]["events"]),
    Answer("duplicates", "ops.files.duplicates", _files("duplicates"), lambda t: t["total"]["duplicates"]),
    Answer("quarantined records", "ops.files.quarantined", _files("quarantined"), lambda t: t["total"]["quarantined"]),
    Answer(
        "quarantined for a bad time",
        "silver.quarantine.rule",
        "select rule, count(*) from silver.quarantine where rule like '%timestamp_invalid' group by 1",
        lambda t: {rule: n for rule, n in t["total"]["quarantine_reasons"].items() if rule.endswith("timestamp_invalid")},
    ),
    Answer(
        "events by name",
        "silver.events.event_name",
        "select event_name, count(*) from silver.events group by 1",
        lambda t: t["events_by_name"],
    ),
    Answer(
        "starts and finishes by format",
        "silver.events.content_format",
        "select coalesce(content_format, '') || ' ' || event_name, count(*) from silver.events"
        " where event_name in ('item-started', 'item-finished') group by 1",
        lambda t: {f"{form} {name}": n for form, names in t["formats"].items() for name, n in names.items()},
    ),
    Answer(
        "late events",
        "silver.events.lateness_seconds",
        "unpivot (select count(*) filter (lateness_seconds > 3600) as over_1_hour,"
        " count(*) filter (lateness_seconds > 24 * 3600) as over_1_day,"
        " count(*) filter (lateness_seconds > 7 * 24 * 3600) as over_7_days,"
        " count(*) filter (lateness_seconds > 60 * 24 * 3600) as over_60_days,"
        " count(*) filter (lateness_seconds < 0) as arrived_before_the_event,"
        " count(*) filter (arrival_timestamp::date > event_date) as arrived_on_a_later_date from silver.events) on columns(*)",
        _of("late_events"),
    ),
    Answer(
        "late events, by day and platform",
        "ops.late_events",
        "unpivot (select sum(over_1_hour) as over_1_hour, sum(over_1_day) as over_1_day, sum(over_7_days) as over_7_days,"
        " sum(over_60_days) as over_60_days, sum(arrived_before_the_event) as arrived_before_the_event,"
        " sum(arrived_on_a_later_date) as arrived_on_a_later_date from ops.late_events) on columns(*)",
        _of("late_events"),
    ),
    Answer(
        "anonymous events and ids whose user came later",
        "silver.identity_map",
        "select unnest(['anonymous_events', 'anonymous_ids']), unnest([sum(events), count(distinct anonymous_id)])"
        " from silver.identity_map",
        lambda t: t["identities"],
    ),
    *(
        Answer(
            f"{source} known now",
            f"silver.{source}.is_current",
            f"select count(*) from silver.{source} where is_current",
            lambda t, source=source: t["entities"][source]["things"],
        )
        for source in ENTITIES
    ),
    Answer(
        "users by channel",
        "gold.dim_user.acquisition_channel",
        "select acquisition_channel, count(*) from gold.dim_user group by 1",
        lambda t: t["accounts"]["by_channel"],
    ),
    _daily("daily_active_users", "daily_active_users", "dau"),
    _daily("daily_active_users on mobile", "daily_active_users", "dau_by_platform", "platform", "mobile"),
    _daily("daily_active_users on web", "daily_active_users", "dau_by_platform", "platform", "web"),
    _daily("daily_active_learners", "daily_active_learners", "dal_of_resolved_users"),
    Answer(
        "content_completions by platform",
        "gold.report_daily_engagement.content_completions",
        "select split_value, sum(content_completions) from gold.report_daily_engagement where split = 'platform' group by 1",
        lambda t: t["completions"],
    ),
    Answer(
        "items_completed since the first day",
        "gold.fact_content_consumption.finished_at",
        "select count(distinct (user_id, item_id)) from gold.fact_content_consumption where finished_at is not null",
        lambda t: t["completed_user_items"]["all"],
    ),
    Answer(
        "regional_active_users on mobile in DACH",
        "gold.report_regional_activity.regional_active_users",
        "select case area when 'DACH' then 'all' else area end, regional_active_users from gold.report_regional_activity"
        " where platform = 'mobile' and area in ('DE', 'AT', 'CH', 'DACH')",
        lambda t: t["dach_mobile_active_users_30_days"],
    ),
    _window("weekly_active_users", lambda t: t["wau7"]),
    _window("monthly_active_users_28d", lambda t: t["mau28"]),
    _window("monthly_active_users_30d", lambda t: t["mau30"]),
    Answer(
        "monthly_active_users by calendar month",
        "gold.report_active_windows.monthly_active_users_calendar",
        "select strftime(activity_date, '%Y-%m'), max_by(monthly_active_users_calendar, activity_date)"
        " from gold.report_active_windows where split = 'total' group by 1",
        lambda t: t["mau_calendar"],
    ),
    _window("stickiness", _stickiness),
    Answer(
        "sessions, identities resolved",
        "gold.fact_session",
        "select count(*) from gold.fact_session",
        _of("sessions_of_resolved_users"),
    ),
    Answer(
        "user segments",
        "gold.report_user_segments",
        "select segment, count(*) from gold.report_user_segments group by 1",
        _of("segments"),
    ),
    Answer(
        "growth: new users",
        "gold.report_growth.new",
        "select sum(new) from gold.report_growth where period = 'day'",
        _of("users"),
    ),
    *(_retention(n, cohort_type) for cohort_type in ("day", "week") for n in (1, 7, 30)),
    Answer(
        "trial_to_paid: trials by what became of them",
        "gold.report_subscription_funnel",
        "unpivot (select trials as started, open_trials as open, decided_trials as decided, converted_trials as converted,"
        " refunded_trials as refunded_within_14_days, converted_trials + refunded_trials as paid_in_time"
        " from gold.report_subscription_funnel where split = 'total') on columns(*)",
        _of("trials"),
    ),
    Answer(
        "onboarding: users who entered, decided, stepped, completed",
        "gold.report_onboarding_funnel",
        "select case step_name when 'onboarding-step' then 'took_a_step' else 'completed' end, reached from"
        " gold.report_onboarding_funnel where funnel = 'onboarding' and split = 'total' and step > 1 union all"
        " select unnest(['new_users', 'users_whose_7_days_are_over']), unnest([entered, decided])"
        " from gold.report_onboarding_funnel where funnel = 'onboarding' and split = 'total' and step = 1",
        # The funnels of content begin with people without an account, too.
        lambda t: {name: n for name, n in t["onboarding"].items() if not name.endswith("_item")},
    ),
    Answer(
        "first_content_engagement: users with an account who started, finished an item",
        "gold.fact_funnel.is_converted",
        "select case funnel when 'first_content_start' then 'started_an_item' else 'finished_an_item' end, count(*)"
        " from gold.fact_funnel where funnel in ('first_content_start', 'first_content_engagement') and is_converted"
        " and entry_event = 'sign-up' and not is_test and not window_open group by 1",
        lambda t: {name: n for name, n in t["onboarding"].items() if name.endswith("_item")},
    ),
    Answer(
        "experiments: users and completions by variant",
        "gold.fact_experiment_exposure",
        "select experiment_id || ' ' || variant || unnest([' users', ' completions']),"
        " unnest([count(*), sum(content_completions)]) from gold.fact_experiment_exposure"
        " where not is_crossover and not is_test group by experiment_id, variant",
        lambda t: {
            f"{name} {variant} {part}": sums[part]
            for name, found in t["experiments"].items()
            for variant, sums in found["variants"].items()
            for part in ("users", "completions")
        },
    ),
    Answer(
        "experiments: lift of completions",
        "gold.report_experiment_results",
        "select experiment_id, round(treatment_mean / control_mean - 1, 9) from gold.report_experiment_results"
        " where metric = 'content_completions'",
        lambda t: {
            name: round(_mean(found["variants"]["treatment"]) / _mean(found["variants"]["control"]) - 1, 9)
            for name, found in t["experiments"].items()
        },
    ),
    Answer(
        "experiments: broken split",
        "gold.report_experiment_results.is_sample_ratio_mismatch",
        "select experiment_id, max(is_sample_ratio_mismatch::int) from gold.report_experiment_results group by 1",
        lambda t: {name: int(name == "exp-2025-tour") for name in t["experiments"]},
    ),
    *(
        Answer(
            f"feature_adoption: {column}",
            "gold.report_feature_adoption." + column,
            f"select feature_id, {column} from gold.report_feature_adoption where period = 'since_launch'",
            lambda t, key=key: {feature: found[key] for feature, found in t["features"].items()},
        )
        for column, key in (
            ("eligible_users", "eligible_active_users"),
            ("adopting_users", "users"),
            ("repeat_users", "users_on_2_or_more_days"),
        )
    ),
    Answer(
        "churn signal S1: users judged, with half of the sessions",
        "gold.report_churn_signals.sessions_fell",
        "select unnest(['judged', 'at_most_half']), unnest([count(*) filter (where sessions_before >= 4),"
        " count(*) filter (where sessions_fell)]) from gold.report_churn_signals where has_history",
        _of("fewer_sessions"),
    ),
    Answer(
        "churn signal S3: users judged, with half of the feature uses",
        "gold.report_churn_signals.feature_use_fell",
        "select unnest(['judged', 'at_most_half']), unnest([count(*) filter (where feature_uses_before >= 4),"
        " count(*) filter (where feature_use_fell)]) from gold.report_churn_signals where has_history",
        _of("fewer_feature_uses"),
    ),
)
