"""What a person reads on a page: the text in a place of a tile, and a choice made with the page's own controls."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

#: The word of a chart that stands at the height of a row's label and, where there are columns, below a column's.
_IN_CHART = """(box, [row, column]) => {
  const middle = (text) => { const at = text.getBoundingClientRect(); return { text: text.textContent, x: at.x + at.width / 2, y: at.y + at.height / 2 }; };
  const all = (selector) => [...box.querySelectorAll(selector)].map(middle);
  const labels = all(".chart .role-axis-label text");
  const nearest = (word, axis) => labels.reduce((a, b) => (Math.abs(a[axis] - word[axis]) <= Math.abs(b[axis] - word[axis]) ? a : b)).text;
  const found = all(".chart .mark-text.role-mark text").filter((word) => nearest(word, "y") === row && (!column || nearest(word, "x") === column));
  return found.map((word) => word.text).join(" and ") || "nothing";
}"""
#: The cell below a header, of the row that begins with the cell asked for, or that has all of several.
_IN_TABLE = """(table, [cells, column]) => {
  const texts = (row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent);
  const at = texts(table.querySelector("thead tr")).indexOf(column);
  const rows = [...table.querySelectorAll("tbody tr")].map(texts).filter((row) => (cells.length > 1 ? cells.every((cell) => row.includes(cell)) : row[0] === cells[0]));
  return rows.map((row) => row[at] ?? "no such column").join(" and ") || "nothing";
}"""
#: A point on the bar or the cell of a row, where no word stands.
_MARK = """(box, [row, column]) => {
  const place = (item) => item.getBoundingClientRect();
  const label = (name) => [...box.querySelectorAll(".chart .role-axis-label text")].filter((text) => text.textContent === name).map(place)[0];
  const [across, down] = [column ? label(column) : null, label(row)];
  const middle = (at) => ({ x: at.x + at.width / 2, y: at.y + at.height / 2 });
  const covers = (at) => at.top <= middle(down).y && middle(down).y <= at.bottom && (!across || (at.left <= middle(across).x && middle(across).x <= at.right));
  const mark = [...box.querySelectorAll(".chart .mark-rect.role-mark path")].map(place).filter(covers).at(-1);
  return [mark.x + 4, mark.y + mark.height / 2];
}"""


def choose(page: Page, split: str, value: str, first: str, last: str) -> None:
    """Set the range of dates and the one filter; what is as wanted is not touched, so that a page also shows what it opens with."""
    for name, day in (("from", first), ("to", last)):
        if page.locator(f"input[name={name}]").input_value() != day:
            page.locator(f"input[name={name}]").fill(day)
    if split != "total":
        page.locator(f"select[name={split}]").select_option(value)


def read(page: Page, heading: str, cells: list[str], column: str) -> str:
    """The text of a tile's key figure or its change, of a bar, of a cell of a heat map or of a table."""
    named = page.get_by_role("heading", name=heading, exact=True)
    if not cells:
        return page.locator(".tile.number", has=named).locator("." + (column or "value")).inner_text()
    box = page.locator(".tile:not(.number)", has=named)
    box.scroll_into_view_if_needed()
    kinds = set((box.get_attribute("class") or "").split())
    if kinds & {"bars", "steps", "heat"}:
        box.locator(".chart .mark-text.role-mark text").first.wait_for()
        return box.evaluate(_IN_CHART, [cells[0], column])
    return _table(box, "rows" in kinds).evaluate(_IN_TABLE, [cells, column])


def read_tip(page: Page, heading: str, cells: list[str], column: str, line: str) -> str:
    """The text beside a name in what appears when the mouse stands on a bar or on a cell of a heat map."""
    box = page.locator(".tile:not(.number)", has=page.get_by_role("heading", name=heading, exact=True))
    # The bar of filters stays at the top of the window and would cover what lies below it.
    box.evaluate("box => box.scrollIntoView({ block: 'center' })")
    box.locator(".chart .mark-text.role-mark text").first.wait_for()
    page.mouse.move(*box.evaluate(_MARK, [cells[0], column]))
    return page.locator("#tip div", has=page.locator("span", has_text=re.compile(f"^{line}$"))).locator("b").inner_text()


def _table(box: Locator, is_shown: bool) -> Locator:
    """The tile's table, which charts show on demand."""
    table = box.locator(".chart table" if is_shown else ".grid table")
    if not is_shown and not table.is_visible():
        box.get_by_role("button", name="as a table").click()
    table.wait_for()
    return table
