"""Numbers the way a page writes them, said a second time; a number that cannot be known is a dash.

A tie is rounded away from zero and a number is the decimal that it is shortest written as: Python's own formats round ties to even.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

UNKNOWN = "\u2013"
Value = int | float | Decimal


def plain(number: Value | None) -> str:
    """12,345; 125.3; 4.6."""
    if number is None:
        return UNKNOWN
    if number >= 1000 or number == int(number):
        return _fixed(number, 0)
    text = _fixed(number, 1 if number >= 100 else 2)
    return text.rstrip("0").rstrip(".")


def percent(share: Value | None) -> str:
    """11.3%; 4.25%: a small share has a digit more."""
    return UNKNOWN if share is None else _fixed(_exact(share) * 100, 2 if abs(share) < 0.1 else 1) + "%"


def whole_percent(share: Value | None) -> str:
    """A cell that is too small for more than 48."""
    return "not yet" if share is None else _fixed(_exact(share) * 100, 0)


def p_value(number: Value) -> str:
    """0.327; never 0."""
    return "<0.001" if number < 0.001 else _fixed(number, 3).rstrip("0")


def duration(seconds: Value) -> str:
    """3 min 20 s; 59 s; 9.5 s; of less than an hour."""
    whole = int(_fixed(seconds, 0).replace(",", ""))
    if whole >= 60:
        return f"{whole // 60} min {whole % 60} s"
    return plain(Decimal(_fixed(seconds, 1 if seconds < 10 else 0))) + " s"


def change(now: Value, before: Value | None) -> str:
    """Against the period before: ▲ +3.2%."""
    return _signed(_exact(now) / _exact(before) * 100 - 100, "%") if before else "no full period before"


def change_in_points(now: Value, before: Value | None) -> str:
    """The change of a share: ▼ -0.4 pp."""
    return _signed((_exact(now) - _exact(before)) * 100, " pp") if before else "no full period before"


def step(reached: int, before: int) -> str:
    """A later bar of a funnel, with its share of the one before."""
    return f"{plain(reached)}  ·  {percent(Decimal(reached) / Decimal(before))} of the step before"


def _signed(difference: Decimal, unit: str) -> str:
    size = _fixed(abs(difference), 1)
    if size == "0.0":
        return f"±0{unit}" if unit == " pp" else f"±0.0{unit}"
    return ("▲ +" if difference > 0 else "▼ \u2212") + (size.removesuffix(".0") if unit == " pp" else size) + unit


def _exact(number: Value) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(repr(number))


def _fixed(number: Value, digits: int) -> str:
    return f"{_exact(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"
