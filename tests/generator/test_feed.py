"""What the files of the sample hold, and that the planted stories are among it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from engagement_lib.generator.feed import Feed, File
from engagement_lib.generator.layouts import Layout, Row, cells_of, write_file
from engagement_lib.generator.population import Population
from engagement_lib.generator.scenarios import planted
from engagement_lib.generator.trackers import COLUMNS

POPULATION = Population(7, date(2025, 1, 1), 300)


@pytest.fixture(scope="module")
def files() -> list[File]:
    return list(Feed(POPULATION, longest_late_days=40, is_plain=False).files(0, 89))


def test_each_planted_record_lies_in_the_file_of_its_day(files):
    held = Counter((file.path[-14:], row.event) for file in files for row in file.rows if row.event)
    days = {(file.source, file.path.partition("_events_")[2][:10]): file for file in files}
    for file_day, delivery in planted(POPULATION):
        day = date.fromordinal(date(2025, 1, 1).toordinal() + file_day).isoformat()
        file = days[delivery.event.source, day]
        assert held[file.path[-14:], delivery.event] >= 1, (day, delivery)


def test_events_arrive_in_the_file_of_their_arrival_date_except_planted_ones(files):
    strays = [
        row
        for file in files
        for row in file.rows
        if row.event and date.fromordinal(719_163 + row.arrival // 86_400_000).isoformat() not in file.path
    ]
    assert len(strays) == 2


def test_each_record_has_as_many_cells_as_its_header_unless_it_is_unparsable(files):
    for file in files:
        for row in file.rows:
            is_whole = len(cells_of(row.text)) == len(file.layout.columns(file.source))
            assert is_whole == (row.reason != "unparsable_record"), row


def test_a_plain_feed_is_csv_without_malformed_rows_gaps_and_stories():
    plain = list(Feed(POPULATION, longest_late_days=3, is_plain=True).files(0, 40))
    assert len(plain) == 82
    assert {file.layout for file in plain} == {Layout()}
    assert {row.reason for file in plain for row in file.rows} == {""}


def _written(tmp_path, layout: Layout, *texts: str) -> bytes:
    path = tmp_path / "file"
    write_file(path, "web_events", layout, [Row(text, 0, None) for text in texts])
    return path.read_bytes()


ROW = 'item-started,t,u,f,a,Chrome,1,de,1x1,laptop,1,s,free,DE,search,2041,book,"The ""Good"", Leader"'


def test_a_reordered_file_holds_each_cell_below_its_name(tmp_path):
    header, row = _written(tmp_path, Layout(is_reordered=True, has_unknown_column=True), ROW).decode().splitlines()
    record = dict(zip(cells_of(header), cells_of(row), strict=True))
    assert record.pop("consent_version") == "v1"
    assert record == dict(zip(COLUMNS["web_events"], cells_of(ROW), strict=True))


def test_json_sends_numbers_as_numbers_and_nothing_as_null(tmp_path):
    line = _written(tmp_path, Layout(suffix=".ndjson"), ROW.replace(",free,", ",,")).decode()
    assert '"item_id": 2041,' in line and '"user_access_type": null,' in line and '"browser_version": "1",' in line


def test_line_ends_and_byte_order_mark_are_as_declared(tmp_path):
    assert _written(tmp_path, Layout(line_end="\r\n", has_byte_order_mark=True), ROW).startswith(b"\xef\xbb\xbfevent_name,")
    assert _written(tmp_path, Layout(line_end="\r\n"), ROW).count(b"\r\n") == 2
    assert not _written(tmp_path, Layout(has_last_line_end=False), ROW).endswith(b"\n")
