"""The billing system's records: subscriptions with their trials, and payments."""

from __future__ import annotations

from collections.abc import Iterator

from engagement_lib.generator.clock import DAY, timestamp
from engagement_lib.generator.contracts import MONTH, NEVER, YEAR, Contract
from engagement_lib.generator.population import User
from engagement_lib.generator.records import Record, known_at, time_cell

COLUMNS = (
    "subscription_id",
    "user_id",
    "plan",
    "status",
    "trial_start_at",
    "trial_end_at",
    "started_at",
    "cancelled_at",
    "ended_at",
    "updated_at",
)
PAYMENT_COLUMNS = (
    "payment_id",
    "subscription_id",
    "user_id",
    "paid_at",
    "amount",
    "currency",
    "status",
    "refunded_at",
    "updated_at",
)
MONTHLY, YEARLY = "premium_monthly", "premium_yearly"

_AMOUNTS = {MONTHLY: "12.99", YEARLY: "79.99"}
_CURRENCIES = {"US": "USD", "GB": "GBP", "CH": "CHF", "BR": "BRL"}
_FAILING = ("paid_after_retry", "paid_late", "failed")  # whose first charge fails


def subscriptions(user: User) -> Iterator[Record]:
    """All versions of a user's subscription, in order of time; none where the user has none."""
    contract = user.contract
    if contract.trial_start == NEVER:
        return
    for instant, status in _changes(contract):
        plan = YEARLY if contract.is_yearly or contract.upgraded_at <= instant else MONTHLY
        started, cancelled, ended = (
            time_cell(known_at(instant, moment)) for moment in (contract.paid_at, contract.cancelled_at, contract.ended_at)
        )
        trial = (timestamp(contract.trial_start), timestamp(contract.trial_end))
        cells = (_subscription_id(user), user.user_id, plan, status, *trial, started, cancelled, ended, timestamp(instant))
        yield Record(instant, cells)


def payments(user: User) -> Iterator[Record]:
    """All versions of a user's payments: charges that fail, that succeed, and their refunds."""
    contract = user.contract
    if contract.trial_start == NEVER:
        return
    number = 0
    for number, instant in enumerate(_failed(contract)):
        yield _payment(user, number, instant, MONTHLY, "failed")
    for paid in _paid(contract):
        number += 1
        plan = YEARLY if contract.is_yearly or contract.upgraded_at <= paid else MONTHLY
        yield _payment(user, number, paid, plan, "succeeded")
        if contract.refunded_at != NEVER:
            yield _payment(user, number, paid, plan, "refunded", contract.refunded_at)


def _changes(contract: Contract) -> list[tuple[int, str]]:
    """(instant, status from then on); cancelled is running on until it ends."""
    changes = {contract.trial_start: "trialing"}
    if contract.outcome in _FAILING:
        changes[contract.trial_end] = "past_due"
    changes[contract.paid_at] = changes[contract.upgraded_at] = "active"
    changes[contract.cancelled_at] = "cancelled"
    changes[contract.ended_at] = "ended"
    return sorted((instant, status) for instant, status in changes.items() if instant != NEVER)


def _failed(contract: Contract) -> Iterator[int]:
    if contract.outcome in _FAILING:
        yield contract.trial_end
        if contract.outcome != "paid_after_retry":
            yield contract.trial_end + 3 * DAY


def _paid(contract: Contract) -> Iterator[int]:
    instant = contract.paid_at
    while instant < contract.ended_at:
        yield instant
        is_yearly = contract.is_yearly or contract.upgraded_at <= instant
        instant += YEAR if is_yearly else MONTH


def _payment(user: User, number: int, paid: int, plan: str, status: str, refunded: int = NEVER) -> Record:
    changed = paid if refunded == NEVER else refunded
    key = f"pay-{user.user_id}-{number}"
    currency = _CURRENCIES.get(user.country, "EUR")
    told = (timestamp(paid), _AMOUNTS[plan], currency, status, time_cell(refunded))
    return Record(changed, (key, _subscription_id(user), user.user_id, *told, timestamp(changed)))


def _subscription_id(user: User) -> str:
    return f"sub-{user.user_id}"
