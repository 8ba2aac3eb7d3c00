"""Which task reads which part of which file: equal shares, whole segments."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engagement_lib.landing.preflight import Inspection
from engagement_lib.landing.rows import Piece
from engagement_lib.landing.segments import ROW_GROUP, Segment

SMALLEST_SHARE_BYTES = 4 << 20
TYPICAL_RECORD_BYTES = 200
RUNS_PER_TASK = 4


def share(inspections: Sequence[Inspection], parallelism: int) -> list[list[Piece]]:
    """One list of pieces per task, for at most ``parallelism`` tasks; fewer where there is too little to read.

    A packed file is one piece, because it can only be unpacked from its start.
    """
    files = [piece_of(inspection) for inspection in inspections]
    total = sum(map(_weight, files))
    tasks = max(1, min(parallelism, total // SMALLEST_SHARE_BYTES))
    runs = [run for file in files for run in _runs(file, max(1, total // (tasks * RUNS_PER_TASK)))]
    shares: list[list[Piece]] = [[] for _ in range(tasks)]
    loads = [0] * tasks
    for run in sorted(runs, key=lambda run: (-_weight(run), run.path, run.segments[0].first_record)):
        least = loads.index(min(loads))
        shares[least].append(run)
        loads[least] += _weight(run)
    return [sorted(pieces, key=lambda piece: (piece.path, piece.segments[0].first_record)) for pieces in shares if pieces]


def piece_of(inspection: Inspection) -> Piece:
    """The whole of an accepted file as one piece."""
    arrival = inspection.arrival
    return Piece(
        arrival.path, arrival.uri, arrival.size, inspection.sha256, inspection.format, inspection.compression,
        inspection.header, inspection.columns, dict(inspection.aliases), inspection.has_cr_lines, inspection.header_line,
        tuple(segment for segment in inspection.segments if segment.records),
    )  # fmt: skip


def _runs(file: Piece, size: int) -> Iterator[Piece]:
    """The file in consecutive runs of at least ``size`` bytes, the last one excepted."""
    run: list[Segment] = []
    for segment in file.segments:
        run.append(segment)
        if file.compression is None and sum(map(_segment_weight, run)) >= size:
            yield replace(file, segments=tuple(run))
            run = []
    if run:
        yield replace(file, segments=tuple(run))


def _weight(piece: Piece) -> int:
    return sum(map(_segment_weight, piece.segments))


def _segment_weight(segment: Segment) -> int:
    return segment.records * TYPICAL_RECORD_BYTES if segment.kind == ROW_GROUP else segment.length
