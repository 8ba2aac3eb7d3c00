"""Users, trials, features and experiments: the lake's numbers beside those that the recount finds in silver."""

from __future__ import annotations

from tests.trust.answer import Answer
from tests.trust.side_by_side import both, columns, same

SPLIT = ("split", "split_value")
COHORT = ("cohort_type", "cohort_date", "day_n", "last_day_n")
ENTRY = "concat_ws(' ', cohort_type, day_n, last_day_n, country_code, user_access_type, acquisition_channel)"
PERIOD = ("period", "period_start")
FEATURE = ("feature_id", *PERIOD)

USERS = (
    *(
        both(
            f"retention D1, D7, D30, W1 to W4: {column}",
            f"report_retention.{column}",
            f"select case when day_n = last_day_n then 'D' || day_n else 'W' || last_day_n // 7 end, sum({column}) from {{}}"
            " where cohort_type = 'day' group by 1",
            "report_retention",
            "retention",
        )
        for column in ("eligible", "retained_on", "retained_on_or_after", "eligible_24h", "retained_24h")
    ),
    *columns(
        "retention by cohort of a day, week or month",
        "report_retention",
        "cohort_size eligible retained_on retained_on_or_after eligible_24h retained_24h is_mature",
        COHORT,
        "retention",
    ),
    Answer(
        "retention by country, access type and channel at the entry",
        "gold.fact_user_retention_cohorts.retained_on",
        f"select {ENTRY}, sum(retained_on) from gold.fact_user_retention_cohorts where eligible > 0 group by 1",
        f"select {ENTRY}, count(*) filter (came_on) from recount.retention_of_users"
        " cross join (select unnest(['day', 'week', 'month']) as cohort_type) where is_eligible group by 1",
    ),
    *columns(
        "growth by month",
        "report_growth",
        "new retained resurrected churned active quick_ratio",
        ("period_start",),
        "growth",
        "period = 'month'",
    ),
    *columns(
        "growth by day, week and month",
        "report_growth",
        "new retained resurrected churned active active_before quick_ratio",
        PERIOD,
        "growth",
    ),
    Answer(
        "growth: users by period and state",
        "gold.fact_user_lifecycle.state",
        "select period || ' ' || state, count(*) from gold.fact_user_lifecycle group by 1",
        "select period || ' ' || unnest(['new', 'retained', 'resurrected', 'dormant']),"
        " unnest([sum(new), sum(retained), sum(resurrected), sum(churned)])::bigint from recount.growth group by period",
    ),
    both(
        "user segments by whether the user is new",
        "report_user_segments.is_new",
        "select segment || case when is_new then ' new' else ' old' end, count(*) from {} group by 1",
        "report_user_segments",
        "segments",
    ),
    both(
        "user segments by platform",
        "report_user_segments.platform",
        "select segment || ' ' || platform, count(*) from {} group by 1",
        "report_user_segments",
        "segments",
    ),
    Answer(
        "user segments: numbers in the reasons",
        "gold.report_user_segments.reason",
        r"select user_id, list_sum(regexp_extract_all(reason, '\d+')::integer[]) from gold.report_user_segments",
        "select user_id, case when segment in ('casual', 'highly_engaged') then active_days + completions else"
        " case when segment = 'at_risk' and active_days_before >= 4 and active_days * 2 <= active_days_before"
        " then active_days_before + active_days else 0 end"
        " + case when days_since_last >= 14 then days_since_last else 0 end end from recount.segments",
    ),
    both(
        "churn signals: users with S1, S2, S3",
        "report_churn_signals",
        "unpivot (select count(*) filter (sessions_fell) as S1, count(*) filter (completion_fell) as S2,"
        " count(*) filter (feature_use_fell) as S3 from {}) on columns(*)",
        "report_churn_signals",
        "churn_signals",
    ),
    both(
        "churn signals: users by score",
        "report_churn_signals.score",
        "select coalesce(score::varchar, 'without history'), count(*) from {} group by 1",
        "report_churn_signals",
        "churn_signals",
    ),
    *columns(
        "churn signals by user",
        "report_churn_signals",
        "score sessions_now sessions_before starts_now starts_before completion_rate_now completion_rate_before",
        ("user_id",),
        "churn_signals",
    ),
)

