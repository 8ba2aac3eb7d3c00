"""The right answers about entities, trials and formats."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from engagement_lib.generator.clock import DAY
from engagement_lib.generator.entity_states import EntityStates, Row, instant_of
from engagement_lib.generator.facts import Fact

GRACE = 7 * DAY  # after the trial, in which a payment counts
REFUND = 14 * DAY  # in which a payment that is paid back does not count


def accounts(users: Iterable[Row]) -> dict[str, Any]:
    """The users as they are known at the end."""
    rows = list(users)
    return {
        "users": len(rows),
        "test_users": sum(row["is_test"] == "true" for row in rows),
        "deleted_users": sum(row["deleted_at"] != "" for row in rows),
        "by_channel": dict(Counter(row["acquisition_channel"] for row in rows)),
    }


def trials(subscriptions: Iterable[Row], payments: Iterable[Row], last: int) -> dict[str, int]:
    """The trials begun by the end of the last day; decided are those whose end and 7 days of grace lie before it."""
    paid: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in payments:
        if row["status"] in ("succeeded", "refunded"):
            paid[row["subscription_id"]].append((instant_of(row["paid_at"]), row["refunded_at"]))
    answer = dict.fromkeys(("started", "open", "decided", "paid_in_time", "refunded_within_14_days", "converted"), 0)
    end = (last + 1) * DAY
    for row in subscriptions:
        if not row["trial_start_at"] or instant_of(row["trial_start_at"]) >= end:
            continue
        over = instant_of(row["trial_end_at"])
        answer["started"] += 1
        if over + GRACE > end:
            answer["open"] += 1
            continue
        first, refunded = min(paid[row["subscription_id"]], default=(end, ""))
        in_time = instant_of(row["trial_start_at"]) <= first <= over + GRACE and first < end
        paid_back = in_time and refunded != "" and instant_of(refunded) <= first + REFUND
        answer["decided"] += 1
        answer["paid_in_time"] += in_time
        answer["refunded_within_14_days"] += paid_back
        answer["converted"] += in_time and not paid_back
    return answer


def formats(events: Iterable[Fact]) -> dict[str, dict[str, int]]:
    """By format (empty = not known): starts and finishes."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        if event.name in ("item-started", "item-finished"):
            counts[event.newer.content_format][event.name] += 1
    return {form: dict(by_name) for form, by_name in counts.items()}


def progress_marks(events: Iterable[Fact]) -> dict[str, int]:
    """By mark in percent: how often it was sent."""
    return dict(Counter(event.newer.progress_pct for event in events if event.name == "item-progress"))


def identities(events: Iterable[Fact]) -> dict[str, int]:
    """The anonymous ids that come without and with a user: their anonymous events can be told a user."""
    rows = list(events)
    known = {event.anonymous_id for event in rows if event.is_known and event.anonymous_id}
    told = [event.anonymous_id for event in rows if not event.is_known and event.anonymous_id in known]
    return {"anonymous_ids": len(set(told)), "anonymous_events": len(told)}


def resolved(events: Iterable[Fact]) -> list[Fact]:
    """The events, anonymous ones as those of the only user who comes with their anonymous id, if there is one."""
    rows = list(events)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for event in rows:
        if event.is_known and event.anonymous_id:
            owners[event.anonymous_id].add(event.who)
    only = {anonymous_id: next(iter(users)) for anonymous_id, users in owners.items() if len(users) == 1}
    return [
        event._replace(who=only[event.who], is_known=True) if not event.is_known and event.who in only else event
        for event in rows
    ]


def entity_counts(states: EntityStates) -> dict[str, dict[str, Any]]:
    """By entity: records of all files, things, and records that must be set aside, by reason."""
    rows = states.rows()
    return {
        entity: {"records": count, "things": len(rows[entity]), "set_aside": dict(states.set_aside[entity])}
        for entity, count in states.records.items()
    }
