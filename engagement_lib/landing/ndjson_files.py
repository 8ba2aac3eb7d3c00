"""NDJSON files: one JSON object a line; pre-flight and rows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from json import JSONDecodeError
from typing import Any, BinaryIO

import pyarrow as pa

from engagement_lib.landing import segments
from engagement_lib.landing.delivery import UTF8_BOM, Unreadable, read_block, refuse_other_encodings, unpacked
from engagement_lib.landing.findings import Findings
from engagement_lib.landing.json_text import parse, to_text
from engagement_lib.landing.layout import ColumnNames, Layout, label
from engagement_lib.landing.records import MAX_RECORD_BYTES
from engagement_lib.landing.rows import Corrupt, RowMaker, rescued_text
from engagement_lib.landing.segments import PLAIN, Cut, Segment

SAMPLED_LINES = 1000
BATCH_ROWS = 20_000


def inspect(delivered: BinaryIO, names: ColumnNames) -> Findings:
    """Reads an NDJSON file through; its header are the keys that `_Keys` finds. Raises ``Unreadable`` with the reason."""
    content, compression = unpacked(delivered)
    start = read_block(content, segments.SEGMENT_BYTES)
    if not start:
        raise Unreadable("the file is empty")
    refuse_other_encodings(start)
    offset = len(UTF8_BOM) if start.startswith(UTF8_BOM) else 0
    if start[offset:].lstrip()[:1] == b"[":
        raise Unreadable("the content is one JSON array; one object per line is expected")
    keys = _Keys(names)
    found = tuple(segments.cut(content, start[offset:], offset, 1, keys.cut_chunk, b"\n"))
    return Findings(compression, keys.layout(sum(segment.records for segment in found)), found)


def rows(data: bytes, segment: Segment, maker: RowMaker, names: ColumnNames) -> Iterator[pa.RecordBatch]:
    """Yields one row per non-blank line of the segment, whose bytes are ``data``."""
    fed: dict[str, str | None] = {}
    number, parsed, corrupt = segment.first_record, [], []
    for line, raw in enumerate(data.split(b"\n"), segment.first_line):
        if not raw.strip():
            continue
        try:
            parsed.append((number, *_record(raw, names, fed)))
        except ValueError as error:
            corrupt.append(Corrupt(number, raw.decode("utf-8", "backslashreplace"), f"line {line}: {_reason(error)}"))
        number += 1
        if len(parsed) == BATCH_ROWS:
            yield _batch(parsed, maker, names)
            parsed = []
    if parsed:
        yield _batch(parsed, maker, names)
    if corrupt:
        yield maker.corrupt(corrupt)


def _record(raw: bytes, names: ColumnNames, fed: dict[str, str | None]) -> tuple[dict[str, str | None], str | None]:
    if len(raw) > MAX_RECORD_BYTES:
        raise ValueError(f"{len(raw)} bytes in one record, more than {MAX_RECORD_BYTES}")
    held = parse(raw.decode())
    if not isinstance(held, dict):
        raise ValueError("not a JSON object")
    values: dict[str, str | None] = {}
    unknown: dict[str, str | None] = {}
    for name, value in held.items():
        if name not in fed:
            fed[name] = names.column(name)
        column, text = fed[name], to_text(value)
        if text is not None and "\0" in text:
            raise ValueError(f"a NUL character in {name!r}")
        if column is None:
            kept_as = label(name, 0)
            if kept_as in unknown:
                raise ValueError(f"two keys are kept as {kept_as!r}")
            unknown[kept_as] = text
        elif values.get(column) is not None and text is not None:
            raise ValueError(f"two keys feed column {column}")
        else:
            values[column] = text if text is not None else values.get(column)
    rescued = rescued_text(unknown.items()) if unknown else None
    for text in (*values.values(), rescued):
        if text is not None and not text.isascii():
            text.encode()  # half of a surrogate pair is no character
    return values, rescued


def _reason(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: byte 0x{error.object[error.start]:02x} at byte {error.start + 1} of the record"
    if isinstance(error, UnicodeEncodeError):
        return "half of a surrogate pair, which is no character"
    if isinstance(error, JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1} of the record"
    return str(error)


def _batch(parsed: list[tuple[int, dict[str, str | None], str | None]], maker: RowMaker, names: ColumnNames) -> pa.RecordBatch:
    held = [values for _, values, _ in parsed]
    arrays = {column: pa.array([values.get(column) for values in held], pa.string()) for column in names.columns}
    return maker.mapped(arrays, pa.array([rescued for _, _, rescued in parsed], pa.string()), [number for number, _, _ in parsed])


class _Keys:
    """The keys of the first lines, and of as many more as it takes to see each required one, whatever their order.

    A tracker may leave out a key without a value: unless all lines were looked at, nobody knows that another one is missing.
    """

    def __init__(self, names: ColumnNames) -> None:
        self._names = names
        self._found: dict[str, None] = {}
        self._is_complete = True

    def cut_chunk(self, chunk: bytes, is_last: bool, first_line: int) -> Cut:
        lines = chunk.split(b"\n")
        sampled = SAMPLED_LINES if first_line == 1 else 0
        self._look_at(lines[:sampled])
        if not self._found or self._names.absent(self._found):
            self._look_at(lines[sampled:])
        elif any(line.strip() for line in lines[sampled:]):
            self._is_complete = False
        return Cut(sum(1 for line in lines if line.strip()), len(chunk), len(lines) - 1, PLAIN)

    def _look_at(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            held = _parsed_or_none(line)
            if isinstance(held, dict):
                # Half of a surrogate pair would end whatever prints the name.
                self._found |= {name.encode("utf-8", "backslashreplace").decode(): None for name in held}

    def layout(self, records: int) -> Layout:
        """What the keys feed. Raises ``Unreadable`` where there are none, or a required one is not among them."""
        if not records:
            raise Unreadable("the file holds blank lines only")
        if not self._found:
            raise Unreadable(f"none of the {records} lines is a JSON object that has each key once")
        layout = self._names.layout(list(self._found), may_repeat=True)
        return layout if self._is_complete else replace(layout, missing=())


def _parsed_or_none(line: bytes) -> Any:
    try:
        return parse(line.decode())
    except ValueError:
        return None
