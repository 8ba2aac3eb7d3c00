"""The pages as files: what is in them, what they allow to run, and that the same rows give the same bytes."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from engagement_lib.dashboards.pages import PAGES
from engagement_lib.dashboards.pages.data_quality import DATA_QUALITY
from engagement_lib.dashboards.pages.main import MAIN
from engagement_lib.dashboards.reading import facts_of
from engagement_lib.dashboards.render import render
from engagement_lib.dashboards.tile import Page, Tile
from engagement_lib.web.document import document, replace_folder
from tests.dashboards.example import FORMULA, HOSTILE, REVERSED, example_facts, example_rows

MAIN_HTML = render(MAIN, PAGES, example_facts())


def state_of(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.DOTALL)[1])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_page_shows_only_columns_that_its_tables_have(page: Page) -> None:
    for tile in page.tiles:
        asked = {*tile.columns, *tile.where, tile.by, tile.along, tile.mature.lstrip("!")} - {""}
        assert asked - tile.names - {"platform", "country_code", "user_access_type"} == set(), tile.heading
        assert all(tile.definition(column) for column in tile.columns), tile.heading


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_page_marks_windows_that_begin_before_the_first_data_wherever_the_table_tells_them(page: Page) -> None:
    of_7_days = ("weekly_active_users",)
    told = [t for t in page.tiles if "is_partial_window" in t.names and t.chart != "rows" and t.columns != of_7_days]
    assert [tile.heading for tile in told if tile.mature != "!is_partial_window"] == []


def test_every_script_and_style_is_named_by_its_hash_and_nothing_else_may_run() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', MAIN_HTML)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "unsafe" not in policy and "http" not in policy
    scripts = re.findall(r"<script>(.*?)</script>", MAIN_HTML, re.DOTALL)
    assert len(scripts) == 4
    for text in [*scripts, *re.findall(r"<style>(.*?)</style>", MAIN_HTML, re.DOTALL)]:
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy


def test_texts_of_the_data_stay_texts() -> None:
    assert HOSTILE not in MAIN_HTML
    content = state_of(MAIN_HTML)["tables"]["gold.report_content_completion"]["columns"]["item_title"]["texts"]
    assert HOSTILE in content and FORMULA in content
    assert REVERSED not in content and "abcgnp.exe" in content


def test_the_same_rows_give_the_same_bytes_and_another_number_other_ones() -> None:
    assert render(MAIN, PAGES, example_facts()) == MAIN_HTML
    assert render(MAIN, PAGES, example_facts(59)) != MAIN_HTML


def test_two_years_of_days_stay_below_three_megabytes() -> None:
    facts = example_facts(731)
    assert max(len(render(page, PAGES, facts).encode()) for page in PAGES) < 3_000_000


def test_the_header_says_as_of_gaps_and_the_age_of_the_newest_file() -> None:
    facts = example_facts()
    assert (facts.first_day, facts.as_of, facts.delivered) == ("2025-01-01", "2025-03-01", "2025-02-19 22:20 UTC")
    assert facts.gaps == {"2025-02-27": ["web"]}
    assert "Data from 2025-01-01 to <b>2025-03-01</b>" in MAIN_HTML and "1 days with gaps" in MAIN_HTML


def test_tables_that_are_not_built_yet_are_named() -> None:
    rows = {name: found for name, found in example_rows().items() if name != "gold.report_regional_activity"}
    page = render(MAIN, PAGES, facts_of(rows, {}))
    assert "Without rows yet, so not shown: gold.report_regional_activity." in page and "DACH" not in page
    assert "No data yet" in render(MAIN, PAGES, facts_of({}, {}))


def test_of_many_countries_those_with_most_events_are_offered_by_all_tables() -> None:
    """US is active in few rows, small countries in many: how often a value is seen does not say how much it is."""
    day = {"activity_date": "2025-01-01", "split": "country_code"}
    some = [f"A{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] + [f"B{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    counted = [{**day, "split_value": code, "events": 3, "daily_active_users": 1, "silent_platforms": ()} for code in some * 2]
    large = {**day, "split_value": "US", "events": 900, "daily_active_users": 300, "silent_platforms": ()}
    total = {**large, "split": "total", "split_value": "total"}
    seen = [{**day, "split_value": code, "weekly_active_users": 7, "is_partial_window": False} for code in [*some, "US"]]
    facts = facts_of({"gold.report_daily_engagement": [*counted, large, total], "gold.report_active_windows": seen}, {})
    tables = state_of(render(MAIN, PAGES, facts))["tables"]
    for name in ("gold.report_daily_engagement", "gold.report_active_windows"):
        offered = set(tables[name]["columns"]["split_value"]["texts"]) - {"total"}
        assert len(offered) == 40 and "US" in offered and offered <= {"US", *some[:39]}


def test_which_filters_a_tile_follows_is_read_off_its_table() -> None:
    follows = {tile.heading: tile.follows() for tile in MAIN.tiles}
    assert set(follows["Weekly active users"].values()) == {"split"}
    assert follows["Active users per day by platform"] == {"platform": "split", "country_code": "", "user_access_type": ""}
    assert follows["Active users of 30 days by country"] == {"platform": "platform", "country_code": "", "user_access_type": ""}


def test_a_metric_is_explained_by_its_own_sentence() -> None:
    tile = next(tile for tile in MAIN.tiles if tile.columns == ("daily_active_users",))
    assert isinstance(tile, Tile) and tile.definition("daily_active_users") in MAIN_HTML.replace("&#39;", "'")


def test_a_script_that_would_end_its_element_is_refused() -> None:
    with pytest.raises(ValueError, match="end its element"):
        document("", styles=[], scripts=["'</script>'"])


def test_a_folder_is_replaced_whole_and_a_foreign_one_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    replace_folder(folder, {"index.html": "1", "old.html": "1"})
    replace_folder(folder, {"index.html": "2"})
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"index.html": "2"}
    assert [p.name for p in tmp_path.iterdir()] == ["pages"]
    replace_folder(folder, {"index.html": "2", ".mark": "1"})
    replace_folder(folder, {"index.html": "2", ".mark": "2"})
    assert (folder / ".mark").read_text() == "2"
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match=r"thesis\.txt"):
        replace_folder(folder, {"index.html": "3", ".mark": "3"})
    assert (folder / "thesis.txt").exists() and (folder / "index.html").read_text() == "2"
    for name in ("mine.html", "deep/index.html"):
        others = tmp_path / "others" / Path(name)
        others.parent.mkdir(parents=True, exist_ok=True)
        others.write_text("somebody's own")
        with pytest.raises(FileExistsError, match=name):
            replace_folder(tmp_path / "others", {"index.html": "3", ".mark": "3"})
        others.unlink()


def test_only_rows_that_a_tile_is_about_are_carried() -> None:
    columns = state_of(render(DATA_QUALITY, PAGES, example_facts()))["tables"]["ops.drift"]["columns"]
    assert columns["activity_date"]["texts"] == ["2025-01-02", "2025-02-27"] and columns["is_alarm"]["values"] == [True, True]
    calm = example_rows()
    calm["ops.drift"] = [row for row in calm["ops.drift"] if not row["is_alarm"]]
    page = render(DATA_QUALITY, PAGES, facts_of(calm, {}))
    assert state_of(page)["tables"]["ops.drift"]["length"] == 0
    # A table without alarms is another thing than a table that was not built.
    assert DATA_QUALITY.sections[0].title in page and "ops.drift" not in "".join(
        re.findall("Without rows yet, so not shown: .*", page)
    )
