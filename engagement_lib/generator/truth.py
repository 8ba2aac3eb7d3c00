"""The right answers, counted while the events are made; the definitions stand in sample_data/README.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from engagement_lib.errors import ConfigError
from engagement_lib.generator import truth_of_business, truth_of_users
from engagement_lib.generator.clock import DAY, HOUR, date_text
from engagement_lib.generator.entity_states import EntityStates
from engagement_lib.generator.facts import Fact, session_starts
from engagement_lib.generator.records import Record

CONTENT = ("item-started", "item-finished")
DACH = ("DE", "AT", "CH")


class Truth:
    """Counts per file, and the metrics of the unique events; holds all events in memory."""

    def __init__(self) -> None:
        self._files: dict[str, list[Fact | str]] = {}
        self._entities = EntityStates()

    def add(self, path: str, facts: list[Fact | str]) -> None:
        """Take in one file of events; the order of files does not matter."""
        self._files[path] = facts

    def add_entities(self, path: str, records: list[Record]) -> None:
        """Take in one file of entities."""
        self._entities.add(path, records)

    def answers(self) -> dict:
        """Everything that truth.json holds besides the arguments of the run. Raises `ConfigError` if nothing happened."""
        kept = self._kept()
        if not kept:
            raise ConfigError(
                "no event happens with so few users in these days, and without events nothing has a truth; "
                "next: more --users, more --days, or --no-truth"
            )
        events = sorted((self._files[path][number] for _, path, number in kept.values()), key=lambda fact: fact.key)
        counts = {"files": self._per_file(kept), "total": self._total(kept)}
        return counts | metrics(events) | behaviour(events, self._entities)

    def _kept(self) -> dict[tuple, tuple[int, str, int]]:
        """Event key -> (arrival, path, record number) of the delivery that wins: the smallest."""
        kept: dict[tuple, tuple[int, str, int]] = {}
        for path, facts in self._files.items():
            for number, fact in enumerate(facts):
                if not isinstance(fact, str):
                    delivery = (fact.arrival, path, number)
                    kept[fact.key] = min(kept.get(fact.key, delivery), delivery)
        return kept

    def _per_file(self, kept: dict[tuple, tuple[int, str, int]]) -> dict[str, dict]:
        winners = Counter(path for _, path, _ in kept.values())
        return {path: _counts(facts, winners[path]) for path, facts in self._files.items()}

    def _total(self, kept: dict[tuple, tuple[int, str, int]]) -> dict:
        return _counts([fact for facts in self._files.values() for fact in facts], len(kept))


def _counts(facts: list[Fact | str], events: int) -> dict:
    reasons = Counter(fact for fact in facts if isinstance(fact, str))
    quarantined = reasons.total()
    return {
        "records": len(facts),
        "events": events,
        "duplicates": len(facts) - events - quarantined,
        "quarantined": quarantined,
        "quarantine_reasons": dict(reasons),
    }


def metrics(events: list[Fact]) -> dict:
    """The metrics of unique events; days are UTC dates, days without events are 0."""
    first, last = min(event.day for event in events), max(event.day for event in events)
    days = range(first, last + 1)
    known = [event for event in events if event.is_known]
    finished = [event for event in events if event.name == "item-finished"]
    return {
        "first_day": date_text(first),
        "last_day": date_text(last),
        "users": len({event.who for event in known}),
        "users_on_both_platforms": len(_users(known, "mobile") & _users(known, "web")),
        "anonymous_events": len(events) - len(known),
        "events_by_platform": _by_platform(events, len),
        "events_by_name": dict(Counter(event.name for event in events)),
        "events_by_day": _per_day(days, Counter(event.day for event in events)),
        "dau": _per_day(days, _active(known)),
        "dal": _per_day(days, _active([event for event in known if event.name in CONTENT])),
        "dau_by_platform": _by_platform(known, lambda some: _per_day(days, _active(some))),
        "dal_by_platform": _by_platform(
            known, lambda some: _per_day(days, _active([event for event in some if event.name in CONTENT]))
        ),
        "completions": _by_platform(finished, len),
        "completed_user_items": _by_platform(finished, _user_items) | {"all": _user_items(finished)},
        "dach_mobile_active_users_30_days": _dach(known, last),
        "wau7": _window(known, last, 7),
        "mau28": _window(known, last, 28),
        "mau30": _window(known, last, 30),
        "mau_calendar": _calendar_months(known),
        "sessions": sum(session_starts(events).values()),
        "sessions_by_day": _per_day(days, session_starts(events)),
        "sessions_by_platform": _by_platform(events, lambda some: sum(session_starts(some).values())),
        "late_events": _late(events),
    }


def behaviour(events: list[Fact], entities: EntityStates) -> dict:
    """What people did with the product and what became of their trials, from unique events and entities."""
    first, last = min(event.day for event in events), max(event.day for event in events)
    known, rows = [event for event in events if event.is_known], entities.rows()
    resolved = truth_of_business.resolved(events)
    learning = [event for event in resolved if event.is_known and event.name in CONTENT]
    testers = {row["user_id"] for row in rows["users"] if row["is_test"] == "true"}
    users, subscriptions = ([row for row in rows[name] if row["user_id"] not in testers] for name in ("users", "subscriptions"))
    customers = [event for event in resolved if event.is_known and event.who not in testers]
    return {
        "entities": truth_of_business.entity_counts(entities),
        "accounts": truth_of_business.accounts(rows["users"]),
        "trials": truth_of_business.trials(subscriptions, rows["payments"], last),
        "formats": truth_of_business.formats(events),
        "progress_marks": truth_of_business.progress_marks(events),
        "identities": truth_of_business.identities(events),
        "sessions_of_resolved_users": sum(session_starts(resolved).values()),
        "dal_of_resolved_users": _per_day(range(first, last + 1), _active(learning)),
        "retention_by_week": truth_of_users.retention_by_week(known, last),
        "onboarding": truth_of_users.onboarding(known, users, first, last),
        "features": truth_of_users.feature_adoption(customers, rows["features"]),
        "experiments": truth_of_users.experiments(customers, rows),
        "segments": truth_of_users.segments(known, last),
        "fewer_sessions": truth_of_users.fewer_sessions(known, last),
        "fewer_feature_uses": truth_of_users.fewer_feature_uses([event for event in resolved if event.is_known], last),
    }


def _users(events: list[Fact], platform: str) -> set[str]:
    return {event.who for event in events if event.platform == platform}


def _user_items(events: list[Fact]) -> int:
    return len({(event.who, event.item_id) for event in events if event.is_known})


def _by_platform(events: list[Fact], measure: Callable[[list[Fact]], Any]) -> dict[str, Any]:
    return {platform: measure([event for event in events if event.platform == platform]) for platform in ("mobile", "web")}


def _active(events: list[Fact]) -> Counter[int]:
    return Counter(day for day, _ in {(event.day, event.who) for event in events})


def _per_day(days: range, counts: Counter[int]) -> dict[str, int]:
    return {date_text(day): counts[day] for day in days}


def _window(known: list[Fact], last: int, length: int) -> int:
    return len({event.who for event in known if last - length < event.day <= last})


def _calendar_months(known: list[Fact]) -> dict[str, int]:
    return dict(Counter(month for month, _ in {(date_text(event.day)[:7], event.who) for event in known}))


def _dach(known: list[Fact], last: int) -> dict[str, int]:
    recent = [event for event in known if event.platform == "mobile" and last - 30 < event.day <= last]
    users = {country: {event.who for event in recent if event.country == country} for country in DACH}
    return {country: len(people) for country, people in users.items()} | {"all": len(set.union(*users.values()))}


def _late(events: list[Fact]) -> dict[str, int]:
    """By how long after the event the kept delivery arrived."""
    waits = [event.arrival - event.instant for event in events]
    return {
        "arrived_before_the_event": sum(wait < 0 for wait in waits),
        "arrived_on_a_later_date": sum(event.arrival // DAY > event.day for event in events),
        "over_1_hour": sum(wait > HOUR for wait in waits),
        "over_1_day": sum(wait > DAY for wait in waits),
        "over_7_days": sum(wait > 7 * DAY for wait in waits),
        "over_60_days": sum(wait > 60 * DAY for wait in waits),
    }
