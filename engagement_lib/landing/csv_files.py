"""The pre-flight of a CSV file: its header, and its records counted by the record rule."""

import re
from typing import BinaryIO

from engagement_lib.landing import segments
from engagement_lib.landing.delivery import UTF8_BOM, Unreadable, read_block, refuse_other_encodings, unpacked
from engagement_lib.landing.fields import shape_of, values_of
from engagement_lib.landing.findings import Faults, Findings
from engagement_lib.landing.layout import ColumnNames
from engagement_lib.landing.records import OTHER_HEADER, Grammar, scan
from engagement_lib.landing.rectangles import count_rectangular
from engagement_lib.landing.segments import MIXED, PLAIN, Cut

BLANK_LINES = re.compile(rb"(?:[ \t]*(?:\r\n|\n|\r))*")
LINE = re.compile(rb"[^\r\n]*")
LINE_END = re.compile(rb"\r\n|\n|\r|\Z")


def inspect(delivered: BinaryIO, names: ColumnNames) -> Findings:
    """Reads a CSV file through. Raises ``Unreadable`` with the reason if it cannot be read by name."""
    content, compression = unpacked(delivered)
    start = read_block(content, segments.SEGMENT_BYTES)
    if not start:
        raise Unreadable("the file is empty")
    refuse_other_encodings(start)
    first = BLANK_LINES.match(start, len(UTF8_BOM) if start.startswith(UTF8_BOM) else 0).end()
    header = LINE.match(start, first).group()
    end = LINE_END.match(start, first + len(header))
    layout = names.layout(_names_in(header))
    counting = Counting(Grammar(len(layout.header), header, has_cr_lines=end.group() == b"\r"))
    # ``\Z`` in the pattern counts the header line itself.
    first_line = 1 + len(LINE_END.findall(start, 0, first))
    line_end = counting.grammar.line_end
    found = tuple(segments.cut(content, start[end.end() :], end.end(), first_line, counting.cut_chunk, line_end))
    return Findings(compression, layout, found, counting.faults, counting.grammar.has_cr_lines, header.decode())


class Counting:
    """Counts the records of one file, and keeps in mind those that cannot be parsed."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.faults = Faults()

    def cut_chunk(self, chunk: bytes, is_last: bool, first_line: int) -> Cut:
        """The records of a chunk (see ``segments.cut``). Raises ``Unreadable`` where a file with other columns is appended."""
        whole = chunk if is_last else _without_open_record(chunk, self.grammar.line_end)
        records = count_rectangular(whole, self.grammar)
        if records is not None:
            return Cut(records, len(whole), whole.count(self.grammar.line_end), PLAIN)
        found = scan(chunk, self.grammar, is_last=is_last)
        for record in found.records:
            if record.fault == OTHER_HEADER:
                raise Unreadable(f"line {first_line + record.line} is {OTHER_HEADER}: deliver the joined files one by one")
            if record.fault:
                self.faults.add(f"line {first_line + record.line}: {record.fault}")
        return Cut(len(found.records), found.consumed, found.lines, MIXED)


def _without_open_record(chunk: bytes, line_end: bytes) -> bytes:
    """The chunk up to the line where a quoted field opens that does not end in it; all of it if there is no such line, or it is
    the first."""
    last_mark = chunk.rfind(b'"') if chunk.count(b'"') % 2 else -1
    return chunk[: chunk.rfind(line_end, 0, max(last_mark, 0)) + 1] or chunk


def _names_in(header: bytes) -> list[str]:
    if not header.strip():
        raise Unreadable("the file holds blank lines only")
    _, fault = shape_of(header)
    if fault:
        raise Unreadable(f"the header line cannot be parsed: {fault}")
    try:
        return values_of(header)
    except UnicodeDecodeError as error:
        raise Unreadable(f"the header line is not UTF-8: byte 0x{error.object[error.start]:02x} in a column name") from error
