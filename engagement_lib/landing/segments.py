"""The content of a text file cut into segments of whole records, so that many readers can share one big file."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from engagement_lib.landing.delivery import read_block

SEGMENT_BYTES = 8 << 20

PLAIN = "plain"
MIXED = "mixed"
OVERSIZE = "oversize"
ROW_GROUP = "row group"


@dataclass(frozen=True)
class Segment:
    """A run of whole records of one file.

    ``offset`` and ``length`` are in bytes of the unpacked content (for Parquet: number of the row group, and 1).
    ``first_record`` and ``first_line`` count from 1. ``checksum`` is the crc32 of its bytes (of the first ``SEGMENT_BYTES``; for
    Parquet with those of the file's footer).
    ``kind``: ``PLAIN`` = each record is well-formed; ``MIXED`` = to be read record by record;
    ``OVERSIZE`` = one line longer than a segment; ``ROW_GROUP`` of a Parquet file.
    """

    offset: int
    length: int
    first_record: int
    first_line: int
    records: int
    checksum: int
    kind: str


@dataclass(frozen=True)
class Cut:
    """What a chunk begins with: so many whole records in so many bytes and lines, and the kind of segment they make."""

    records: int
    consumed: int
    lines: int
    kind: str


CutChunk = Callable[[bytes, bool, int], Cut]


def cut(content: BinaryIO, start: bytes, offset: int, first_line: int, cut_chunk: CutChunk, line_end: bytes) -> Iterator[Segment]:
    """Cuts ``content`` into segments, from its ``offset`` on, which is where physical line ``first_line`` begins.

    ``start`` are the bytes from there on that were read already. ``cut_chunk(chunk, is_last, first_line)`` is given whole lines
    that start at a record; ``is_last`` says that nothing follows. Raises ``Unreadable`` where a compressed file is damaged.
    """
    chunk, record, line, is_last = start, 1, first_line, False
    while True:
        if len(chunk) < SEGMENT_BYTES and not is_last:
            wanted = SEGMENT_BYTES - len(chunk)
            block = read_block(content, wanted)
            is_last = len(block) < wanted
            chunk += block
        if not chunk:
            return
        # The last byte is left out of the search: a CR there may be the first half of a CRLF.
        whole = len(chunk) if is_last else chunk.rfind(line_end, 0, len(chunk) - 1) + 1
        if whole == 0:
            length, rest = _skip_line(content, len(chunk), line_end)
            found, checksum, chunk = Cut(1, length, 1, OVERSIZE), zlib.crc32(chunk), rest
        else:
            lines = chunk[:whole]
            found = cut_chunk(lines, is_last, line)
            if not found.consumed:  # a record that might go on, before a line that is too long for it
                found = cut_chunk(lines, True, line)
            checksum, chunk = zlib.crc32(lines[: found.consumed]), chunk[found.consumed :]
        yield Segment(offset, found.consumed, record, line, found.records, checksum, found.kind)
        offset, record, line = offset + found.consumed, record + found.records, line + found.lines


def _skip_line(content: BinaryIO, length: int, line_end: bytes) -> tuple[int, bytes]:
    """(full length of a line of which ``length`` bytes were read, the bytes read beyond it)."""
    while block := read_block(content, SEGMENT_BYTES):
        end = block.find(line_end) + 1
        if end:
            return length + end, block[end:]
        length += len(block)
    return length, b""
