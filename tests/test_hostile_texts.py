"""Texts that would be code, or a path, or a pattern, if anything ever took them for that: they go through as they are."""

import csv
from pathlib import Path

import pytest
import yaml
from pyspark.sql import SparkSession

from engagement_lib.__main__ import main as look
from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.pipeline import all_tables
from engagement_lib.sources.mobile_events import SOURCE

HOSTILE = [
    "o'brien",
    "' OR '1'='1",
    '"; DROP TABLE events; --',
    "`event_date`",
    "../../etc/passwd",
    "event_date=2025-01-01/user_id=x",
    "*?[a-z]{1,2}",
    "${spark.app.id}",
    "{user_id}",
    "%s %(x)s",
    "\\' \\u0027 \\n",
    "/* comment */ --",
    "<script>alert(1)</script>",
]
CHOSEN = "+gold.report_daily_engagement +gold.report_regional_activity +gold.fact_funnel gold.fact_feature_use"
REGION, FUNNEL = "O'Land `x`; ../", "a'b`c\"/../*"


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One user per text; each starts and finishes an item and uses a feature, both named by the text."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "landing").mkdir()
    with (folder / "landing" / "mobile_events_a=b'c.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["it's a `user`", *(name for name in SOURCE.column_names if name != "user_id")])
        writer.writeheader()
        for minute, text in enumerate(HOSTILE):
            for second, name in enumerate(("item-started", "item-finished", "feature-used")):
                at = f"2025-02-03 10:{minute:02d}:{second:02d}.000"
                cells = {
                    "event_name": name,
                    "event_timestamp": at,
                    "arrival_timestamp": at,
                    "session_id": text,
                    "client_id": text,
                }
                about = {"item_id": text, "item_title": text} if second < 2 else {"feature_id": text}
                writer.writerow(
                    {**cells, **about, "it's a `user`": text, "user_access_type": text, "device_locale_code": "de_DE"}
                )
    settings = {
        "landing": {"aliases": {"mobile_events": {"it's a `user`": "user_id"}}},
        "parameters": {
            "regions": {REGION: ["DE"]},
            "event_name_aliases": dict.fromkeys(HOSTILE, "app-open"),
            "funnels": {FUNNEL: {"steps": ["item-started", "item-finished", "app-open"], "days": 7}},
        },
    }
    (folder / "conf.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    where = ["--landing", str(folder / "landing"), "--lake", str(folder / "lake"), "--conf-file", str(folder / "conf.yml")]
    assert main([*where, "--select", CHOSEN], spark=spark) == 0
    return Lake(spark, root=str(folder / "lake"))


@pytest.mark.parametrize(
    ("table", "column", "rows"),
    [
        ("silver.events", "user_id", 3),
        ("silver.events", "item_title", 2),
        ("silver.events", "session_id", 3),
        ("gold.fact_user_engagement", "user_id", 1),
        ("gold.fact_user_engagement", "user_access_type", 1),
        # In the configured funnel, and in the three that begin with the first activity.
        ("gold.fact_funnel", "user_id", 4),
        ("gold.fact_feature_use", "feature_id", 1),
    ],
)
def test_values_come_out_as_they_went_in(lake: Lake, table: str, column: str, rows: int) -> None:
    found = lake.read(all_tables()[table]).where(f"{column} IS NOT NULL").groupBy(column).count().collect()
    assert {row[0]: row[1] for row in found} == dict.fromkeys(HOSTILE, rows)


def test_what_the_configuration_says_is_a_value(lake: Lake) -> None:
    regional = lake.read(all_tables()["gold.report_regional_activity"]).where("platform = 'mobile'").collect()
    assert {(row.area, row.regional_active_users) for row in regional} >= {(REGION, len(HOSTILE)), ("DE", len(HOSTILE))}
    funnels = lake.read(all_tables()["gold.fact_funnel"]).groupBy("funnel", "furthest_step").count().collect()
    assert [tuple(row) for row in funnels if row.funnel == FUNNEL] == [(FUNNEL, 2, len(HOSTILE))]


def test_every_folder_is_a_table_or_a_day(lake: Lake) -> None:
    root = Path(str(lake.root))
    names = {f"{each.layer}/{each.name}" for each in all_tables().values()}
    tables = {path.relative_to(root).as_posix() for path in root.glob("*/*") if path.is_dir()}
    assert tables <= names and {path.parent.name for path in root.glob("*/*/*") if "=" in path.name} <= {
        "events",
        "fact_session",
        "fact_user_engagement",
    }
    assert {path.name.split("=")[1] for path in root.glob("*/*/*=*")} == {"2025-02-03"}
    assert sorted(path.name for path in root.parent.iterdir()) == ["conf.yml", "lake", "landing"]


@pytest.mark.parametrize("name", ["gold.dim_date`", "../gold/dim_date", "gold.dim_date; DROP TABLE x", "gold.*"])
def test_a_name_that_is_no_table_is_refused(lake: Lake, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert look(["show", name, "--lake", str(lake.root)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1
