"""The tables of a lake that was just built from the sample, against what its generator knows: sample_data/truth.json.

``python -m tests.trust.compare_truth`` builds a lake of its own; ``--lake lake`` takes one that ``make run`` has just made.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.delta_files import live_files

ROOT = Path(__file__).resolve().parents[2]

# By answer of truth.json: the same from the tables, as (name, number) rows or as one number.
QUESTIONS = {
    "events_by_name": "select event_name, count(*) from silver_events group by all",
    "dau": "select activity_date::varchar, daily_active_users from gold_report_daily_engagement where split = 'total'",
    "dal_of_resolved_users": "select activity_date::varchar, daily_active_learners from gold_report_daily_engagement where split = 'total'",
    "completions": """
        select split_value, sum(content_completions)::bigint from gold_report_daily_engagement where split = 'platform' group by all
    """,
    "sessions_of_resolved_users": "select count(*) from gold_fact_session",
    "segments": "select segment, count(*) from gold_report_user_segments group by all",
    "identities": """
        select 'anonymous_events', sum(events)::bigint from silver_identity_map
        union all select 'anonymous_ids', count(distinct anonymous_id) from silver_identity_map
    """,
    "accounts.by_channel": "select acquisition_channel, count(*) from gold_dim_user group by all",
    "trials": """
        unpivot (
            select
                trials as started, open_trials as open, decided_trials as decided, converted_trials as converted,
                refunded_trials as refunded_within_14_days, converted_trials + refunded_trials as paid_in_time
            from gold_report_subscription_funnel where split = 'total'
        ) on columns(*)
    """,
    "onboarding": """
        from (
            select
                case step_name
                    when 'onboarding-step' then 'took_a_step' when 'onboarding-completed' then 'completed'
                end as name,
                reached
            from gold_report_onboarding_funnel where funnel = 'onboarding' and split = 'total' and step > 1
            union all
            select unnest(['new_users', 'users_whose_7_days_are_over']), unnest([entered, decided])
            from gold_report_onboarding_funnel where funnel = 'onboarding' and split = 'total' and step = 1
        )
    """,
    "retention_by_week": """
        select
            strftime(date_trunc('week', cohort_date), '%Y-%m-%d') || '.day_' || day_n || '.' || unnest(['eligible', 'retained']),
            unnest([sum(eligible), coalesce(sum(retained_on), 0)])::bigint
        from gold_report_retention group by date_trunc('week', cohort_date), day_n
    """,
    "entities.things": """
        select 'users', count(*) from silver_users where is_current
        union all select 'subscriptions', count(*) from silver_subscriptions where is_current
        union all select 'payments', count(*) from silver_payments where is_current
        union all select 'assignments', count(*) from silver_assignments where is_current
        union all select 'content_items', count(*) from silver_content_items where is_current
        union all select 'features', count(*) from silver_features where is_current
        union all select 'experiments', count(*) from silver_experiments where is_current
        union all select 'variants', count(*) from silver_variants where is_current
    """,
}


def main() -> int:
    """Compare; returns the number of answers that differ, as the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, help="a lake just built from sample_data; without it one is built")
    arguments = parser.parse_args()
    if arguments.lake:
        return _compare(arguments.lake)
    with tempfile.TemporaryDirectory() as work:
        submit = str(Path(sys.executable).parent / "spark-submit")
        paths = ("--lake", f"{work}/lake", "--dashboards", f"{work}/dashboards")
        subprocess.run([submit, "jobs/pipeline.py", *paths], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return _compare(Path(work) / "lake")


def _compare(lake: Path) -> int:
    truth = json.loads((ROOT / "sample_data" / "truth.json").read_text(encoding="utf-8"))
    wrong = 0
    with duckdb.connect() as database:
        for table in sorted(path.parent for path in lake.glob("*/*/_delta_log")):
            if files := live_files(table):
                database.read_parquet(files).create_view(f"{table.parent.name}_{table.name}")
        for name, question in QUESTIONS.items():
            rows = database.execute(question).fetchall()
            found = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else dict(rows)
            differing = _differences(found, _answer(truth, name))
            wrong += bool(differing)
            print(f"{name}: {differing or 'as planted'}")
    print(f"{len(QUESTIONS)} answers compared, {wrong} differ")
    return wrong


def _answer(truth: dict, name: str) -> object:
    """The answer of truth.json in the form of the question's rows."""
    if name == "entities.things":
        return {entity: counts["things"] for entity, counts in truth["entities"].items()}
    if name == "onboarding":  # the funnels of content begin with people without an account, too
        return {part: number for part, number in truth[name].items() if not part.endswith("_item")}
    if name == "retention_by_week":
        return {
            f"{week}.{day}.{part}": number
            for week, days in truth[name].items()
            for day in ("day_1", "day_7", "day_30")
            for part, number in days[day].items()
        }
    whole = truth
    for part in name.split("."):
        whole = whole[part]
    return whole


def _differences(found: object, expected: object) -> object:
    """By name (found, planted) where they differ."""
    if not isinstance(found, dict) or not isinstance(expected, dict):
        return () if found == expected else (found, expected)
    pairs = {name: (found.get(name, 0), expected.get(name, 0)) for name in {**found, **expected}}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


if __name__ == "__main__":
    raise SystemExit(main())
