"""What becomes of a user's trial and subscription: drawn once per user, the same for events and for billing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engagement_lib.generator.clock import DAY, HOUR, MINUTE

NEVER = 1 << 60  # later than all instants
TRIAL_SHARE = 0.42  # of users
TRIAL_DAYS = 7
MONTH, YEAR = 30 * DAY, 365 * DAY

# (outcome, share of trials)
OUTCOMES = (
    ("paid", 0.34),
    ("paid_after_retry", 0.08),  # the first charge fails, one within the 7 days of grace succeeds
    ("paid_late", 0.05),  # succeeds only after the 7 days of grace
    ("refunded", 0.08),  # within 14 days
    ("refunded_late", 0.03),  # after more than 14 days
    ("failed", 0.08),  # no charge ever succeeds
    ("cancelled", 0.22),  # during the trial
    ("lapsed", 0.12),  # nothing was ever charged
)
WITHOUT_PAYMENT = ("failed", "cancelled", "lapsed")


class Contract(NamedTuple):
    """One subscription; instants in milliseconds, NEVER where it does not happen."""

    outcome: str
    is_yearly: bool
    trial_start: int
    trial_end: int
    paid_at: int  # first successful payment
    refunded_at: int
    upgraded_at: int  # monthly to yearly
    cancelled_at: int
    ended_at: int


NO_CONTRACT = Contract("", False, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER)


def draw_contract(sign_up: int, draw: Callable[[], float]) -> Contract:
    """The contract of a user who signed up at an instant; ``NO_CONTRACT`` for most."""
    if draw() >= TRIAL_SHARE:
        return NO_CONTRACT
    wait = int(10 + draw() * 110) * MINUTE if draw() < 0.55 else int(1 + 40 * draw() ** 2) * DAY + int(draw() * 600) * MINUTE
    start = sign_up + wait
    end = start + TRIAL_DAYS * DAY
    outcome, is_yearly, when = _outcome(draw()), draw() < 0.35, draw()
    if outcome in WITHOUT_PAYMENT:
        cancelled = start + int(1 + when * 160) * HOUR if outcome == "cancelled" else NEVER
        ended = end + 7 * DAY if outcome == "failed" else end
        return Contract(outcome, is_yearly, start, end, NEVER, NEVER, NEVER, cancelled, ended)
    days_late = {"paid_after_retry": int(1 + when * 5), "paid_late": int(9 + when * 7)}.get(outcome, 0)
    paid = end + days_late * DAY + int(1 + draw() * 30) * MINUTE
    if outcome in ("refunded", "refunded_late"):
        refunded = paid + int(2 + when * 10 if outcome == "refunded" else 17 + when * 8) * DAY + 3 * HOUR
        return Contract(outcome, is_yearly, start, end, paid, refunded, NEVER, refunded, refunded)
    periods = 1 + int(24 * draw() ** 3)
    upgraded = paid + MONTH if not is_yearly and periods > 1 and draw() < 0.1 else NEVER
    length = YEAR if is_yearly else MONTH
    ended = paid + periods * length if upgraded == NEVER else upgraded + YEAR
    return Contract(outcome, is_yearly, start, end, paid, NEVER, upgraded, ended - int(1 + draw() * 20) * DAY, ended)


def _outcome(chance: float) -> str:
    for outcome, share in OUTCOMES:
        chance -= share
        if chance < 0:
            return outcome
    return OUTCOMES[0][0]
