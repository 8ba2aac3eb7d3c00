"""Whatever is delivered and whatever happens to it on its way: as many rows as counted, and what was not hit is exact."""

import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engagement_lib.landing import records, rectangles, segments
from tests.landing.delivered import COLUMNS, HEADER, inspected, records_of

#: Small enough that a few records fill several segments.
SEGMENT_BYTES = 256
CHARACTERS = st.one_of(
    st.sampled_from("a,\"\n\r é\ufeff\u2028😀\\\t'"), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)
# With at most two commas in a value, no line of it looks like a whole record of five fields.
VALUE = st.text(CHARACTERS, max_size=12).filter(lambda value: value.count(",") <= 2)
RECORD = st.tuples(*[VALUE] * len(COLUMNS)).filter(lambda values: list(values) != list(COLUMNS))
#: An open quotation mark before a value of several lines can be read in two ways, both by the rules; before one line it cannot.
ONE_LINE_RECORD = RECORD.filter(lambda values: not set("".join(values)) & set("\r\n"))
BROKEN_LINE = st.sampled_from(
    [
        b'x,"open,c,d,e',
        b'x,b,c,d,"open',
        b'"x"y,b,c,d,e',
        b"x,too,few",
        b"x,b,c,d,too,many",
        b"x,b,c,d,M\xfcller",
        b"x,b,c,d,\0",
        HEADER.encode(),
    ]
)
Values = tuple[str, ...]
#: Lines that open and close quoted fields, and lines of several records, each but the last with a lone CR at its end.
PART = st.sampled_from(["a,b,c,d,e", 'a,b,c,d,"e', 'e"', "\r", 'e"\ra,b,c,d,"e', '"', ",", "é"])
LINE = st.tuples(st.lists(PART, max_size=3).map("".join), st.sampled_from(["\n", "\n", "\r\n"])).map("".join)
#: No field of theirs is open for longer than this, so that it closes within a segment or not at all.
LIMITS = {"MAX_RECORD_BYTES": 24, "MAX_RECORD_LINES": 4}


def written(values: Values, line_end: str, is_quoted: bool) -> bytes:
    """One record as RFC 4180 wants it; the standard library's writer leaves a CR unquoted where lines end with LF."""
    fields = ['"' + value.replace('"', '""') + '"' if is_quoted or set(value) & set('",\r\n') else value for value in values]
    return (",".join(fields) + line_end).encode()


def read(content: bytes, *, segment_bytes: int = SEGMENT_BYTES) -> list[dict[str, Any]]:
    """The records of a file, after their count was compared with the pre-flight's."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(segments, "SEGMENT_BYTES", segment_bytes)
        inspection = inspected(Path(folder), "a.csv", content)
        assert inspection.verdict == "accepted", inspection.reason
        found = records_of(inspection)
    assert [record["_record"] for record in found] == list(range(1, (inspection.records or 0) + 1))
    assert sum(record["_corrupt"] is not None for record in found) == inspection.unparsable
    return found


def survivors(content: bytes) -> list[Values | None]:
    """The values of each record read, None for an unparsable one."""
    found = read(content)
    return [None if record["_corrupt"] is not None else tuple(record[column] or "" for column in COLUMNS) for record in found]


def holds_in_order(records: list[Values | None], expected: list[Values]) -> bool:
    rest = iter(records)
    return all(any(record == values for record in rest) for values in expected)


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORD, max_size=20), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
def test_every_valid_record_is_read_exactly(records: list[Values], line_end: str, is_quoted: bool, has_bom: bool) -> None:
    content = b"".join(written(values, line_end, is_quoted) for values in [COLUMNS, *records])
    assert survivors(b"\xef\xbb\xbf" * has_bom + content) == records


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(ONE_LINE_RECORD, BROKEN_LINE), max_size=20), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_each_broken_line_costs_one_record_and_no_other(parts: list[Values | bytes], line_end: str, is_quoted: bool) -> None:
    lines = [part + line_end.encode() if isinstance(part, bytes) else written(part, line_end, is_quoted) for part in parts]
    expected = [None if isinstance(part, bytes) else part for part in parts]
    assert survivors(HEADER.encode() + line_end.encode() + b"".join(lines)) == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORD, min_size=1, max_size=12), st.data(), st.binary(max_size=4))
def test_any_damage_inside_a_record_leaves_all_others_exact(records: list[Values], data: st.DataObject, garbage: bytes) -> None:
    written_records = [written(values, "\n", is_quoted=False) for values in records]
    hit = data.draw(st.integers(0, len(records) - 1))
    victim = written_records[hit][:-1]
    start = data.draw(st.integers(0, len(victim)))
    end = data.draw(st.integers(start, len(victim)))
    written_records[hit] = victim[:start] + garbage + victim[end:] + b"\n"
    found = survivors(HEADER.encode() + b"\n" + b"".join(written_records))
    others = records[:hit] + records[hit + 1 :]
    assert holds_in_order(found, others)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, min_size=20, max_size=40))
@example([*["a,b,c,d,e\n"] * 7, 'a,b,c,d,"e\n', 'e"\ra,b,c,d,"e\n', 'the end"\n', "a,b,c,d,e\n"])
@example([*["a,b,c,d e\n"] * 7, '\ra,b,c,d,e\ra,b,c,d,"e\n', 'the end"\n', "a,b,c,d,e\n"])
def test_where_a_file_is_cut_makes_no_difference(lines: list[str]) -> None:
    """A segment ended inside the line that follows a quoted field, and was read as another number of records than counted."""
    content = f"{HEADER}\n{''.join(lines)}".encode()
    with pytest.MonkeyPatch.context() as patch:
        for (limit, value), module in product(LIMITS.items(), (records, rectangles)):
            patch.setattr(module, limit, value)
        assert read(content, segment_bytes=100) == read(content, segment_bytes=1 << 20)
