"""The pages in a real browser: nothing is asked of a network, numbers follow the filters, texts of the data never run."""

import re
from statistics import mean

import pytest

from engagement_lib.dashboards.pages import PAGES
from engagement_lib.dashboards.reading import facts_of
from tests.dashboards.browsing import download, grid, opened, said, tile, values, written
from tests.dashboards.example import FORMULA, HOSTILE, example_facts, example_rows

DAILY = example_rows()["gold.report_daily_engagement"]
WINDOWS = example_rows()["gold.report_active_windows"]
LAST = DAILY[-1]["activity_date"]


#: Texts of charts that stick out of their picture, and names of neighbouring points of time that touch each other.
HARD_TO_READ = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('.tile:not(.number) .chart svg')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].filter((t) => t.textContent.trim() && getComputedStyle(t).opacity !== '0');
    for (const t of texts) {
      const box = t.getBoundingClientRect();
      if (box.right > frame.right + 2 || box.left < frame.left - 2) found.push('cut off: ' + t.textContent);
    }
    const below = [...svg.querySelectorAll('.role-axis-label')].flatMap((axis) => {
      const labels = [...axis.querySelectorAll('text')].filter((t) => t.getAttribute('opacity') !== '0' && t.style.opacity !== '0');
      return labels.map((t) => [t.textContent, t.getBoundingClientRect()]).sort((a, b) => a[1].left - b[1].left);
    });
    below.forEach(([name, box], n) => {
      const [before, earlier] = below[n - 1] ?? [];
      if (earlier && Math.abs(earlier.top - box.top) < 2 && earlier.right > box.left - 1) found.push(`touch: ${before} ${name}`);
    });
  }
  return found;
}"""


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1440, "light")])
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_everything_is_drawn_and_nothing_is_wider_than_the_window(browser, folder, page, width, scheme) -> None:
    with opened(browser, folder / page.file, width, scheme) as open_page:
        figures, charts = open_page.locator(".tile.number .value").all(), open_page.locator(".tile:not(.number)").all()
        drawn = [tile.chart for tile in page.tiles]
        assert (len(figures), len(charts)) == (drawn.count("number"), len(drawn) - drawn.count("number"))
        assert all(box.inner_text() for box in figures)
        for box in charts:
            box.scroll_into_view_if_needed()
            box.locator(".chart svg, .chart table").first.wait_for()
        assert open_page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert open_page.evaluate(HARD_TO_READ) == []
        assert open_page.evaluate("getComputedStyle(document.body).backgroundColor") != (
            "rgb(246, 247, 248)" if scheme == "dark" else "rgb(16, 18, 22)"
        )


@pytest.mark.parametrize("days", [7, 28])
@pytest.mark.parametrize(
    ("split", "value"), [("total", "total"), ("platform", "web"), ("country_code", "DE"), ("user_access_type", "free")]
)
def test_key_figures_are_those_of_the_tables_under_every_filter(browser, folder, split, value, days) -> None:
    with opened(browser, folder / "index.html") as page:
        page.get_by_role("button", name=f"{days} days", exact=True).click()
        if split != "total":
            page.locator(f"select[name={split}]").select_option(value)
        shown = {box.locator("h3").inner_text(): box.locator(".value").inner_text() for box in page.locator(".tile.number").all()}
    chosen = (split, value, days)
    assert shown == {
        "Daily active users, mean": said(mean(values(DAILY, "daily_active_users", *chosen))),
        "Daily active learners, mean": said(mean(values(DAILY, "daily_active_learners", *chosen))),
        "Weekly active users": said(values(WINDOWS, "weekly_active_users", *chosen)[-1]),
        "Monthly active users": said(values(WINDOWS, "monthly_active_users_30d", *chosen)[-1]),
        "Stickiness": f"{values(WINDOWS, 'stickiness', *chosen)[-1]:.{1 if values(WINDOWS, 'stickiness', *chosen)[-1] >= 0.1 else 2}%}",
        "Completions": said(sum(values(DAILY, "content_completions", *chosen))),
        "Sessions": said(sum(values(DAILY, "sessions", *chosen))),
        "Items started": said(sum(values(DAILY, "items_started", *chosen))),
    }


def test_a_duration_is_rounded_before_it_is_divided(browser, folder) -> None:
    with opened(browser, folder / "index.html") as page:
        said = page.evaluate("[9.96, 59.4, 59.7, 239.7, 3599.6, 172800].map((seconds) => inWords(seconds, 'seconds'))")
    assert said == ["10 s", "59 s", "1 min 0 s", "4 min 0 s", "1 h 0 min", "2 days"]


def test_change_is_against_the_period_before(browser, folder) -> None:
    completions = values(DAILY, "content_completions", "total", "total", 56)
    change = sum(completions[28:]) / sum(completions[:28]) - 1
    with opened(browser, folder / "index.html") as page:
        pill = tile(page, "Completions").locator(".change")
        assert pill.inner_text().replace("\u2212", "-").endswith(f"{abs(change):.1%}")
        page.get_by_role("button", name="All").click()
        assert pill.inner_text() == "no full period before"


def test_a_second_filter_replaces_the_first_and_the_address_remembers_it(browser, folder) -> None:
    with opened(browser, folder / "index.html") as page:
        page.locator("select[name=platform]").select_option("web")
        page.locator("select[name=country_code]").select_option("DE")
        assert page.locator("select[name=platform]").input_value() == ""
        page.get_by_role("link", name="Data quality").click()
        page.wait_for_url(re.compile(r"data_quality\.html#.*country_code=DE"))
        page.go_back()
        page.wait_for_url(re.compile(r"index\.html#.*country_code=DE"))
        assert page.locator("select[name=country_code]").input_value() == "DE"


def test_a_tile_that_cannot_follow_says_so(browser, folder) -> None:
    with opened(browser, folder / "index.html", at="#country_code=DE") as page:
        box = tile(page, "Completions of 30 days by kind of item")
        box.scroll_into_view_if_needed()
        notes = box.locator(".notes")
        notes.get_by_text("Not split by country").wait_for()
        assert notes.inner_text().startswith("Not split by country here: shows everybody. As of 1 Mar 2025")


def test_bars_follow_the_platform_and_a_total_is_no_bar(browser, folder) -> None:
    with opened(browser, folder / "index.html", at="#platform=web") as page:
        assert grid(page, "Completions of 30 days by kind of item")[1:] == [["book", "23"], ["article", "3"]]
        assert grid(page, "Active users of 30 days by country")[1:] == [["DE", "34"], ["AT", "3"]]


def test_a_download_holds_what_is_shown_and_no_formula(browser, folder) -> None:
    with opened(browser, folder / "index.html") as page:
        titles = {row[1] for row in grid(page, "Most completed items of 30 days")[1:]}
        assert titles == {HOSTILE, "'" + FORMULA, "abcgnp.exe"}
        days = grid(page, "Active users and learners per day")
        assert days[0] == ["activity_date", "Daily active users", "Daily active learners"]
        assert [int(row[1]) for row in days[1:]] == values(DAILY, "daily_active_users", "total", "total", 28)
        assert download(page, "Active users and learners per day", "PNG").startswith(b"\x89PNG")


def test_hostile_texts_are_shown_as_texts(browser, folder) -> None:
    with opened(browser, folder / "data_quality.html") as page:
        box = tile(page, "Files by broken records")
        box.scroll_into_view_if_needed()
        box.get_by_text(HOSTILE, exact=True).wait_for()
        assert page.locator("img").count() == 0


def test_a_definition_opens_by_keyboard_and_the_theme_changes(browser, folder) -> None:
    with opened(browser, folder / "index.html") as page:
        button = page.get_by_role("button", name="What Stickiness means").first
        assert not tile(page, "Stickiness").first.locator(".meaning").is_visible()
        button.focus()
        assert "30 dates" in tile(page, "Stickiness").first.locator(".meaning").inner_text()
        page.get_by_role("button", name="Dark or light").click()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 18, 22)"


def test_paper_shows_all_charts_and_no_buttons(browser, folder) -> None:
    with opened(browser, folder / "segmentation.html", scheme="dark") as page:
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.wait_for_function("[...document.querySelectorAll('.tile:not(.number)')].every((tile) => tile.querySelector('svg'))")
        assert not page.locator("nav, #filters, .take").filter(visible=True).count()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("days", [0, 1])
def test_no_data_and_one_day_are_pages_too(browser, tmp_path, days) -> None:
    written(tmp_path, example_facts(1) if days else facts_of({}, {}))
    for file in (page.file for page in PAGES):
        with opened(browser, tmp_path / file) as page:
            page.wait_for_timeout(300)
            if days and file == "index.html":
                assert tile(page, "Completions").locator(".value").inner_text() == said(DAILY[0]["content_completions"])
                for unknown in ("Stickiness", "Weekly active users"):
                    assert tile(page, unknown).first.locator(".change").inner_text() == "not yet observable"
                stack = tile(page, "Completions per day by platform")
                stack.scroll_into_view_if_needed()
                assert stack.locator(".mark-area path").first.bounding_box()["width"] > 10
