"""Generating a landing folder: days in parallel, the result independent of how many processes work on it."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TextIO

from engagement_lib.generator.entities import COLUMNS, Entities
from engagement_lib.generator.facts import Fact, facts_of
from engagement_lib.generator.feed import Feed
from engagement_lib.generator.layouts import line_of, new_file, write_file
from engagement_lib.generator.population import Population
from engagement_lib.generator.records import Record
from engagement_lib.generator.trackers import COLUMNS as EVENT_COLUMNS
from engagement_lib.generator.truth import Truth

LONGEST_BLOCK_DAYS = 16  # a block makes the day before its first one again


@dataclass(frozen=True)
class Data:
    """What the events are; the same values are the same bytes."""

    seed: int
    first_day: date
    days: int
    users: int
    activity: float
    longest_late_days: int
    is_plain: bool

    def feed(self) -> Feed:
        """The files of events."""
        return Feed(self._population(), self.longest_late_days, self.is_plain)

    def entities(self) -> Entities | None:
        """The files of entities; plain data have none."""
        return None if self.is_plain else Entities(self._population())

    def paths(self, last: int) -> set[str]:
        """Where all files up to a day may lie."""
        entities = self.entities()
        return self.feed().paths(0, last) | (set() if entities is None else entities.paths(0, last))

    def _population(self) -> Population:
        return Population(self.seed, self.first_day, self.users, self.activity)


@dataclass(frozen=True)
class Written:
    """One written file; ``facts`` is empty where truth is not asked for."""

    path: str
    records: int
    size: int
    facts: list[Fact | str]
    told: list[Record] = field(default_factory=list)  # by a file of entities


def generate(data: Data, out: Path, first: int, last: int, processes: int, with_truth: bool) -> Iterator[Written]:
    """Write the files that arrive on days ``first`` to ``last`` (counted from 0); yields them in order, entities last."""
    length = min(LONGEST_BLOCK_DAYS, -(-(last - first + 1) // processes))
    blocks = [(start, min(start + length - 1, last)) for start in range(first, last + 1, length)]
    if processes == 1 or len(blocks) == 1:
        for block in blocks:
            yield from _write_block(data, out, *block, with_truth)
        yield from _write_entities(data, out, first, last, with_truth)
        return
    with ProcessPoolExecutor(processes) as pool:
        futures = [pool.submit(_write_block, data, out, *block, with_truth) for block in blocks]
        futures.append(pool.submit(_write_entities, data, out, first, last, with_truth))
        for future in futures:
            yield from future.result()


def _write_block(data: Data, out: Path, first: int, last: int, with_truth: bool) -> list[Written]:
    written = []
    for file in data.feed().files(first, last):
        path = out / file.path
        write_file(path, file.source, file.layout, file.rows)
        facts = facts_of(file.rows) if with_truth else []
        written.append(Written(file.path, len(file.rows), path.stat().st_size, facts))
    return written


def _write_entities(data: Data, out: Path, first: int, last: int, with_truth: bool) -> list[Written]:
    entities = data.entities()
    if entities is None:
        return []
    counts: Counter[str] = Counter()
    told: defaultdict[str, list[Record]] = defaultdict(list)
    files: dict[str, TextIO] = {}
    with ExitStack() as stack:
        for path, record in entities.records(first, last):
            if path not in files:
                files[path] = stack.enter_context(new_file(out / path))
                files[path].write(line_of(COLUMNS[path.partition("/")[0]]) + "\n")
            files[path].write(line_of(record.cells) + "\n")
            counts[path] += 1
            if with_truth:
                told[path].append(record)
    return [Written(path, counts[path], (out / path).stat().st_size, [], told[path]) for path in files]


def write_truth(data: Data, out: Path, files: list[Written]) -> None:
    """Write truth.json beside the sources."""
    truth = Truth()
    for file in files:
        if file.path.partition("/")[0] in EVENT_COLUMNS:
            truth.add(file.path, file.facts)
        else:
            truth.add_entities(file.path, file.told)
    arguments = asdict(data) | {"first_day": data.first_day.isoformat()}
    text = json.dumps({"generator": arguments, **truth.answers()}, indent=1, sort_keys=True) + "\n"
    unfinished = out / ".truth.json.part"
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, out / "truth.json")
