"""Funnels and trials of generated data have the answers that were counted while the data was made (and again by SQL, in tests/generator)."""

import json
from collections import Counter

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.generator.cli import main as generate
from engagement_lib.pipeline import all_tables

TABLES = all_tables()
REPORTS = ("report_onboarding_funnel", "report_subscription_funnel", "report_content_funnel", "report_acquisition")


@pytest.fixture(scope="module")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, dict]:
    landing, root = tmp_path_factory.mktemp("landing"), tmp_path_factory.mktemp("lake")
    generate(["--out", str(landing), "--users", "400", "--days", "50", "--processes", "1"])
    select = " ".join(f"+gold.{name}" for name in REPORTS)
    assert main(["--landing", str(landing), "--lake", str(root), "--select", select], spark=spark) in (0, 2)
    return Lake(spark, root=str(root)), json.loads((landing / "truth.json").read_text(encoding="utf-8"))


def read(lake: Lake, name: str):  # type: ignore[no-untyped-def]
    return lake.read(TABLES[name])


def test_new_users_get_as_far_as_was_planted(made: tuple[Lake, dict]) -> None:
    """The truth is about sign-ups and leaves testers out."""
    lake, truth = made
    expected = truth["onboarding"]
    is_over = ~F.col("window_open")
    entries = read(lake, "gold.fact_funnel").where("entry_event = 'sign-up' AND NOT is_test")
    counts = entries.groupBy("funnel").agg(
        F.count("*").alias("entered"),
        F.count_if(is_over).alias("decided"),
        F.count_if(is_over & F.col("is_converted")).alias("reached"),
        F.count_if(is_over & (F.col("furthest_step") > 1)).alias("second"),
    )
    found = {row.funnel: row for row in counts.collect()}
    sizes = {(row.entered, row.decided) for row in found.values()}
    assert sizes == {(expected["new_users"], expected["users_whose_7_days_are_over"])}
    assert found["onboarding"].second == expected["took_a_step"] > 0
    assert found["onboarding_completion"].reached == expected["completed"] > 0
    assert found["first_content_start"].reached == expected["started_an_item"] > 0
    assert found["first_content_engagement"].reached == expected["finished_an_item"] > 0
    reported = read(lake, "gold.report_onboarding_funnel").where("funnel = 'onboarding' AND split = 'total'").orderBy("step")
    assert [row.reached for row in reported.collect()] == [
        expected["users_whose_7_days_are_over"],
        expected["took_a_step"],
        expected["completed"],
    ]


def test_trials_end_as_was_planted(made: tuple[Lake, dict]) -> None:
    lake, truth = made
    expected = truth["trials"]
    row = read(lake, "gold.report_subscription_funnel").where("split = 'total'").first()
    assert (row.trials, row.open_trials, row.decided_trials) == (expected["started"], expected["open"], expected["decided"])
    assert row.converted_trials == expected["converted"] > 0
    assert row.refunded_trials == expected["refunded_within_14_days"] > 0
    assert row.unpaid_trials == expected["decided"] - expected["paid_in_time"] > 0


def test_every_start_and_finish_of_a_known_user_is_in_one_attempt(made: tuple[Lake, dict]) -> None:
    """Of the planted ones only those of nobody are in none: of anonymous ids that come with no user, or with several."""
    lake, truth = made
    planted = Counter({(kind, name): n for kind, names in truth["formats"].items() for name, n in names.items()})
    events = read(lake, "silver.events")
    ids = events.where("user_id IS NOT NULL").groupBy("anonymous_id").agg(F.count_distinct("user_id").alias("users"))
    nobodys = events.where("user_id IS NULL AND event_name IN ('item-started', 'item-finished')").join(
        ids.where("users = 1"), "anonymous_id", "left_anti"
    )
    lost = Counter((row.content_format or "", row.event_name) for row in nobodys.collect())
    attempts = read(lake, "gold.fact_content_consumption").groupBy("content_format")
    found: Counter[tuple[str, str]] = Counter()
    for row in attempts.agg(F.sum("starts").alias("starts"), F.count("finished_at").alias("finishes")).collect():
        found[row.content_format or "", "item-started"] = row.starts
        found[row.content_format or "", "item-finished"] = row.finishes
    assert found == planted - lost and planted.total() > found.total() > 0
