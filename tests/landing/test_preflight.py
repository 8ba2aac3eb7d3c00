"""The pre-flight of one file after the other: every way in which a delivery can be odd, and what is said about it."""

import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from engagement_lib.landing.preflight import inspect
from tests.landing.delivered import COLUMNS, HEADER, REQUIRED, arrive, corrupt, inspected, lines, records_of, titles

FIVE = f"{HEADER}\n{lines(5)}"
PACKED = gzip.compress(FIVE.encode(), mtime=0)
T5 = ["T0", "T1", "T2", "T3", "T4"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(FIVE, id="as agreed"),
        pytest.param("\ufeff" + FIVE, id="BOM"),
        pytest.param(FIVE.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(FIVE.replace("\n", "\r"), id="CR only"),
        pytest.param(FIVE[:-1], id="no line end at the end"),
        pytest.param("\n  \n" + FIVE, id="blank lines before the header"),
        pytest.param(FIVE.replace("T1\n", "T1\n\n\n"), id="blank lines between records"),
        pytest.param(FIVE.replace("T1\n", "T1\n   \n"), id="a line of blanks"),
        pytest.param(FIVE + "\n\n", id="blank lines at the end"),
        pytest.param(FIVE.replace(HEADER, " EVENT-NAME ,User Id,\xa0event_TIMESTAMP,item-id,Item_Title "), id="other spelling"),
        pytest.param(FIVE.replace(HEADER, HEADER.replace("item_id", '"item_id"')), id="quoted header"),
        pytest.param(FIVE.replace("T", '"T').replace("\n", '"\n').replace('title"', "title"), id="quoted titles"),
        pytest.param(PACKED, id="gzip"),
        pytest.param(gzip.compress(FIVE[:90].encode()) + gzip.compress(FIVE[90:].encode()), id="gzip of two members"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV.GZ"])
def test_five_records_are_five_whatever_the_wrapping(tmp_path: Path, name: str, content: str | bytes) -> None:
    inspection = inspected(tmp_path, name, content)
    assert (inspection.verdict, inspection.records, inspection.reason) == ("accepted", 5, "")
    assert titles(inspection) == T5


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    content = "item_title,user_id,event_name,item_id,event_timestamp\nT0,u0,app-open,7,2025-02-04 06:47:00.000\n"
    [record] = records_of(inspected(tmp_path, "a.csv", content))
    assert [record[column] for column in COLUMNS] == ["app-open", "u0", "2025-02-04 06:47:00.000", "7", "T0"]


def test_a_missing_optional_column_is_null_and_named(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.csv", "event_name,user_id,event_timestamp,item_title\na,u,t,T0\n")
    assert inspection.missing == ("item_id",)
    assert records_of(inspection)[0]["item_id"] is None


def test_an_unknown_column_is_kept_and_named(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.csv", f'Mood,{HEADER},\nso "so",a,u,t,1,T0,\n,a,u,t,1,T1,x\n,a,u,t,1,T2,\n')
    assert inspection.unknown == ("Mood", "column 7")
    assert [record["_rescued"] for record in records_of(inspection)] == ['{"Mood": "so \\"so\\""}', '{"column 7": "x"}', None]


def test_an_alias_feeds_its_column(tmp_path: Path) -> None:
    content = "Event,uid,event_timestamp\napp-open,u,t\n"
    inspection = inspected(tmp_path, "a.csv", content, aliases={"event": "event_name", "UID": "user_id", "gone": "no_column"})
    assert inspection.columns == ("event_name", "user_id", "event_timestamp")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the file is empty"),
        ("\n \n", "blank lines only"),
        ("event_name,user_id\na,u\n", "required column(s) event_timestamp missing; the header has event_name, user_id"),
        (lines(5), "first line is not a header, column(s) event_name, user_id, event_timestamp missing"),
        (FIVE.replace(",", ";"), "separated by ';' instead of a comma"),
        (FIVE.replace(",", "\t"), "separated by a tab instead of a comma"),
        (FIVE.replace(",", "|"), "separated by '|' instead of a comma"),
        (f"{HEADER},item_title\n", "column item_title is there 2 times in the header: 'item_title', 'item_title'"),
        (f"{HEADER},Item Title\n", "column item_title is there 2 times in the header: 'item_title', 'Item Title'"),
        (f"{HEADER},x,x\n", "column name 'x' is there 2 times in the header"),
        (f"{HEADER},x,x \n", "column name 'x' is there 2 times in the header"),
        ("a" * 200_000 + ";b\n", "first line is not a header"),
        (f'"{HEADER}\n', "the header line cannot be parsed: a quoted field is never closed"),
        (HEADER.encode() + b",M\xfcller\n", "the header line is not UTF-8: byte 0xfc"),
        (FIVE.encode("utf-16"), "UTF-16 (little endian)"),
        (FIVE.encode("utf-16-be"), "UTF-16 (big endian)"),
        (FIVE.encode("utf-32"), "UTF-32 (little endian)"),
        (b"PK\x03\x04abc", "a zip archive or a spreadsheet"),
        (b"\xff\xfe\x00\x00", "UTF-32 (little endian)"),
        (PACKED[:-12], "ends too early"),
        (PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "the compressed file is damaged (CRC check failed"),
        (PACKED + b"garbage", "the compressed file is damaged (Not a gzipped file"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (FIVE + "item_title,user_id,event_name,item_id,event_timestamp\n", "line 7 is a second header line with other columns"),
        (FIVE + "user_id,event_timestamp,new\na,b,c\n", "line 7 is a second header line with other columns"),
    ],
)
def test_what_cannot_be_read_by_name_is_refused_with_the_reason(tmp_path: Path, content: str | bytes, reason: str) -> None:
    inspection = inspected(tmp_path, "a.csv", content)
    assert (inspection.verdict, inspection.records) == ("refused", None)
    assert reason in inspection.reason
    assert "\n" not in inspection.reason
    assert len(inspection.sha256) == 64


@pytest.mark.parametrize(
    ("damage", "unparsable", "reason"),
    [
        pytest.param("a,u,t", {3: "a,u,t"}, "3 fields instead of 5", id="short"),
        pytest.param("a,u,t,1,T,x", {3: "a,u,t,1,T,x"}, "6 fields instead of 5", id="long"),
        pytest.param("a,u,t,1,Thinking, Fast", {3: "a,u,t,1,Thinking, Fast"}, "6 fields instead of 5", id="unquoted comma"),
        pytest.param('a,u,t,1,"T', {3: 'a,u,t,1,"T'}, "a quoted field is never closed", id="open quote, last column"),
        pytest.param('a,u,"t,1,T', {3: 'a,u,"t,1,T'}, "a quoted field is never closed", id="open quote, middle column"),
        pytest.param(
            'a,u,t,1,"T"x', {3: 'a,u,t,1,"T"x'}, "text after the closing quotation mark at byte 11", id="text after quote"
        ),
        pytest.param(HEADER, {3: HEADER}, "the header line once more", id="header again"),
        pytest.param("\ufeff" + HEADER, {3: "\ufeff" + HEADER}, "the header line once more", id="header again after a BOM"),
        pytest.param(b"a,u,t,1,M\xfcller", {3: "a,u,t,1,M\\xfcller"}, "not UTF-8: byte 0xfc at byte 10", id="latin-1"),
        pytest.param("a,u,t,1,T\0", {3: "a,u,t,1,T\0"}, "a NUL byte at byte 10", id="NUL"),
        pytest.param("," * 25_000, {3: "," * 25_000}, "25001 fields instead of 5", id="25,000 commas"),
        pytest.param("a,u,t,1," + "x" * (1 << 20), {3: "a,u,t,1," + "x" * (1 << 20)}, "1048584 bytes in one record", id="1 MiB"),
        pytest.param('a,u,t,1,"T\nmore"x', {3: 'a,u,t,1,"T', 4: 'more"x'}, "a quoted field is never closed", id="broken across"),
        pytest.param('a,u,t,1,"T\nmore",x', {3: 'a,u,t,1,"T\nmore",x'}, "6 fields instead of 5", id="long across lines"),
    ],
)
def test_one_damaged_record_costs_itself_and_is_kept_whole(
    tmp_path: Path, damage: str | bytes, unparsable: dict[int, str], reason: str
) -> None:
    damaged = damage.encode() if isinstance(damage, str) else damage
    content = f"{HEADER}\n{lines(2)}".encode() + damaged + b"\n" + lines(3, first=2).encode()
    inspection = inspected(tmp_path, "a.csv", content)
    assert inspection.verdict == "accepted"
    assert inspection.records == 5 + len(unparsable)
    assert inspection.unparsable == len(unparsable)
    assert f"line 4: {reason}" in inspection.reason
    assert corrupt(inspection) == unparsable
    assert [title for title in titles(inspection) if title] == T5
    assert all((record["_corrupt_reason"] is None) == (record["_corrupt"] is None) for record in records_of(inspection))


def test_a_file_cut_off_in_a_record_keeps_the_piece_apart(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.csv", FIVE + "item-started,u5,2025")
    assert corrupt(inspection) == {6: "item-started,u5,2025"}


def test_a_header_alone_is_accepted_with_a_word(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.csv", HEADER)
    assert (inspection.verdict, inspection.records, inspection.reason) == ("accepted", 0, "no records in the file")
    assert records_of(inspection) == []


def test_a_line_of_commas_is_a_record_without_values(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.csv", f"{HEADER}\n,,,,\n{lines(1)}")
    assert [record["event_name"] for record in records_of(inspection)] == [None, "item-started"]


def test_the_hash_is_that_of_the_delivered_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(FIVE.encode(), mtime=0)
    assert inspected(tmp_path, "a.csv.gz", packed).sha256 == hashlib.sha256(packed).hexdigest()
    assert inspected(tmp_path, "b.csv", b"PK\x03\x04" * 999).sha256 == hashlib.sha256(b"PK\x03\x04" * 999).hexdigest()


def test_a_file_that_grew_since_it_was_listed_is_refused_without_a_hash(tmp_path: Path) -> None:
    arrival = replace(arrive(tmp_path, "a.csv", FIVE), size=10)
    inspection = inspect(arrival, columns=COLUMNS, required=REQUIRED)
    assert (inspection.verdict, inspection.sha256) == ("refused", "")
    assert "changed while it was read" in inspection.reason


def test_a_file_that_vanished_is_refused_by_name(tmp_path: Path) -> None:
    arrival = replace(arrive(tmp_path, "a.csv", FIVE), uri=str(tmp_path / "b.csv"))
    assert inspect(arrival, columns=COLUMNS, required=REQUIRED).reason == "cannot be read (No such file or directory)"
