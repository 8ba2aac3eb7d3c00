"""The catalogue in a real browser."""

import re

import pytest

from engagement_lib.docs.catalogue import FILE
from tests.dashboards.browsing import opened, tile


@pytest.mark.parametrize(
    "view", ["tables", "metrics", "lineage:silver.events", "parameters", "runs", "gold.report_daily_engagement"]
)
@pytest.mark.parametrize("width", [375, 1440])
def test_views_of_the_catalogue_fit_and_one_is_shown(browser, folder, width, view) -> None:
    with opened(browser, folder / FILE, width, at="#" + view) as page:
        assert page.locator(".view:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_catalogue_finds_columns_and_lights_ancestors_and_descendants(browser, folder) -> None:
    with opened(browser, folder / FILE) as page:
        page.get_by_role("searchbox").fill("session_gap")
        assert page.locator("[data-search]:visible").count() == 0 and page.get_by_text("No table or column").is_visible()
        page.get_by_role("searchbox").fill("engaged_seconds")
        assert "gold.fact_session" in page.locator("[data-search]:visible").all_inner_texts()[0]
        page.get_by_role("link", name="Lineage", exact=True).click()
        page.locator("[data-node='silver.events']").click()
        page.locator("#chosen").wait_for()
        made_of, part_of = page.locator("#chosen dd").all_inner_texts()[1:]
        assert made_of == "bronze.mobile_events, bronze.web_events"
        assert "gold.report_daily_engagement" in part_of and "silver.users" not in part_of
        assert page.locator(".node.on").count() == 3 + len(part_of.split(", "))


def test_catalogue_and_dashboards_link_each_other(browser, folder) -> None:
    with opened(browser, folder / FILE, at="#gold.report_daily_engagement") as page:
        page.get_by_role("link", name="Overview: Sessions per day by access type").click()
        page.wait_for_url(re.compile("index"))
        box = tile(page, "Sessions per day by access type")
        box.locator(".chart svg").wait_for()
        assert box.evaluate("box => box.getBoundingClientRect().top >= 0 && box.getBoundingClientRect().bottom <= innerHeight")
        box.locator(".what").hover()
        box.get_by_role("link", name="gold.report_daily_engagement").click()
        page.wait_for_url(re.compile("catalogue"))
        assert page.locator(".view:visible h2").inner_text() == "gold.report_daily_engagement"
