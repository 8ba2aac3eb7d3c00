"""Random histories: what a few users did, and the ways in which the same records can be delivered."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engagement_lib.sources import content_items, features, mobile_events, subscriptions, users, variants, web_events

EVENT_SOURCES = {"mobile_events": mobile_events.SOURCE, "web_events": web_events.SOURCE}
ENTITIES = {module.SOURCE.name: module.SOURCE for module in (users, subscriptions, variants, content_items, features)}
SOURCES = {**EVENT_SOURCES, **ENTITIES}
START = datetime(2025, 3, 27, 22, 0)
#: Of every fourth history more than the windows of reports: what an old day changes, lies far ahead of it.
DAYS, MANY_DAYS = 6, 40
RARER = ("feature-used", "experiment-exposed")
#: Whose account and trial are sound whatever chance says of the others: without one, tables on accounts and trials are empty.
CUSTOMER = "u8"


@dataclass(frozen=True)
class Record:
    """One record of a source, as its cells by column name."""

    source: str
    cells: tuple[tuple[str, str], ...]

    @property
    def day(self) -> str:
        cells = dict(self.cells)
        return (cells.get("event_timestamp") or cells.get("updated_at") or _text(START))[:10]


def random_records(seed: int, size: int = 120) -> list[Record]:
    """Distinct records: visits of several events, some across midnight, redeliveries with other contents, broken records.

    Most devices have several users; of the others a few events say now and then whose they are. One user certainly has a trial.
    """
    chance = random.Random(seed)
    days = MANY_DAYS if seed % 4 == 1 else DAYS
    records = {_entity_record(chance, name, START): None for name in ENTITIES}
    while len(records) < size:
        at = START + timedelta(minutes=chance.randrange(days * 24 * 60))
        if chance.random() < 0.3:
            records[_entity_record(chance, chance.choice(list(ENTITIES)), at)] = None
            continue
        source, user = chance.choice(list(EVENT_SOURCES)), f"u{chance.randrange(9)}"
        for _ in range(chance.randrange(1, 5)):
            device = str(chance.randrange(6)) if chance.random() < 0.6 else f"own{chance.randrange(9)}"
            is_named = chance.random() < (0.25 if device.startswith("own") else 0.9)
            record = _record(chance, source, user if is_named else "", device, at)
            records[record] = None
            if chance.random() < 0.15:
                records[_redelivered(chance, record)] = None
            at += timedelta(seconds=chance.choice([0, 20, 300, 1800, 1801, 4000]))
    return [*_of_the_customer(), *records]


def _of_the_customer() -> list[Record]:
    account = {"user_id": CUSTOMER, "signup_at": _text(START), "is_test": "false"}
    trial = {"subscription_id": "s8", "user_id": CUSTOMER, "status": "trialing", "trial_start_at": _text(START)}
    told = {"updated_at": _text(START)}
    return [Record("users", tuple((account | told).items())), Record("subscriptions", tuple((trial | told).items()))]


def _record(chance: random.Random, source: str, user: str, device: str, at: datetime) -> Record:
    name = chance.choice(["app-open", "login-successful", "item-started", "item-finished", *RARER])
    item = str(chance.randrange(1, 4)) if name.startswith("item") else ""
    cells = {
        "event_name": name if chance.random() < 0.97 else "no-such-event",
        "event_timestamp": _text(at) if chance.random() < 0.97 else "2025-02-30 10:00:00.000",
        "arrival_timestamp": _text(at + timedelta(seconds=chance.randrange(5, 100))),
        "user_id": user,
        "session_id": "s" + str(chance.randrange(1000)),
        "user_access_type": chance.choice(["free", "premium"]),
        "item_id": item + ".0" if item and source == "mobile_events" else item,
        "item_type": "book" if item else "",
        "item_title": chance.choice(["Plain", "With, comma", "'Quoted'", 'A "B" C', "Two\nlines"]) if item else "",
    }
    if name in RARER:
        about = {"feature_id": "f1"} if name == "feature-used" else {"experiment_id": "e1", "variant": str(chance.randrange(3))}
        cells |= about
    if source == "mobile_events":
        cells |= {"client_id": "c" + device, "device_locale_code": chance.choice(["de_DE", "de_AT", "fr_FR", "en"])}
        cells |= {"device_locale_country": "FR", "topLevelScreenName": chance.choice(["home", "reader", ""])}
    else:
        cells |= {"fingerprint": "f" + device, "country_code": chance.choice(["DE", "CH", "US", ""])}
    return Record(source, tuple(sorted(cells.items())))


def _entity_record(chance: random.Random, source: str, at: datetime) -> Record:
    """What somebody says about one of few things at one of few times: changes, contradictions, repeats, some of it broken."""
    hour = _text(at.replace(minute=0)) if chance.random() < 0.7 else ""
    number = str(chance.randrange(3))
    cells = {
        "users": {
            "user_id": "u" + number,
            "signup_at": _text(START) if chance.random() < 0.9 else "soon",
            "country_code": chance.choice(["DE", "AT", ""]),
            "is_test": chance.choice(["true", "false"]),
        },
        "subscriptions": {
            "subscription_id": "s" + number,
            "user_id": "u" + number,
            "status": chance.choice(["trialing", "active", "cancelled", "asleep"]),
            "trial_start_at": _text(START),
            "started_at": chance.choice(["", _text(START + timedelta(days=2))]),
        },
        "variants": {"experiment_id": "e1", "variant": number, "weight": chance.choice(["1", "0.5"]), "is_control": "no"},
        "features": {
            "feature_id": "f" + number,
            "launched_at": _text(START),
            "eligible_access_types": chance.choice(["", "premium"]),
        },
        "content_items": {"item_id": number + chance.choice(["", ".0"]), "title": chance.choice(["Plain", "With, comma"])},
    }[source]
    return Record(source, tuple(sorted({**cells, "updated_at": hour}.items())))


def _redelivered(chance: random.Random, record: Record) -> Record:
    """The same event once more: it arrived at another time or at the same, and says something else about itself."""
    cells = dict(record.cells)
    arrived = datetime.fromisoformat(cells["arrival_timestamp"]) + timedelta(seconds=chance.choice([-3, 0, 90000]))
    cells |= {"arrival_timestamp": _text(arrived), "user_access_type": chance.choice(["free", "premium", "trial"])}
    return Record(record.source, tuple(sorted(cells.items())))


def _text(at: datetime) -> str:
    return at.isoformat(" ", timespec="milliseconds")


def write_files(folder: Path, records: Sequence[Record], tag: str, chance: random.Random | None = None) -> None:
    """One file per source; with ``chance`` the columns are in random order, some are quoted, and a column is added."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in SOURCES.items():
        mine = [dict(record.cells) for record in records if record.source == name]
        if not mine:
            continue
        columns = list(source.column_names)
        if chance is not None:
            chance.shuffle(columns)
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, quoting=csv.QUOTE_ALL if chance and chance.random() < 0.3 else csv.QUOTE_MINIMAL)
        writer.writeheader()
        writer.writerows(mine)
        (folder / f"{name}_{tag}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def deliveries(seed: int, records: Sequence[Record], parts: int) -> list[list[Record]]:
    """The records shuffled into parts, some of them in several parts: late, out of order and repeated."""
    chance = random.Random(seed)
    found: list[list[Record]] = [[] for _ in range(parts)]
    for record in records:
        for part in {chance.randrange(parts) for _ in range(chance.choice([1, 1, 1, 2, 3]))}:
            found[part].append(record)
    for part in found:
        chance.shuffle(part)
    return found


def days_apart(seed: int, records: Sequence[Record]) -> list[list[Record]]:
    """The records in two deliveries: the second brings the last days, or a few of the first, and repeats some of the first.

    No event of the days between comes with it, but it may say whose their events were.
    """
    chance = random.Random(seed)
    days = sorted({record.day for record in records})
    few = max(1, len(days) // 10)
    later = set(chance.choice([days[-few:], days[-2 * few :], days[:few], days[few : 2 * few]]))
    found: list[list[Record]] = [[], []]
    for record in records:
        parts = {1} if record.day in later and chance.random() < 0.8 else {0}
        for part in parts | ({1} if record.day in later and chance.random() < 0.3 else set()):
            found[part].append(record)
    for part in found:
        chance.shuffle(part)
    return found


def day_by_day(records: Sequence[Record], seed: int) -> list[list[Record]]:
    """The records in the order of their days, two days in a delivery, a few of them one or two deliveries late."""
    chance = random.Random(seed)
    days = sorted({record.day for record in records})
    found: list[list[Record]] = [[] for _ in days[::2]]
    for record in records:
        late = chance.choice([0, 0, 0, 0, 0, 0, 0, 1, 2])
        found[min(days.index(record.day) // 2 + late, len(found) - 1)].append(record)
    return found
