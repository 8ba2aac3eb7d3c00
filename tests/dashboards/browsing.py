"""A browser for the tests of pages: what a page shows, and that it asks nobody for anything."""

import csv
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from engagement_lib.dashboards.catalogue import history_of, render_catalogue
from engagement_lib.dashboards.data import Facts
from engagement_lib.dashboards.pages import PAGES
from engagement_lib.dashboards.render import render
from engagement_lib.docs.catalogue import FILE

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
QUIET += ("--disable-component-update", "--disable-sync")


@contextmanager
def started() -> Iterator[Browser]:
    """A browser that asks nobody for anything by itself."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("needs Chromium: install Debian's package chromium, or name its path in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


def written(folder: Path, facts: Facts) -> Path:
    for page in PAGES:
        (folder / page.file).write_text(render(page, PAGES, facts), encoding="utf-8")
    (folder / FILE).write_text(render_catalogue(PAGES, {}, history_of(facts)), encoding="utf-8")
    return folder


@contextmanager
def opened(browser: Browser, file: Path, width: int = 1440, scheme: str = "light", at: str = "") -> Iterator[Page]:
    """A page that is open; whatever it writes to the console and whatever it asks of a network makes the test red."""
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()  # type: ignore[arg-type]
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else troubles.append(r.url))
    page.goto(file.as_uri() + at)
    yield page
    attacked = page.evaluate("window.attacked")
    page.context.close()
    assert troubles == [] and attacked is None


def tile(page: Page, heading: str):  # type: ignore[no-untyped-def]
    return page.locator(".tile", has=page.get_by_role("heading", name=heading, exact=True))


def download(page: Page, heading: str, button: str) -> bytes:
    with page.expect_download() as waiting:
        tile(page, heading).get_by_role("button", name=f"as {button}").click()
    return Path(waiting.value.path()).read_bytes()


def grid(page: Page, heading: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(download(page, heading, "CSV").decode("utf-8-sig"))))


def values(rows: list[dict], column: str, split: str, value: str, days: int) -> list:
    return [row[column] for row in rows if (row["split"], row["split_value"]) == (split, value)][-days:]


def said(number: float) -> str:
    """A number the way the page writes it."""
    digits = 0 if float(number).is_integer() or number >= 1000 else 1 if number >= 100 else 2
    text = f"{number:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text
