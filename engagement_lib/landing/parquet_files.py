"""Parquet files: every value as text; pre-flight and rows."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import SEEK_END
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import compute, parquet

from engagement_lib.landing.delivery import Unreadable
from engagement_lib.landing.findings import Findings
from engagement_lib.landing.layout import ColumnNames
from engagement_lib.landing.rows import RowMaker
from engagement_lib.landing.segments import ROW_GROUP, Segment

BATCH_ROWS = 20_000


def inspect(file: BinaryIO, names: ColumnNames) -> Findings:
    """Reads a Parquet file through, as far as to the text of each value. Raises ``Unreadable`` with the reason."""
    try:
        opened = parquet.ParquetFile(file, page_checksum_verification=True)
        layout = names.layout(opened.schema_arrow.names)
        for batch in opened.iter_batches(BATCH_ROWS):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                _check_text(name, column)
        checksums = _checksums(file, opened.metadata, range(opened.metadata.num_row_groups))
    except Unreadable:
        raise
    except Exception as error:  # a damaged file can make Arrow's reader fail in any way
        raise Unreadable(f"not a readable Parquet file ({_first_line(error)})") from error
    first, groups = 1, []
    for at, checksum in enumerate(checksums):
        records = opened.metadata.row_group(at).num_rows
        groups.append(Segment(at, 1, first, first, records, checksum, ROW_GROUP))
        first += records
    return Findings(None, layout, tuple(groups))


def rows(file: BinaryIO, groups: Sequence[Segment], maker: RowMaker) -> Iterator[pa.RecordBatch]:
    """Yields one row per record of some row groups. Raises ``Unreadable`` if they are not what ``inspect`` saw."""
    try:
        opened = parquet.ParquetFile(file, page_checksum_verification=True)
        checksums = _checksums(file, opened.metadata, [group.offset for group in groups])
    except Exception as error:  # another file, or a damaged one, can make Arrow's reader fail in any way
        if isinstance(error, MemoryError) or getattr(error, "errno", None):
            raise
        raise Unreadable("another file") from error
    if checksums != [group.checksum for group in groups]:
        raise Unreadable("other values")
    for group in groups:
        number = group.first_record
        for batch in opened.iter_batches(BATCH_ROWS, row_groups=[group.offset]):
            yield maker.parsed([as_text(column) for column in batch.columns], range(number, number + batch.num_rows))
            number += batch.num_rows


def _checksums(file: BinaryIO, metadata: parquet.FileMetaData, groups: Iterable[int]) -> list[int]:
    """Of each row group the crc32 of what it is read from: the footer of the file, and the bytes of its columns.

    The hash of the file would have every task that reads a few row groups of a big file read all others too.
    """
    file.seek(-metadata.serialized_size - 8, SEEK_END)
    footer, found = zlib.crc32(file.read()), []
    for group in map(metadata.row_group, groups):
        checksum = footer
        for column in map(group.column, range(group.num_columns)):
            file.seek(min(filter(None, (column.dictionary_page_offset, column.data_page_offset))))
            checksum = zlib.crc32(file.read(column.total_compressed_size), checksum)
        found.append(checksum)
    return found


def as_text(column: pa.Array) -> pa.Array:
    """A column as the text that a CSV file has: times in UTC, numbers without exponent, nested values as JSON, '' as null."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        text = _time_text(column)
    elif pa.types.is_floating(column.type):
        text = _number_text(column)
    elif pa.types.is_decimal(column.type):
        text = pa.array([None if value is None else _decimal_text(value) for value in column.to_pylist()], pa.string())
    elif _is_plain(column.type):
        text = column.cast(pa.string())
    else:
        text = pa.array([None if value is None else _spelled(value) for value in column.to_pylist()], pa.string())
    return compute.if_else(compute.equal(text, ""), None, text)


def _time_text(column: pa.Array) -> pa.Array:
    """``yyyy-MM-dd HH:mm:ss.SSS`` as trackers write it, six digits where three do not hold the time: it is part of the event key.

    Digits below a microsecond are cut off, because Spark's times have none: two events that differ in them only are one.
    """
    to_millis = column.cast(pa.timestamp("ms", column.type.tz), safe=False).cast(pa.timestamp("ms"))
    if column.type.unit in ("s", "ms"):
        return to_millis.cast(pa.string())
    micros = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.timestamp("us"))
    is_whole = compute.equal(compute.microsecond(micros), 0)
    return compute.if_else(is_whole, to_millis.cast(pa.string()), micros.cast(pa.string()))


def _number_text(column: pa.Array) -> pa.Array:
    """The fewest digits that give the number again: ``873`` and not ``873.0``, ``12345678901`` and not ``1.2345678901e+10``.

    An id that became a double because some of its column are null is then the id that other files have.
    """
    text = column.cast(pa.string())
    has_exponent = compute.fill_null(compute.match_substring(text, "e"), False)
    spelled = [f"{Decimal(each):f}" for each in text.filter(has_exponent).to_pylist()]
    return compute.replace_with_mask(text, has_exponent, pa.array(spelled, pa.string()))


def _decimal_text(value: Decimal) -> str:
    """Without the zeros that its type adds: a NUMERIC column of a warehouse gives 873 as ``873.000000000``, and 0 as ``0E-9``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_plain(kind: pa.DataType) -> bool:
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return is_text or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date(kind) or pa.types.is_null(kind)


def _spelled(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=_spelled)
    return str(value)


def _check_text(name: str, column: pa.Array) -> None:
    try:
        as_text(column).validate(full=True)
    except (pa.ArrowException, ValueError) as error:
        raise Unreadable(f"column {name} cannot be read as text ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
