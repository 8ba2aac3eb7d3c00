"""Rows that must not become events: each breaks one rule, in the order in which the rules are named in truth.json."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

REASONS = (
    "unparsable_record",
    "event_name_missing",
    "event_name_unknown",
    "event_timestamp_invalid",
    "arrival_timestamp_invalid",
    "user_missing",
    "item_missing",
    "feature_missing",
    "experiment_missing",
)

_NOT_AN_INSTANT = (
    "2025-02-30 10:15:00.000",
    "yesterday",
    "",
    "2025-13-01 08:00:00.000",
    "2025-02-03 24:00:00.000",
    "1738651620000",
    "1999-12-31 23:59:59.000",
    "2101-01-01 00:00:00.000",
    "2025-2-3 6:47",
    "04/02/2025 06:47",
    "2025-02-29 12:00:00.000",
    "06:47:00",
)


class Broken(NamedTuple):
    """Either the cells of a complete record or the text of a line that is none."""

    reason: str
    cells: list[str] | None
    text: str = ""


Break = Callable[[tuple[str, ...], list[str], int], Broken]


def _with(columns: tuple[str, ...], cells: list[str], **values: str) -> list[str]:
    return [values.get(column, cell) for column, cell in zip(columns, cells, strict=True)]


def _bad_event_time(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    bad = _NOT_AN_INSTANT[turn % len(_NOT_AN_INSTANT)]
    return Broken("event_timestamp_invalid", _with(columns, cells, event_timestamp=bad))


def _bad_arrival_time(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    bad = _NOT_AN_INSTANT[turn % len(_NOT_AN_INSTANT)]
    return Broken("arrival_timestamp_invalid", _with(columns, cells, arrival_timestamp=bad))


def _no_name(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("event_name_missing", _with(columns, cells, event_name=""))


def _unknown_name(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    name = ("item-strated", "page_view", "App-Opened")[turn % 3]
    return Broken("event_name_unknown", _with(columns, cells, event_name=name))


def _header_again(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("event_name_unknown", list(columns))


def _nobody(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("user_missing", _with(columns, cells, user_id="", client_id="", fingerprint=""))


def _no_item(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    name = ("item-started", "item-finished")[turn % 2]
    return Broken("item_missing", _with(columns, cells, event_name=name, item_id="", item_type="", item_title=""))


def _no_feature(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("feature_missing", _with(columns, cells, event_name="feature-used", feature_id=""))


def _no_experiment(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    empty = {"feature_id": "", "step_name": "", "experiment_id": ""}
    return Broken("experiment_missing", _with(columns, cells, event_name="experiment-exposed", **empty))


def _all_empty(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("event_name_missing", [""] * len(columns))


def _short(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("unparsable_record", None, ",".join(cells[:9]))


def _long(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("unparsable_record", None, ",".join(_with(columns, cells, item_title="One, Two")) + ",three,four,five")


def _commas(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    return Broken("unparsable_record", None, ",,,,")


_BREAKS: tuple[Break, ...] = (
    _bad_event_time,
    _short,
    _no_name,
    _bad_arrival_time,
    _all_empty,
    _no_item,
    _long,
    _bad_event_time,
    _nobody,
    _unknown_name,
    _commas,
    _header_again,
    _bad_arrival_time,
    _no_feature,
    _no_experiment,
)


def broken(columns: tuple[str, ...], cells: list[str], turn: int) -> Broken:
    """A broken copy of a good record; consecutive turns go through all kinds and values."""
    return _BREAKS[turn % len(_BREAKS)](columns, cells, turn // len(_BREAKS) + turn)
