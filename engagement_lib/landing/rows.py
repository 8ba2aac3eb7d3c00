"""The shape in which records leave the landing: all contract columns as text, and where each record came from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from engagement_lib.landing.layout import label
from engagement_lib.landing.segments import Segment

# json.dumps would make an encoder per call.
JSON = json.JSONEncoder(ensure_ascii=False)
TECHNICAL = ("_rescued", "_corrupt", "_corrupt_reason", "_file", "_file_hash", "_record")


@dataclass(frozen=True)
class Piece:
    """A part of one accepted file that one task reads; all fields survive a trip through JSON (see ``Inspection``)."""

    path: str
    uri: str
    size: int
    sha256: str
    format: str
    compression: str | None
    header: tuple[str, ...]
    columns: tuple[str | None, ...]
    aliases: dict[str, str]
    has_cr_lines: bool
    header_line: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Corrupt:
    """A record that cannot be parsed: its number in the file, its whole text, and the reason."""

    number: int
    text: str
    reason: str


class RowMaker:
    """Makes record batches in the contract's shape for one file."""

    def __init__(self, columns: Sequence[str], piece: Piece) -> None:
        self._columns = tuple(columns)
        self._piece = piece
        texts = [(name, pa.string()) for name in (*columns, *TECHNICAL[:-1])]
        self._schema = pa.schema([*texts, (TECHNICAL[-1], pa.int64())])

    def parsed(self, file_columns: Sequence[pa.Array], numbers: Sequence[int]) -> pa.RecordBatch:
        """Rows of records that could be parsed, from the columns of the file in the file's order."""
        pairs = list(zip(self._piece.columns, file_columns, strict=True))
        fed = {column: array for column, array in pairs if column is not None}
        unknown = {
            label(self._piece.header[at], at): array.to_pylist()
            for at, (column, array) in enumerate(pairs) if column is None and array.null_count < len(array)
        }  # fmt: skip
        if not unknown:
            return self.mapped(fed, None, numbers)
        rescued = [rescued_text(zip(unknown, held, strict=True)) for held in zip(*unknown.values(), strict=True)]
        return self.mapped(fed, pa.array(rescued, pa.string()), numbers)

    def mapped(self, values: Mapping[str, pa.Array], rescued: pa.Array | None, numbers: Sequence[int]) -> pa.RecordBatch:
        """Rows of records that could be parsed, from contract columns; one without values is null."""
        nothing = pa.nulls(len(numbers), pa.string())
        arrays = [values.get(column, nothing) for column in self._columns]
        return self._batch([*arrays, nothing if rescued is None else rescued, nothing, nothing], numbers)

    def corrupt(self, records: Sequence[Corrupt]) -> pa.RecordBatch:
        """Rows of records that could not be parsed: every contract column is null, the text is kept whole."""
        nothing = pa.nulls(len(records), pa.string())
        texts = pa.array([record.text for record in records], pa.string())
        reasons = pa.array([record.reason for record in records], pa.string())
        arrays = [*[nothing] * len(self._columns), nothing, texts, reasons]
        return self._batch(arrays, [record.number for record in records])

    def _batch(self, arrays: list[pa.Array], numbers: Sequence[int]) -> pa.RecordBatch:
        origin = [pa.repeat(pa.scalar(text, pa.string()), len(numbers)) for text in (self._piece.path, self._piece.sha256)]
        return pa.RecordBatch.from_arrays([*arrays, *origin, pa.array(numbers, pa.int64())], schema=self._schema)


def rescued_text(held: Iterable[tuple[str, str | None]]) -> str | None:
    """The JSON object of the unknown columns of one record that hold something, None if none does."""
    filled = {name: value for name, value in held if value is not None}
    return JSON.encode(filled) if filled else None
