"""What truth keeps of each record, and the sessions that events make; the definitions stand in sample_data/README.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from engagement_lib.generator.clock import DAY, MINUTE
from engagement_lib.generator.layouts import Row
from engagement_lib.generator.trackers import NOTHING_NEW, Event, Newer

SESSION_GAP = 30 * MINUTE


class Fact(NamedTuple):
    """What truth keeps of a record that is an event."""

    platform: str
    who: str  # user_id, else the anonymous id
    is_known: bool
    session_id: str
    name: str
    instant: int
    item_id: str
    country: str
    arrival: int
    anonymous_id: str = ""
    access: str = ""
    newer: Newer = NOTHING_NEW

    @property
    def key(self) -> tuple:
        """Equal for all deliveries of one event."""
        about = self.item_id or self.newer.subject
        return self.platform, self.is_known, self.who, self.session_id, self.name, self.instant, about

    @property
    def day(self) -> int:
        """Days since 1970."""
        return self.instant // DAY


def facts_of(rows: Iterable[Row]) -> list[Fact | str]:
    """By record: its fact, or the reason why it is no event."""
    return [row.reason if row.event is None else _fact(row.event, row.arrival) for row in rows]


def _fact(event: Event, arrival: int) -> Fact:
    return Fact(
        event.source.removesuffix("_events"),
        event.user_id or event.anonymous_id,
        bool(event.user_id),
        event.session_id,
        event.name,
        event.instant,
        event.item_id,
        event.country,
        arrival,
        event.anonymous_id,
        event.access,
        event.newer,
    )


def session_starts(events: Iterable[Fact]) -> Counter[int]:
    """Day -> sessions that start on it."""
    return Counter(day for _, _, day in session_days(events))


def session_days(events: Iterable[Fact]) -> Iterator[tuple[bool, str, int]]:
    """(whether it is a user, who, day of the start) of each session."""
    instants: defaultdict[tuple, list[int]] = defaultdict(list)
    for event in events:
        instants[event.platform, event.is_known, event.who].append(event.instant)
    for (_, is_known, who), times in instants.items():
        for start in _starts(sorted(times)):
            yield is_known, who, start // DAY


def _starts(times: list[int]) -> Iterator[int]:
    """A gap of more than 30 minutes starts a chain; a chain is cut 24 h after its start and at each midnight from its
    third calendar day on."""
    chain = times[0]
    yield chain
    for before, now in pairwise(times):
        if now - before > SESSION_GAP:
            chain = now
            yield now
        elif _piece(chain, now) != _piece(chain, before):
            yield now


def _piece(chain: int, instant: int) -> tuple[bool, int]:
    third_day = chain // DAY + 2
    return instant >= chain + DAY, max(instant // DAY - third_day + 1, 0)
