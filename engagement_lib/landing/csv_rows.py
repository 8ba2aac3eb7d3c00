"""The records of a CSV segment as rows: by Arrow where each record is well-formed, else record by record."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyarrow import csv as arrow_csv

from engagement_lib.landing.delivery import UTF8_BOM
from engagement_lib.landing.fields import values_of
from engagement_lib.landing.records import Grammar, Record, scan
from engagement_lib.landing.rows import Corrupt, Piece, RowMaker
from engagement_lib.landing.segments import PLAIN, Segment


def rows(data: bytes, segment: Segment, piece: Piece, maker: RowMaker) -> Iterator[pa.RecordBatch]:
    """Yields one row per record of the segment, whose bytes are ``data``."""
    if segment.kind == PLAIN:
        columns = _by_arrow(data, len(piece.header))
        if columns is not None and len(columns[0]) == segment.records:
            yield maker.parsed(columns, range(segment.first_record, segment.first_record + segment.records))
            return
    grammar = Grammar(len(piece.header), piece.header_line.encode(), piece.has_cr_lines)
    numbered = list(enumerate(scan(data, grammar, is_last=True).records, segment.first_record))
    yield from _parsable([(number, record) for number, record in numbered if not record.fault], maker, len(piece.header))
    corrupt = [_corrupt(number, record, segment) for number, record in numbered if record.fault]
    if corrupt:
        yield maker.corrupt(corrupt)


def _corrupt(number: int, record: Record, segment: Segment) -> Corrupt:
    text = record.raw.decode("utf-8", "backslashreplace")
    return Corrupt(number, text, f"line {segment.first_line + record.line}: {record.fault}")


def _parsable(numbered: Sequence[tuple[int, Record]], maker: RowMaker, fields: int) -> Iterator[pa.RecordBatch]:
    # Arrow ends a record at a lone CR even where the file does not, so those are taken apart here.
    by_arrow = [(number, record) for number, record in numbered if b"\r" not in record.raw]
    by_hand = [(number, record) for number, record in numbered if b"\r" in record.raw]
    if by_arrow:
        columns = _by_arrow(b"\n".join(record.raw for _, record in by_arrow), fields)
        if columns is not None and len(columns[0]) == len(by_arrow):
            yield maker.parsed(columns, [number for number, _ in by_arrow])
        else:
            by_hand = list(numbered)
    if by_hand:
        values = zip(*(values_of(record.raw) for _, record in by_hand), strict=True)
        columns = [pa.array([value or None for value in column], pa.string()) for column in values]
        yield maker.parsed(columns, [number for number, _ in by_hand])


def _by_arrow(data: bytes, fields: int) -> list[pa.Array] | None:
    """The columns as text, None if Arrow sees other records than the record rule does."""
    if data.startswith(UTF8_BOM):
        data = b"\n" + data  # or Arrow would take the first characters of the first value for a mark
    names = [str(at) for at in range(fields)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), check_utf8=False,
                null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    return [column.combine_chunks() for column in table.columns]
