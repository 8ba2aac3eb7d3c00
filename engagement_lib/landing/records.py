"""The record rule of CSV: where a record begins and ends, and which records cannot be parsed.

A record is what RFC 4180 says, with LF, CRLF or CR at its end; blank lines are none. Where RFC 4180 is broken inside quotes, the
first physical line is taken as one unparsable record and reading goes on at the next line: one forgotten quotation mark costs one
record and never swallows its neighbours.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from engagement_lib.landing.fields import UNCLOSED, has_bare_quote, shape_of, values_of
from engagement_lib.landing.layout import canonical

MAX_RECORD_BYTES = 1 << 20
MAX_RECORD_LINES = 200
# From this many columns on, a line of free text does not have exactly the right number of commas by chance.
TELLING_COLUMNS = 4
TELLING_NAME_BYTES = 8
LONE_CR = re.compile(rb"\r(?!\n)")

HEADER_AGAIN = "the header line once more"
OTHER_HEADER = "a second header line with other columns"


@dataclass(frozen=True)
class Grammar:
    """What the records of one file look like: number of fields, its header line, and whether a lone CR ends its lines."""

    fields: int
    header: bytes
    has_cr_lines: bool = False

    @property
    def line_end(self) -> bytes:
        """The byte that every physical line but the last ends with."""
        return b"\r" if self.has_cr_lines else b"\n"

    @cached_property
    def marker(self) -> bytes:
        """Bytes that occur where a header is repeated, and hardly elsewhere."""
        longest = max(self.header.split(b","), key=len)
        return longest if len(longest) >= TELLING_NAME_BYTES else self.header

    @cached_property
    def names(self) -> list[str]:
        """The column names of the header."""
        return [canonical(name) for name in values_of(self.header)]


class Record(NamedTuple):
    """One record: its bytes without the line end, its first physical line (from 0), and why it cannot be parsed ('' = it can)."""

    raw: bytes
    line: int
    fault: str


@dataclass(frozen=True)
class Scan:
    """The records of a chunk; the bytes after ``consumed`` belong to a record that may go on in the next chunk."""

    records: list[Record]
    consumed: int
    lines: int


def scan(chunk: bytes, grammar: Grammar, *, is_last: bool) -> Scan:
    """Cuts a chunk that starts at a record into its records, line by line. ``is_last``: nothing follows the chunk."""
    lines = chunk.splitlines(keepends=True) if grammar.has_cr_lines else _lf_lines(chunk)
    commas = grammar.fields - 1 if is_sound(chunk, grammar) else 0
    records: list[Record] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if commas and line.count(b",") == commas and b'"' not in line and len(line) <= MAX_RECORD_BYTES:
            records.append(Record(_without_end(line), at, ""))
            at += 1
            continue
        text = _without_end(line)
        shape = shape_of(text)
        if not text.strip(b" \t\r"):
            at += 1
        elif shape[0] != grammar.fields and LONE_CR.search(text):
            lines[at : at + 1] = line.splitlines(keepends=True)
        else:
            taken, record = 1, None
            if shape[1] == UNCLOSED:
                taken, record = _across_lines(lines, at, grammar, is_last)
                if not taken:
                    at = _start_of_line(lines, at, grammar)
                    break
            records.append(record or Record(text, at, _fault_of(text, shape, grammar)))
            at += taken
    return Scan([record for record in records if record.line < at], sum(map(len, lines[:at])), at)


def is_sound(chunk: bytes, grammar: Grammar) -> bool:
    """Whether nothing in the bytes of a chunk, whatever its lines, makes a record unparsable."""
    if b"\0" in chunk or grammar.marker in chunk:
        return False
    if not chunk.isascii():
        try:
            chunk.decode()
        except UnicodeDecodeError:
            return False
    return True


def _across_lines(lines: list[bytes], at: int, grammar: Grammar, is_last: bool) -> tuple[int, Record | None]:
    """(lines taken, record) for a quoted field left open in line ``at``.

    No record: the line is one by itself, the field is never closed. No lines: the chunk ends before that can be told.
    """
    size = len(lines[at])
    for end in range(at + 1, min(len(lines), at + MAX_RECORD_LINES)):
        size += len(lines[end])
        if size > MAX_RECORD_BYTES:
            return 1, None
        if b'"' not in lines[end]:
            continue
        text = _without_end(b"".join(lines[at : end + 1]))
        shape = shape_of(text)
        if shape[1] == UNCLOSED:
            continue
        # Too few fields say that the closing mark was meant to open a field of a later record.
        is_misread = bool(shape[1]) or shape[0] < grammar.fields or has_bare_quote(text)
        if is_misread or _hides_a_record(lines[at + 1 : end + 1], grammar):
            return 1, None
        return end + 1 - at, Record(text, at, _fault_of(text, shape, grammar))
    return (1 if is_last or len(lines) >= at + MAX_RECORD_LINES else 0), None


def _start_of_line(lines: list[bytes], at: int, grammar: Grammar) -> int:
    """Where the physical line begins of which ``lines[at]`` is a part: a chunk that ended inside it would be read otherwise,
    because a quoted field of an earlier line is judged by the lines that follow as they stand."""
    while at and not lines[at - 1].endswith((grammar.line_end, b"\n")):
        at -= 1
    return at


def _hides_a_record(lines: list[bytes], grammar: Grammar) -> bool:
    """Whether one of the lines is a whole record by itself: then the quotation mark before it was never meant to include it."""
    if grammar.fields < TELLING_COLUMNS:
        return False
    texts = [_without_end(line) for line in lines if line.count(b",") >= grammar.fields - 1]
    return any(shape_of(text) == (grammar.fields, "") and not has_bare_quote(text) for text in texts)


def _fault_of(text: bytes, shape: tuple[int, str], grammar: Grammar) -> str:
    if len(text) > MAX_RECORD_BYTES:
        return f"{len(text)} bytes in one record, more than {MAX_RECORD_BYTES}"
    try:
        text.decode()
    except UnicodeDecodeError as error:
        return f"not UTF-8: byte 0x{text[error.start]:02x} at byte {error.start + 1} of the record"
    if b"\0" in text:
        return f"a NUL byte at byte {text.index(0) + 1} of the record"
    fields, fault = shape
    if grammar.marker in text and not fault:
        fault = _header_in(text, grammar)
    return fault or ("" if fields == grammar.fields else f"{fields} fields instead of {grammar.fields}")


def _header_in(text: bytes, grammar: Grammar) -> str:
    cells = [canonical(value) for value in values_of(text)]
    if cells == grammar.names:
        return HEADER_AGAIN
    shared = len(set(cells) & set(grammar.names))
    return OTHER_HEADER if shared >= 2 and 2 * shared >= len(cells) else ""


def _without_end(line: bytes) -> bytes:
    if line.endswith(b"\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith((b"\n", b"\r")) else line


def _lf_lines(chunk: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in chunk.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