BUSINESS = (
    *columns(
        "funnels of new users, by step",
        "report_onboarding_funnel",
        "entered decided reached conversion_rate median_seconds",
        ("funnel", "step"),
        "onboarding_funnel",
        "split = 'total' and step > 1",
    ),
    same(
        "funnels of new users, by step and split",
        "report_onboarding_funnel.reached",
        ("funnel", "step", *SPLIT),
        "onboarding_funnel",
        "step > 1",
    ),
    same(
        "trial_to_paid_rate",
        "report_subscription_funnel.trial_to_paid_rate",
        ("split",),
        "subscription_funnel",
        "split = 'total'",
    ),
    same(
        "trial_to_paid_rate by plan",
        "report_subscription_funnel.trial_to_paid_rate",
        ("split_value",),
        "subscription_funnel",
        "split = 'plan'",
    ),
    *columns(
        "trials by split",
        "report_subscription_funnel",
        "trials open_trials open_trials_paid decided_trials converted_trials refunded_trials unpaid_trials refundable_trials"
        " median_seconds_to_pay is_mature",
        SPLIT,
        "subscription_funnel",
    ),
    *columns(
        "acquisition by channel",
        "report_acquisition",
        "new_users first_content_rate d7_rate trial_to_paid_rate",
        ("acquisition_channel",),
        "acquisition",
        "cohort_week is null",
    ),
    *columns(
        "acquisition by week and channel",
        "report_acquisition",
        "new_users first_content_users d7_retained converted_trials is_mature",
        ("cohort_week", "acquisition_channel"),
        "acquisition",
    ),
    *columns(
        "feature_adoption since launch",
        "report_feature_adoption",
        "feature_adoption_rate repeat_rate uses",
        ("feature_id",),
        "feature_adoption",
        "period = 'since_launch'",
    ),
    *columns(
        "feature_adoption by week",
        "report_feature_adoption",
        "eligible_users adopting_users repeat_users",
        FEATURE,
        "feature_adoption",
        "period = 'week'",
    ),
)

EXPERIMENTS = (
    both(
        "experiments: crossovers",
        "fact_experiment_exposure.is_crossover",
        "select experiment_id, count(*) filter (is_crossover) from {} group by 1",
        "fact_experiment_exposure",
        "experiment_users",
    ),
    *(
        both(
            f"experiments: {column} by variant",
            f"fact_experiment_exposure.{column}",
            f"select experiment_id || ' ' || variant, sum({column}) from {{}} where not is_crossover and not is_test group by 1",
            "fact_experiment_exposure",
            "experiment_users",
        )
        for column in (
            "content_completions_before",
            "attempts_started",
            "attempts_started_before",
            "sessions",
            "sessions_before",
        )
    ),
    *columns(
        "experiments by user",
        "fact_experiment_exposure",
        "content_completions content_completions_before attempts_started_before sessions_before",
        ("experiment_id", "user_id"),
        "experiment_users",
    ),
    *columns(
        "experiments, content_completions",
        "report_experiment_results",
        "lift lift_lower lift_upper p_value minimum_detectable_effect sample_ratio_p_value",
        ("experiment_id",),
        "experiment_results",
        "metric = 'content_completions'",
    ),
    *columns(
        "experiments, each metric",
        "report_experiment_results",
        "lift lift_lower lift_upper p_value minimum_detectable_effect",
        ("experiment_id", "metric"),
        "experiment_results",
    ),
)

_NAMED = "select from_table || ' ' || columns, {column} from {schema}.unknown_references where from_table <> 'gold.fact_experiment_exposure'"
REFERENCES = tuple(
    Answer(
        f"references between tables: {column}",
        f"ops.unknown_references.{column}",
        _NAMED.format(column=f'"{column}"', schema="ops"),
        _NAMED.format(column=f'"{column}"', schema="recount"),
    )
    for column in ("values", "unknown_values")
)
