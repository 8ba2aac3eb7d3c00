"""The forms in which a day's file may lie in the landing folder."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from engagement_lib.generator.catalogue import csv_cell
from engagement_lib.generator.trackers import COLUMNS, NEWER_COLUMNS, Event


@dataclass(frozen=True)
class Layout:
    """How one file is written; the default is the seed's."""

    suffix: str = ".csv"
    is_reordered: bool = False
    has_unknown_column: bool = False
    line_end: str = "\n"
    has_byte_order_mark: bool = False
    has_blank_lines: bool = False
    has_last_line_end: bool = True
    is_header_only: bool = False
    is_missing: bool = False
    has_newer_columns: bool = False

    def columns(self, source: str) -> tuple[str, ...]:
        """The columns of a source's records, in the trackers' order."""
        return COLUMNS[source] + NEWER_COLUMNS if self.has_newer_columns else COLUMNS[source]

    @property
    def is_json(self) -> bool:
        """Whether the file holds one JSON object per line."""
        return ".csv" not in self.suffix


class Row(NamedTuple):
    """One record of a file and what it is in truth."""

    text: str  # in the seed's column order; as it stands in the file where is_verbatim
    arrival: int
    event: Event | None
    reason: str = ""  # why it is no event
    is_verbatim: bool = False


PLAIN = Layout()
_SPECIAL = {
    ("web_events", 9): Layout(has_blank_lines=True),
    ("mobile_events", 13): Layout(suffix=".ndjson"),
    ("mobile_events", 20): Layout(is_missing=True),
    ("web_events", 26): Layout(suffix=".jsonl"),
    ("mobile_events", 33): Layout(is_missing=True),
    ("web_events", 33): Layout(is_missing=True),
    ("mobile_events", 36): Layout(is_reordered=True),
    ("web_events", 44): Layout(is_reordered=True, has_unknown_column=True),
    ("web_events", 47): Layout(is_missing=True),
    ("mobile_events", 50): Layout(has_unknown_column=True),
    ("web_events", 55): Layout(suffix=".ndjson.gz"),
    ("web_events", 58): Layout(line_end="\r\n", has_byte_order_mark=True),
    ("web_events", 61): Layout(is_header_only=True),
    ("mobile_events", 64): Layout(has_last_line_end=False),
}
SILENT_DAY = 33  # nothing happens and nothing arrives


def layout_of(source: str, day: int) -> Layout:
    """The form of a day's file: plain, compressed on five days of the week, special on a few days."""
    usual = Layout(suffix=".csv.gz") if day % 7 in (1, 2, 3, 4, 5) else PLAIN
    return replace(_SPECIAL.get((source, day), usual), has_newer_columns=True)


def write_file(path: Path, source: str, layout: Layout, rows: Iterable[Row]) -> None:
    """Write one file of events."""
    columns = layout.columns(source)
    with new_file(path) as text:
        text.writelines(_json_lines(columns, rows) if layout.is_json else _csv_lines(columns, layout, rows))


@contextmanager
def new_file(path: Path) -> Iterator[io.TextIOWrapper]:
    """A file to write, compressed where its name says so; it appears under its name only when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name("." + path.name + ".part")
    with open(unfinished, "wb") as raw:
        # No name and no time in the compressed header: the same rows are the same bytes.
        target = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else raw
        with io.TextIOWrapper(io.BufferedWriter(target, 1 << 20), encoding="utf-8", newline="") as text:
            yield text
    os.replace(unfinished, path)


def _csv_lines(columns: tuple[str, ...], layout: Layout, rows: Iterable[Row]) -> Iterator[str]:
    texts = _csv_texts(columns, layout, rows)
    if layout.has_last_line_end:
        return (text + layout.line_end for text in texts)
    return iter([layout.line_end.join(texts)])


def _csv_texts(columns: tuple[str, ...], layout: Layout, rows: Iterable[Row]) -> Iterator[str]:
    mark = "\ufeff" if layout.has_byte_order_mark else ""
    header = ",".join(columns)
    yield mark + _arranged(header, layout, "consent_version")
    for number, row in enumerate(rows):
        # A header that stands in the file again is that of the file.
        consent = "consent_version" if row.text == header else f"v{number % 3 + 1}"
        yield row.text if row.is_verbatim else _arranged(row.text, layout, consent)
        if layout.has_blank_lines and number in (4, 7):
            yield ""
    if layout.has_blank_lines:
        yield ""


def _arranged(text: str, layout: Layout, unknown_value: str) -> str:
    if not (layout.is_reordered or layout.has_unknown_column):
        return text
    cells = cells_of(text)
    if layout.is_reordered:
        cells = cells[7:] + cells[:7]
    if layout.has_unknown_column:
        cells = [*cells[:5], unknown_value, *cells[5:]]
    return line_of(cells)


def _json_lines(columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        if row.is_verbatim:
            yield json.dumps({"event_name": row.text}, ensure_ascii=False)[:-2] + "\n"
            continue
        record = {column: _json_value(column, cell) for column, cell in zip(columns, cells_of(row.text), strict=True)}
        yield json.dumps(record, ensure_ascii=False) + "\n"


def _json_value(column: str, cell: str) -> str | int | float | None:
    """The JSON tracker sends numbers as numbers and leaves nothing empty."""
    if cell == "":
        return None
    if column in ("item_id", "cookies_enabled", "progress_pct") and cell.replace(".", "", 1).isdigit():
        return float(cell) if "." in cell else int(cell)
    return cell


def cells_of(text: str) -> list[str]:
    """The cells of one record."""
    return next(csv.reader(io.StringIO(text, newline="")))


def line_of(cells: Iterable[str]) -> str:
    """One record from its cells."""
    return ",".join(csv_cell(cell) for cell in cells)
