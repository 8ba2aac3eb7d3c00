"""Whether a file is fit to be read, found out in one sequential read before Spark sees it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO

from engagement_lib.landing import csv_files, ndjson_files, parquet_files
from engagement_lib.landing.delivery import Delivered, Unreadable
from engagement_lib.landing.files import Arrival, open_file, size_of
from engagement_lib.landing.findings import Findings
from engagement_lib.landing.layout import ColumnNames
from engagement_lib.landing.segments import Segment

ACCEPTED = "accepted"
REFUSED = "refused"
MAX_REASON = 500
FORMATS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson", ".parquet": "parquet"}


@dataclass(frozen=True)
class Inspection:
    """The pre-flight of one file; an accepted one can be read without surprises.

    ``sha256`` is that of the bytes as delivered, '' if they could not be read through or changed meanwhile. ``header`` are the
    names as in the file (NDJSON: keys of some lines), ``columns`` the contract column that each feeds (None = unknown, kept
    in ``_rescued``), ``unknown`` the names of those, ``missing`` the contract columns that the file does not have. ``records``
    counts all records, None if refused; ``unparsable`` those that will be kept as text only (for NDJSON they come to light when
    it is read). ``reason`` is one sentence, '' if there is nothing to say.
    """

    arrival: Arrival
    format: str
    verdict: str
    reason: str = ""
    sha256: str = ""
    compression: str | None = None
    header: tuple[str, ...] = ()
    columns: tuple[str | None, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    records: int | None = None
    unparsable: int = 0
    has_cr_lines: bool = False
    header_line: str = ""
    segments: tuple[Segment, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Path below the landing root."""
        return self.arrival.path

    @property
    def is_accepted(self) -> bool:
        """Whether the file may be read."""
        return self.verdict == ACCEPTED


def inspect(
    arrival: Arrival,
    *,
    columns: Sequence[str],
    required: Collection[str],
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> Inspection:
    """Reads one file through and says whether it can be read, and how many records it holds.

    ``columns`` are the contract's columns, ``required`` those that a file must have, ``aliases`` maps other names to them. Never
    raises for what is wrong with a file: that is its ``reason``. A file that changes meanwhile is refused without a sha256.
    """
    names = ColumnNames(columns, required, aliases)
    form = format_of(arrival.path)
    try:
        with open_file(arrival.uri) as file:
            found, sha256, size = _read_through(file, form, names)
        now = size_of(arrival.uri)
    except OSError as error:
        return Inspection(arrival, form, REFUSED, f"cannot be read ({error.strerror or error})")
    if not arrival.size == size == now:
        sizes = f"{arrival.size} bytes when listed, {size} when read, {now} now"
        return Inspection(arrival, form, REFUSED, f"the file changed while it was read ({sizes}): it may still be on its way")
    if isinstance(found, Unreadable):
        return Inspection(arrival, form, REFUSED, str(found)[:MAX_REASON], sha256)
    layout = found.layout
    return Inspection(
        arrival, form, ACCEPTED, found.note, sha256, found.compression,
        layout.header, layout.columns, layout.unknown, layout.missing,
        found.records, found.unparsable, found.has_cr_lines, found.header_line, found.segments, aliases,
    )  # fmt: skip


def format_of(path: str) -> str:
    """'csv', 'ndjson' or 'parquet', by the file's name."""
    name = path.lower().removesuffix(".gz")
    return FORMATS[name[name.rfind(".") :]]


def _read_through(file: BinaryIO, form: str, names: ColumnNames) -> tuple[Findings | Unreadable, str, int]:
    """(findings or what is wrong, sha256, bytes read)."""
    delivered = Delivered(file)
    try:
        if form != "parquet":
            found: Findings | Unreadable = (csv_files if form == "csv" else ndjson_files).inspect(delivered, names)
        else:
            # Parquet is read from its end: the bytes are hashed first.
            delivered.finish()
            file.seek(0)
            found = parquet_files.inspect(file, names)
    except Unreadable as reason:
        found = reason
    return found, delivered.finish(), delivered.size
