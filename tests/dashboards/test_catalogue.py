"""The catalogue says what the declarations say, and what the newest runs found."""

from html import unescape
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib import pipeline, registry
from engagement_lib.dashboards.catalogue import counted, main, render_catalogue
from engagement_lib.dashboards.pages import PAGES
from engagement_lib.docs.catalogue import History, catalogue_page
from engagement_lib.docs.graph import drawn, lineage
from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Recorded
from engagement_lib.tables.gold.dim_country import dim_country
from tests.dashboards.example import HOSTILE, REVERSED

TABLES = pipeline.all_tables()
DAILY = "gold.report_daily_engagement"


def run(run_id: str, table_id: str, **more: object) -> dict:
    row = {"run_id": run_id, "table_id": table_id, "as_of": None, "status": "written", "why": "new", "days": None, "rows": 3}
    return {**row, "seconds": 0.5, "source_changed": False, **more}


def warn(run_id: str, check_name: str) -> dict:
    return {"run_id": run_id, "table_id": DAILY, "check_name": check_name, "severity": "warn", "rows": 4321}


def part(html: str, table_id: str) -> str:
    """What the catalogue says of one table."""
    return html.split(f'<section class="view table" id="{table_id}">')[1].split("</section>")[0]


def test_every_table_and_column_is_there_without_a_lake() -> None:
    html = catalogue_page(TABLES, parameters={})
    for table in TABLES.values():
        said = part(html, table.id)
        assert all(f"<code>{field.name}</code>" in said for field in table.fields)
    assert "No run is recorded" in html and "status" not in part(html, DAILY)


def test_a_check_shows_what_the_run_found_that_wrote_the_table_last() -> None:
    history = History(
        ("new", "mid", "old"),
        [run("old", DAILY), run("mid", DAILY), run("new", "gold.dim_date")],
        [warn("old", "learners_are_active"), warn("mid", "every_platform_delivered")],
    )
    checks = part(catalogue_page(TABLES, parameters={}, history=history), DAILY).split("<h3>Checks</h3>")[1]
    rows = {
        name: row for row in checks.split("<tr>") for name in ("learners_are_active", "every_platform_delivered") if name in row
    }
    results = {name: row.split("<td>")[-1] for name, row in rows.items()}
    assert "held" in results["learners_are_active"] and "4,321 rows" in results["every_platform_delivered"]


def test_a_run_that_could_not_begin_a_table_is_not_its_last_one() -> None:
    history = History(("new", "old"), [run("new", DAILY, status="not run"), run("old", DAILY)])
    assert history.last(TABLES[DAILY])["run_id"] == "old"


def test_parameters_have_their_default_and_the_value_in_force() -> None:
    said = part(catalogue_page(TABLES, parameters={"session_gap_minutes": 45}), "gold.fact_session")
    row = next(row for row in said.split("<tr>") if "session_gap_minutes" in row and "set by the configuration" in row)
    assert ">45 " in row and "<td>30</td>" in row
    assert said.count("set by the configuration") == 1


def test_texts_out_of_files_are_only_texts() -> None:
    html = catalogue_page(TABLES, parameters={}, history=History(("r",), [run("r", DAILY, why=HOSTILE + REVERSED)]))
    assert "<img" not in html and "&lt;img" in html and "\u202e" not in html


def test_tables_and_metrics_name_the_tiles_that_show_them() -> None:
    html = render_catalogue(PAGES, {})
    assert 'href="index.html#tile=completions"' in part(html, DAILY)
    metric = html.split('id="metric.content_completions"')[1].split("</article>")[0]
    assert 'href="index.html#tile=completions"' in metric and "Stickiness" not in metric


def test_the_graph_puts_every_table_right_of_what_it_reads() -> None:
    graph = drawn(TABLES)
    at = {node.table.id: (node.x, node.y) for node in graph.nodes}
    assert len(set(at.values())) == len(at) == sum(not isinstance(t.write, Recorded) for t in TABLES.values())
    assert all(at[a][0] < at[b][0] for a, b in lineage(TABLES))
    assert ("silver.events", "silver.quarantine") in lineage(TABLES)


def test_the_job_needs_no_lake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--declarations", "--dashboards", str(tmp_path / "pages")]) == 0
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["catalogue.html"]
    assert "catalogue.html" in capsys.readouterr().out


def test_rows_are_counted_where_a_table_exists(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.record(dim_country, [("DE", "Germany", None), ("FR", "France", None)], Commit(run_id="r"))
    history = counted(lake, History(), TABLES.values())
    assert history.counts == {"gold.dim_country": 2}
    assert "<b>2</b> rows" in part(catalogue_page(TABLES, parameters={}, history=history), "gold.dim_country")


def test_every_metric_has_a_query_and_names_the_tiles_of_its_report() -> None:
    html = render_catalogue(PAGES, {})
    assert all(f'id="metric.{each.name}"' in html for each in registry.ALL)
    retention = html.split('id="metric.retention_d7"')[1].split("</article>")[0]
    asked = "from gold.report_retention where cohort_type = 'day' AND day_n = 7 AND last_day_n = 7"
    assert asked in unescape(retention) and "Improvements: Back on day 7" in retention
