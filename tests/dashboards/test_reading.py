"""The rows of the pages come out of the lake as plain values, whatever is there."""

from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.dashboards import freshness
from engagement_lib.dashboards.job import are_current, write_dashboards
from engagement_lib.dashboards.pages import PAGES
from engagement_lib.dashboards.reading import ITEMS, read_facts
from engagement_lib.dashboards.summaries.churn_by_score import churn_by_score
from engagement_lib.dashboards.summaries.quarantine_by_rule import quarantine_by_rule
from engagement_lib.dashboards.summaries.retention_by_week import retention_by_week
from engagement_lib.dashboards.summaries.users_by_segment import users_by_segment
from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.tables.gold.dim_country import dim_country
from engagement_lib.tables.gold.report_churn_signals import report_churn_signals
from engagement_lib.tables.gold.report_content_completion import report_content_completion
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from engagement_lib.tables.gold.report_retention import report_retention
from engagement_lib.tables.gold.report_user_segments import report_user_segments
from engagement_lib.tables.ops.checks import checks
from engagement_lib.tables.ops.published import published
from engagement_lib.tables.ops.runs import runs
from engagement_lib.tables.silver.quarantine import quarantine


def record(lake: Lake, table: Table, *rows: dict, run_id: str = "r1") -> None:
    """Rows of a table: what is not given is 0, false or empty where it is required, else null."""
    empty = {"bigint": 0, "int": 0, "boolean": False, "string": "", "double": 0.0, "array<string>": []}
    full = [tuple(row.get(f.name, empty.get(f.type) if f.required else None) for f in table.fields) for row in rows]
    lake.record(table, full, Commit(run_id=run_id))


