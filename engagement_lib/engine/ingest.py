"""Files that are new in the landing folder -> bronze, each content once."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from pyspark.sql import functions as F

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.interpreting import interpreted
from engagement_lib.engine.lake import Lake, is_conflict
from engagement_lib.engine.ledger import LOADED, REFUSED, REPEATED, Entry, Ledger
from engagement_lib.engine.run import Outcome
from engagement_lib.engine.side_by_side import SPARK_ERRORS
from engagement_lib.engine.table import AppendFiles, Table
from engagement_lib.errors import CheckFailed, is_full_disk, last_words
from engagement_lib.landing.files import Arrival, Skipped, list_arrivals
from engagement_lib.landing.preflight import Inspection, inspect
from engagement_lib.landing.reading import read

#: Records are written in files of about this much input, so that later reads can share them out.
_BYTES_PER_TASK = 96 * 1024 * 1024
_SOURCES_AT_ONCE = 3


@dataclass(frozen=True)
class Landing:
    """Where files land: ``min_age_seconds`` lets uploads settle; ``changed_files`` says what becomes of a path whose content
    changed after it was loaded: ``refuse`` (named in each run) or ``add`` (taken in as a further delivery);
    ``aliases`` maps, per source, other header names to ours.
    """

    root: str
    min_age_seconds: int = 0
    changed_files: str = "refuse"
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class Ingested:
    """What a run found in the landing folder: entries new in the ledger, files left alone, and each bronze table's outcome."""

    entries: list[Entry]
    skipped: list[Skipped]
    outcomes: list[Outcome]


def ingest(
    lake: Lake,
    bronze: Sequence[Table],
    ledger: Ledger,
    landing: Landing,
    *,
    sources: Collection[str],
    load: int,
    run_id: str,
    now: float,
    interpreted_records: int = 0,
) -> Ingested:
    """Inspect what is new, append the accepted files' records, and enter every file into the ledger.

    ``sources`` are all that there are: a file of one that is not among ``bronze`` is left alone and not taken for another's.
    Up to ``interpreted_records`` records are small work (see `interpreted`).
    """
    tables = {each.name: each for each in bronze}
    arrivals, skipped = list_arrivals(landing.root, sources, min_age_seconds=landing.min_age_seconds, now=now)
    unseen = [arrival for arrival in arrivals if arrival.source in tables and not ledger.has_taken_in(arrival)]
    with ThreadPoolExecutor(4) as pool:
        inspections = list(pool.map(lambda a: _inspected(a, tables[a.source], landing), unseen))

    def load_source(table: Table) -> tuple[list[Entry], Outcome]:
        started = time.monotonic()
        lake.spark.sparkContext.setJobDescription(table.id)
        mine = [i for i in inspections if i.arrival.source == table.name]
        judged = _judged(table.name, mine, ledger, landing, load)
        taken = [i for i, entry in zip(mine, judged, strict=True) if entry.verdict == LOADED and entry.load == load]
        try:
            rows = _append(lake, table, taken, load, run_id) if taken else 0
        except (CheckFailed, *SPARK_ERRORS) as problem:
            if is_full_disk(problem):
                raise  # the other sources would fail as well
            # Its files stay unknown to the ledger, but for refused ones: the next run looks at them again.
            refused = [entry for entry in judged if entry.verdict == REFUSED]
            return refused, _failed(table, problem, time.monotonic() - started)
        status, why = "written" if taken else "nothing new", f"{len(taken)} file(s)"
        return judged, Outcome(table.id, status, why, rows=rows, seconds=time.monotonic() - started)

    # Most sources are small: what they take is Spark's and Delta's waiting for each other.
    is_small = sum(i.records or 0 for i in inspections) <= interpreted_records
    with interpreted(lake.spark, is_small=is_small), ThreadPoolExecutor(_SOURCES_AT_ONCE) as pool:
        found = list(pool.map(load_source, bronze))
    entries = [entry for judged, _ in found for entry in judged]
    for entry in entries:
        ledger.put(entry)
    return Ingested(entries, skipped, [outcome for _, outcome in found])


