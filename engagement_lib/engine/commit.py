"""What a write remembers about itself: one JSON text in the Delta commit, never in a third place."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from engagement_lib.engine.users import NOBODY, Users

_MARK = "engagement"
_COMMIT_FILE = re.compile(r"\d{20}\.json")
#: How the operations begin that empty a table or take it back.
_RESETS = ("CREATE OR REPLACE", "REPLACE", "RESTORE", "TRUNCATE")


@dataclass(frozen=True)
class Commit:
    """``inputs``: Delta version of each table that was read; ``input_runs``: which runs wrote these versions; ``days``: the days
    that changed, None = all of them; ``user_days``: those of them on which only rows of ``users`` and of nobody changed;
    ``span``: first and last day that the table covers; ``load``: newest load that is contained;
    ``demoted_files``: files of which an event gave way to an earlier delivery, or a quarantined record came back, so that their
    counts changed; ``contract``: hash of the table's columns and their types, filled in by the write;
    ``is_restart``: what earlier loads had set aside was written anew, so that the tables set aside and this one belong together.
    """

    run_id: str
    inputs: Mapping[str, int] = field(default_factory=dict)
    input_runs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    days: tuple[date, ...] | None = None
    user_days: tuple[date, ...] = ()
    users: Users = NOBODY
    span: tuple[date, date] | None = None
    load: int = 0
    source_hash: str = ""
    demoted_files: tuple[str, ...] = ()
    is_restart: bool = False
    contract: str = ""

    def to_json(self) -> str:
        return json.dumps({_MARK: 1, **self.__dict__}, default=_plain, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | None) -> Commit | None:
        """The commit that a text holds, None for anything that we did not write."""
        try:
            values = json.loads(text or "")
        except ValueError:
            return None
        if not isinstance(values, dict) or values.pop(_MARK, None) != 1:
            return None
        days, span = values["days"], values["span"]
        values["days"] = None if days is None else tuple(map(date.fromisoformat, days))
        values["user_days"] = tuple(map(date.fromisoformat, values.get("user_days", ())))
        values["users"] = Users.from_text(values["users"]) if values["user_days"] else NOBODY
        values["span"] = None if span is None else tuple(map(date.fromisoformat, span))
        values["demoted_files"] = tuple(values["demoted_files"])
        # A later release may say more: what it says besides is not for this one.
        return cls(**{name: values[name] for name in cls.__dataclass_fields__ if name in values})


@dataclass(frozen=True)
class Version:
    """One version of a table: its number, the rows that the write reported, and our commit if it was ours; ``is_created``: it
    made the table, without rows; ``is_reset``: it emptied the table or took it back to a former state, so that no earlier
    commit says what the table holds.
    """

    number: int
    rows: int
    commit: Commit | None
    is_created: bool = False
    is_reset: bool = False

    @classmethod
    def of(cls, number: int, said: Mapping[str, Any]) -> Version:
        """The version of this number, from what Delta's log says of it (``commitInfo``)."""
        operation = said.get("operation") or ""
        is_created = operation == "CREATE TABLE"
        # Made while a merge runs beside it, a table of a catalog or an object store gets that merge's metadata from the session.
        commit = None if is_created else Commit.from_json(said.get("userMetadata"))
        rows = int((said.get("operationMetrics") or {}).get("numOutputRows", 0))
        return cls(number, rows, commit, is_created, is_reset=commit is None and operation.startswith(_RESETS))

    @property
    def run_id(self) -> str:
        return self.commit.run_id if self.commit else ""


def versions_in(log: Path, limit: int) -> list[Version]:
    """The newest versions that the log of a table in a local folder tells of, newest first; none if there is no such table.

    Delta's own history says the same, by a job of Spark for each table. Source of the format: Delta's protocol, sections
    "Delta log entries" and "Commit provenance information".
    """
    try:
        names = sorted(filter(_COMMIT_FILE.fullmatch, os.listdir(log)), reverse=True)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [Version.of(int(name.removesuffix(".json")), _commit_info(log / name)) for name in names[:limit]]


def _commit_info(file: Path) -> Mapping[str, Any]:
    with file.open(encoding="utf-8") as actions:
        return next((json.loads(action)["commitInfo"] for action in actions if action.startswith('{"commitInfo"')), {})


def plain(value: Any) -> Any:
    """A parameter as JSON gives it back, so that a tuple in code equals a list in a commit."""
    return json.loads(json.dumps(value, default=_plain, sort_keys=True))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Users):
        return value.to_text()
    return list(value)