def test_rows_are_read_as_plain_values_in_the_order_of_the_grain(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    day = {"split": "total", "split_value": "total"}
    record(
        lake,
        report_daily_engagement,
        {**day, "activity_date": date(2025, 1, 2), "daily_active_users": 5, "silent_platforms": ["web"]},
        {**day, "activity_date": date(2025, 1, 1), "daily_active_users": 7},
    )
    record(lake, dim_country, {"country_code": "DE", "country_name": "Germany"})
    facts = read_facts(lake, PAGES)
    users = [(row["activity_date"], row["daily_active_users"]) for row in facts.of(report_daily_engagement)]
    assert users == [("2025-01-01", 7), ("2025-01-02", 5)]
    assert (facts.first_day, facts.as_of, facts.gaps) == ("2025-01-01", "2025-01-02", {"2025-01-02": ["web"]})
    assert facts.country_names == {"DE": "Germany"} and facts.delivered is None
    assert write_dashboards(lake, str(tmp_path / "pages"), {}).read_text().count("Germany") >= 1


def test_rare_items_are_left_out_but_not_the_rows_of_a_shown_item(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    rows = [
        {"platform": platform, "item_type": "book", "item_id": f"b{n:03}", "content_format": "text", "content_completions": n}
        for n in range(ITEMS + 5)
        for platform in ("total", "web")
    ]
    total = {"platform": "total", "item_type": "total", "item_id": "total", "content_format": "total"}
    record(lake, report_content_completion, total, *rows)
    shown = read_facts(lake, PAGES).of(report_content_completion)
    assert len(shown) == 2 * ITEMS + 1
    assert {"b005", "total"} <= {row["item_id"] for row in shown} and "b004" not in {row["item_id"] for row in shown}


def test_an_item_that_is_first_on_its_platform_is_read_however_rare_it_is_on_both(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    item = {"item_type": "book", "content_format": "text"}
    common = [
        {**item, "platform": platform, "item_id": f"b{n:03}", "content_completions": 50}
        for n in range(ITEMS)
        for platform in ("total", "mobile")
    ]
    rare = [{**item, "platform": platform, "item_id": "w", "content_completions": 40} for platform in ("total", "web")]
    record(lake, report_content_completion, *common, *rare)
    shown = read_facts(lake, PAGES).of(report_content_completion)
    assert [row["item_id"] for row in shown if row["platform"] == "web"] == ["w"]


def test_checks_are_those_of_the_newest_run(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    for run_id in ("older", "newer"):
        record(lake, runs, {"run_id": run_id, "table_id": "gold.x", "status": "written"}, run_id=run_id)
        record(lake, checks, {"run_id": run_id, "table_id": "gold.x", "check_name": "c", "severity": "warn"}, run_id=run_id)
    facts = read_facts(lake, PAGES)
    assert [row["run_id"] for row in facts.of(checks)] == ["newer"]
    assert {row["run_id"] for row in facts.of(runs)} == {"older", "newer"}


def test_quarantined_records_are_counted_by_rule_for_each_platform_and_both(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    broken = [
        ("mobile", "a.csv", "no_day"),
        ("mobile", "a.csv", "no_day"),
        ("web", "b.csv", "no_day"),
        ("web", "b.csv", "bad_name"),
    ]
    record(lake, quarantine, *[{"platform": p, "source_file": f, "rule": r, "reason": f"{r} in {f}"} for p, f, r in broken])
    rows = read_facts(lake, PAGES).of(quarantine_by_rule)
    assert [tuple(row[name] for name in ("platform", "rule", "records", "files", "example")) for row in rows] == [
        ("mobile", "no_day", 2, 1, "no_day in a.csv"),
        ("total", "bad_name", 1, 1, "bad_name in b.csv"),
        ("total", "no_day", 3, 2, "no_day in a.csv"),
        ("web", "bad_name", 1, 1, "bad_name in b.csv"),
        ("web", "no_day", 1, 1, "no_day in b.csv"),
    ]


def test_an_empty_lake_gives_pages_that_say_so(spark: SparkSession, tmp_path: Path) -> None:
    first = write_dashboards(Lake(spark, root=str(tmp_path / "lake")), str(tmp_path / "pages"), {})
    assert "No data yet" in first.read_text()


def test_pages_are_current_until_a_table_a_setting_or_our_code_changes_or_a_page_is_gone(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = str(tmp_path / "pages")
    published_version = [("gold.x", 1, "r1")]

    def lake_of(name: str) -> Lake:
        lake = Lake(spark, root=str(tmp_path / name))
        lake.record(published, published_version, Commit(run_id="r1"))
        return lake

    lake = lake_of("lake")
    assert not are_current(lake, pages, {})
    write_dashboards(lake, pages, {"session_gap_minutes": 30})
    assert are_current(Lake(spark, root=lake.root), pages, {"session_gap_minutes": 30})
    assert not are_current(lake, pages, {"session_gap_minutes": 31})
    assert not are_current(lake_of("another"), pages, {"session_gap_minutes": 30})
    with monkeypatch.context() as changed:
        changed.setattr(freshness, "_code", lambda _: [b"other code"])
        assert not are_current(lake, pages, {"session_gap_minutes": 30})
    (tmp_path / "pages" / PAGES[1].file).unlink()
    assert not are_current(lake, pages, {"session_gap_minutes": 30})
    write_dashboards(lake, pages, {"session_gap_minutes": 30})
    lake.overwrite(published, lake.frame(published, [("gold.x", 2, "r2")]), Commit(run_id="r2"))
    assert not are_current(lake, pages, {"session_gap_minutes": 30})


def test_users_of_a_segment_are_counted_for_each_split(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    users = [("u1", "casual", "web", "DE", True), ("u2", "casual", "web", None, False), ("u3", "at_risk", "mobile", "DE", False)]
    names = ("user_id", "segment", "platform", "country_code", "is_new")
    record(
        lake, report_user_segments, *[{**dict(zip(names, user, strict=True)), "first_active": date(2025, 1, 1)} for user in users]
    )
    rows = read_facts(lake, PAGES).of(users_by_segment)
    counts = {(row["segment"], row["split"], row["split_value"]): row["users"] for row in rows}
    assert counts["casual", "total", "total"] == 2 and counts["at_risk", "platform", "mobile"] == 1
    assert counts["casual", "country_code", "unknown"] == 1 and ("at_risk", "platform", "web") not in counts


def test_new_users_and_completions_of_a_segment_are_counted(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    users = [("u1", True, 2), ("u2", False, 0), ("u3", False, 5)]
    same = {"segment": "casual", "first_active": date(2025, 1, 1)}
    record(lake, report_user_segments, *[{**same, "user_id": u, "is_new": n, "completions": c} for u, n, c in users])
    rows = read_facts(lake, PAGES).of(users_by_segment)
    counts = [(row["users"], row["new_users"], row["completions"]) for row in rows if row["split"] == "total"]
    assert counts == [(3, 1, 7)]


def test_users_are_counted_by_their_signals_of_leaving(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    users = [("u1", 1, True), ("u2", 1, None), ("u3", None, None)]
    record(lake, report_churn_signals, *[{"user_id": u, "score": score, "sessions_fell": fell} for u, score, fell in users])
    rows = read_facts(lake, PAGES).of(churn_by_score)
    assert [(row["signals"], row["users"], row["sessions_fell"]) for row in rows] == [("1", 2, 1), ("not yet", 1, 0)]


def test_the_retention_of_a_week_waits_for_all_of_its_users(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path / "lake"))
    names = ("cohort_type", "cohort_date", "day_n", "last_day_n", "cohort_size", "eligible", "retention_rate", "is_mature")
    cohorts = [
        ("day", date(2025, 1, 6), 1, 1, 10, 10, 0.5, True),
        ("week", date(2025, 1, 6), 1, 1, 40, 40, 0.2, True),
        ("week", date(2025, 1, 6), 7, 7, 40, 10, 0.2, False),
        ("week", date(2025, 1, 6), 1, 7, 40, 40, 0.6, True),
        ("week", date(2025, 1, 6), 22, 28, 40, 0, None, False),
        ("month", date(2025, 1, 1), 1, 1, 90, 90, 0.1, True),
    ]
    record(lake, report_retention, *[dict(zip(names, row, strict=True)) for row in cohorts])
    rows = read_facts(lake, PAGES).of(retention_by_week)
    shown = ("cohort_week", "day_n", "is_bracket", "week_n", "cohort_size", "retention_rate", "is_mature")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("2025-01-06", 1, False, None, 40, 0.2, True),
        ("2025-01-06", 1, True, 1, 40, 0.6, True),
        ("2025-01-06", 22, True, 4, 40, None, False),
        ("2025-01-06", 7, False, None, 40, None, False),
    ]
