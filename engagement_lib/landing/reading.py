"""Accepted files -> one row per record, read by Arrow on Spark's executors.

Spark's own CSV reader binds columns by position, loses records behind an unclosed quotation mark and parses several times slower;
this is a Python data source instead: the pre-flight has cut the files into segments, each task reads some of them.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import LongType, StringType, StructField, StructType

from engagement_lib.errors import InputRefused
from engagement_lib.landing import csv_rows, ndjson_files, parquet_files, segments
from engagement_lib.landing.delivery import Unreadable, read_block, skip_to, unpacked
from engagement_lib.landing.files import open_file, size_of
from engagement_lib.landing.layout import ColumnNames
from engagement_lib.landing.preflight import Inspection
from engagement_lib.landing.rows import TECHNICAL, Corrupt, Piece, RowMaker
from engagement_lib.landing.segments import OVERSIZE, Segment
from engagement_lib.landing.sharing import share


def read(spark: SparkSession, inspections: Sequence[Inspection], *, columns: Sequence[str], parallelism: int) -> DataFrame:
    """One row per record of all accepted files, whatever the shape of each.

    All ``columns`` are strings, null where the record holds nothing. ``_rescued``: JSON object of the unknown columns that hold
    something. ``_corrupt``: the whole text of a record that cannot be parsed (then all columns are null), and
    ``_corrupt_reason``. ``_file``, ``_file_hash`` and ``_record`` (from 1, the header not counted) say where it stands.
    At most ``parallelism`` tasks read.

    The read fails, when it runs, if a file is no longer what the pre-flight saw.
    """
    accepted = [inspection for inspection in inspections if inspection.is_accepted and inspection.records]
    if not accepted:
        return spark.createDataFrame([], row_type(columns))
    spark.dataSource.register(LandingSource)
    tasks = [[asdict(piece) for piece in pieces] for pieces in share(accepted, parallelism)]
    options = {"columns": json.dumps(list(columns)), "tasks": json.dumps(tasks)}
    return spark.read.format(LandingSource.name()).options(**options).load()


def row_type(columns: Sequence[str]) -> StructType:
    """The schema of the rows that ``read`` gives."""
    fields = [StructField(name, StringType()) for name in (*columns, *TECHNICAL[:-1])]
    return StructType([*fields, StructField(TECHNICAL[-1], LongType())])


class LandingSource(DataSource):
    """Spark's view of inspected files: ``columns`` and ``tasks`` come as JSON options from ``read``."""

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "engagement_landing"

    def schema(self) -> StructType:
        """Contract columns as text, then the technical columns."""
        return row_type(json.loads(self.options["columns"]))

    def reader(self, schema: StructType) -> DataSourceReader:
        """The reader of all tasks."""
        return LandingReader(json.loads(self.options["columns"]), json.loads(self.options["tasks"]))


class LandingReader(DataSourceReader):
    """Gives each task its pieces."""

    def __init__(self, columns: list[str], tasks: list[list[dict[str, Any]]]) -> None:
        self._columns = columns
        self._tasks = tasks

    def partitions(self) -> list[InputPartition]:
        """One partition per task."""
        return [InputPartition(task) for task in self._tasks]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Yields the rows of one task."""
        for described in partition.value:
            own = tuple(Segment(**segment) for segment in described["segments"])
            yield from piece_rows(Piece(**{**described, "segments": own}), self._columns)


def piece_rows(piece: Piece, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The rows of one piece of a file. Raises ``InputRefused`` if it is not what the pre-flight saw.

    The same where its rows are not as many as its records were: once they are in the lake, no later run can make them agree.
    """
    rows, records = 0, sum(segment.records for segment in piece.segments)
    for batch in _batches(piece, columns):
        rows += batch.num_rows
        yield batch
    if rows != records:
        raise InputRefused(f"{piece.path}: {records} records were counted, {rows} read; next: take it away to load the others")


def _batches(piece: Piece, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    maker = RowMaker(columns, piece)
    if size_of(piece.uri) != piece.size:
        raise _changed(piece)
    try:
        with open_file(piece.uri) as file:
            if piece.format == "parquet":
                yield from parquet_files.rows(file, piece.segments, maker)
                return
            content = unpacked(file)[0] if piece.compression else file
            for segment in piece.segments:
                yield from _segment_rows(_bytes_of(content, segment), segment, piece, maker, columns)
    except Unreadable as error:
        raise _changed(piece) from error


def _segment_rows(
    data: bytes, segment: Segment, piece: Piece, maker: RowMaker, columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    if segment.kind == OVERSIZE:
        text = data.decode("utf-8", "backslashreplace")
        reason = f"line {segment.first_line}: {segment.length} bytes in one line; the first {len(data)} are kept"
        yield maker.corrupt([Corrupt(segment.first_record, text, reason)])
    elif piece.format == "csv":
        yield from csv_rows.rows(data, segment, piece, maker)
    else:
        yield from ndjson_files.rows(data, segment, maker, ColumnNames(columns, (), piece.aliases))


def _bytes_of(content: BinaryIO, segment: Segment) -> bytes:
    skip_to(content, segment.offset)
    data = read_block(content, min(segment.length, segments.SEGMENT_BYTES))
    if zlib.crc32(data) != segment.checksum:
        raise Unreadable("other bytes")
    return data


def _changed(piece: Piece) -> InputRefused:
    return InputRefused(f"{piece.path} changed between its pre-flight and its reading; next: run again when it is complete")
