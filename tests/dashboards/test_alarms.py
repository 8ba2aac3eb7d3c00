"""The list of alarms in a browser: the newest first, in the range of dates, and a word where there is none."""

from engagement_lib.dashboards.pages.data_quality import DATA_QUALITY
from tests.dashboards.browsing import grid, opened, tile

HEADING = "Days that are not as expected, the newest first"


def test_alarms_are_listed_the_newest_first(browser, folder) -> None:
    with opened(browser, folder / DATA_QUALITY.file) as page:
        page.get_by_role("button", name="All", exact=True).click()
        assert grid(page, HEADING) == [
            ["activity_date", "platform", "message"],
            ["2025-02-27", "web", "events fell to 0; 150 to 350 were expected"],
            ["2025-01-02", "web", "events rose to 900; 150 to 350 were expected"],
        ]
        assert page.locator("h2").first.inner_text() == "Alarms"


def test_the_range_of_dates_decides_which_and_a_range_without_any_says_so(browser, folder) -> None:
    with opened(browser, folder / DATA_QUALITY.file) as page:
        assert [row[0] for row in grid(page, HEADING)[1:]] == ["2025-02-27"]
    with opened(browser, folder / DATA_QUALITY.file, at="#from=2025-01-10&to=2025-02-10") as page:
        assert tile(page, HEADING).locator(".chart").inner_text().startswith("No alarm on these days")
