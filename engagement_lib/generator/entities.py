"""Files of entities: a first full export, then every 30 days a file of what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from engagement_lib.generator import accounts, product, subscriptions
from engagement_lib.generator.accounts import Accounts
from engagement_lib.generator.experiments import assignments
from engagement_lib.generator.habits import Ways
from engagement_lib.generator.malformed_entities import broken_copies
from engagement_lib.generator.population import Population
from engagement_lib.generator.records import Record

EVERY_DAYS = 30
ASSIGNMENT_COLUMNS = ("experiment_id", "user_id", "variant", "assigned_at")

COLUMNS: dict[str, tuple[str, ...]] = {
    "users": accounts.COLUMNS,
    "subscriptions": subscriptions.COLUMNS,
    "payments": subscriptions.PAYMENT_COLUMNS,
    "content_items": product.CONTENT_COLUMNS,
    "features": product.FEATURE_COLUMNS,
    "experiments": product.EXPERIMENT_COLUMNS,
    "variants": product.VARIANT_COLUMNS,
    "assignments": ASSIGNMENT_COLUMNS,
}
KEY_CELLS = {"variants": 2, "assignments": 3}  # one cell for the others
COMPRESSED = ("users", "payments", "assignments")


class Entities:
    """The entity files of a population; a change file without a change is not written."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._accounts = Accounts(population)
        self._ways = Ways(population)

    def records(self, first: int, last: int) -> Iterator[tuple[str, Record]]:
        """(path, record) of the files that arrive on a range of days, in the order of each file but not file by file.

        Each file holds what was known at the end of its day.
        """
        days = [day for day in range(first, last + 1) if _is_delivery(day)]
        if not days:
            return
        firsts: dict[tuple[str, int], Record] = {}
        for entity, versions in self._things(days[-1]):
            for day in days:
                for record in self._told(entity, versions, day):
                    firsts.setdefault((entity, day), record)
                    yield self._path(entity, day), record
        for (entity, day), record in firsts.items():
            for broken in broken_copies(entity, day, COLUMNS[entity], record):
                yield self._path(entity, day), broken

    def paths(self, first: int, last: int) -> set[str]:
        """Where the files of a range of days may lie."""
        return {self._path(entity, day) for entity in COLUMNS for day in range(first, last + 1) if _is_delivery(day)}

    def _things(self, last: int) -> Iterator[tuple[str, list[Record]]]:
        """(entity, versions of its things), one user after the other."""
        for entity in ("content_items", "features", "experiments", "variants"):
            yield entity, list(getattr(product, entity)(self._population))
        for number in range(self._population.size(last)):
            user = self._population.profile(number)
            yield "users", self._accounts.of(number)
            yield "subscriptions", list(subscriptions.subscriptions(user))
            yield "payments", list(subscriptions.payments(user))
            yield "assignments", list(assignments(self._population, number, user, self._ways.of(number).arms))

    def _told(self, entity: str, versions: Iterable[Record], day: int) -> list[Record]:
        """What the file of a day tells: the full export each thing once as it stands, a later one every change."""
        end = self._population.instant(day + 1)
        if day == 0:
            latest = {record.cells[: KEY_CELLS.get(entity, 1)]: record for record in versions if record.instant < end}
            return list(latest.values())
        since = self._population.instant(_delivery_before(day) + 1)
        return [record for record in versions if since <= record.instant < end]

    def _path(self, entity: str, day: int) -> str:
        suffix = ".csv.gz" if entity in COMPRESSED else ".csv"
        return f"{entity}/{entity}_{(self._population.first_day + timedelta(days=day)).isoformat()}{suffix}"


def _is_delivery(day: int) -> bool:
    return day == 0 or day % EVERY_DAYS == EVERY_DAYS - 1


def _delivery_before(day: int) -> int:
    return day - EVERY_DAYS if day >= 2 * EVERY_DAYS - 1 else 0