def _failed(table: Table, problem: Exception, seconds: float) -> Outcome:
    if isinstance(problem, CheckFailed):
        failure = problem
    else:
        what = "another run wrote to it meanwhile" if is_conflict(problem) else f"reading failed: {last_words(problem)}"
        failure = CheckFailed(f"{table.id}: {what}; this run loaded none of its files, run again")
        failure.__cause__ = problem
    return Outcome(table.id, "failed", str(failure), seconds=seconds, error=failure)


def _inspected(arrival: Arrival, table: Table, landing: Landing) -> Inspection:
    assert isinstance(table.write, AppendFiles)
    source = table.write.source
    aliases = {**source.aliases, **landing.aliases.get(source.name, {})}
    found = inspect(arrival, columns=source.column_names, required=source.required_names, aliases=aliases)
    return replace(found, missing=tuple(name for name in found.missing if name not in source.may_lack))


def _judged(source: str, inspections: Sequence[Inspection], ledger: Ledger, landing: Landing, load: int) -> list[Entry]:
    """One entry per inspection, in the order of the paths: the first path of a content is loaded, others repeat it."""
    loaded, paths = ledger.loaded(source), ledger.paths(source)
    judged = []
    for found in inspections:
        entry = _entry(source, found, loaded, paths, landing, load)
        if entry.verdict == LOADED:
            loaded[entry.file_hash] = entry
            paths.setdefault(entry.path, set()).add(entry.file_hash)
        judged.append(entry)
    return judged


def _entry(
    source: str, found: Inspection, loaded: Mapping[str, Entry], paths: Mapping[str, set[str]], landing: Landing, load: int
) -> Entry:
    entry = Entry(
        source=source,
        path=found.path,
        file_hash=found.sha256,
        verdict=LOADED,
        reason=found.reason,
        size_bytes=found.arrival.size,
        modified_seconds=found.arrival.modified_at,
        format=found.format,
        records=found.records,
        unknown_columns=tuple(found.unknown),
        missing_columns=tuple(found.missing),
        load=load,
    )
    not_loaded = replace(entry, load=None)
    first = loaded.get(found.sha256)
    if not found.is_accepted and first is not None and first.path == found.path:
        # Its records are in the lake, whatever is said of such a file today.
        return replace(first, modified_seconds=entry.modified_seconds)
    if not found.is_accepted:
        return replace(not_loaded, verdict=REFUSED, records=None)
    if not found.records:
        return replace(not_loaded, events=0, duplicates=0, quarantined=0)
    if first is not None and first.path == found.path:
        # Loaded already; a ledger that was completed from bronze does not know what the file looked like.
        return replace(entry, load=first.load, events=first.events, duplicates=first.duplicates, quarantined=first.quarantined)
    if first is not None:
        reason = f"has the content of {first.path}"
        return replace(not_loaded, verdict=REPEATED, reason=reason, events=0, duplicates=found.records, quarantined=0)
    if (
        any(content in loaded and loaded[content].records for content in paths.get(found.path, ()))
        and landing.changed_files == "refuse"
    ):
        reason = "its content changed after it was loaded; deliver it under another name, or set landing.changed_files: add"
        return replace(not_loaded, verdict=REFUSED, reason=reason, records=None)
    return entry


def _append(lake: Lake, table: Table, files: Sequence[Inspection], load: int, run_id: str) -> int:
    columns = [f.name for f in table.fields if not f.name.startswith("_")]
    cores = lake.spark.sparkContext.defaultParallelism
    parallelism = max(cores, sum(i.arrival.size for i in files) // _BYTES_PER_TASK)
    rows = read(lake.spark, files, columns=columns, parallelism=int(parallelism)).withColumn("_load", F.lit(load).cast("bigint"))
    lake.append(table, rows.select(*[f.name for f in table.fields]), Commit(run_id=run_id, load=load))
    written, expected = lake.versions(table)[0].rows, sum(i.records or 0 for i in files)
    if written != expected:
        raise CheckFailed(
            f"{table.id}: {expected} records were counted in load {load}, {written} were written; nothing after bronze was run"
        )
    return written
