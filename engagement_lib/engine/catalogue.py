"""Finding the tables, choosing some of them, and the order to run them in. Starts no Spark."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from types import ModuleType

from engagement_lib.engine.table import Merge, Recorded, SetAside, Table
from engagement_lib.errors import ConfigError, nearest


def discover(package: ModuleType) -> dict[str, Table]:
    """All tables below a package by id, inputs before the tables that read them. Works from a zip file too."""
    found: dict[str, Table] = {}
    for module_info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        name = module_info.name.rsplit(".", 1)[-1]
        value = getattr(importlib.import_module(module_info.name), name, None)
        if isinstance(value, Table):
            found[value.id] = value
    return {each.id: each for each in in_order(found.values())}


def in_order(tables: Iterable[Table]) -> list[Table]:
    """Inputs before readers; otherwise by name, so that the order never depends on files."""
    ordered: dict[str, Table] = {}
    wanted = {each.id: each for each in sorted(tables, key=lambda t: t.id)}

    def add(each: Table) -> None:
        if each.id in ordered:
            return
        for needed in each.inputs:
            add(needed)
        if each.id in wanted:
            ordered[each.id] = each

    for each in wanted.values():
        add(each)
    return list(ordered.values())


def runnable(tables: Iterable[Table]) -> list[Table]:
    """Without the tables that others write along: set-aside rows and the engine's own records."""
    return [each for each in tables if not isinstance(each.write, SetAside | Recorded)]


def readers(tables: Iterable[Table], of: Table) -> list[Table]:
    """The tables that read ``of`` directly."""
    return [each for each in tables if of in each.inputs]


def written_by(tables: Iterable[Table], aside: Table) -> Table | None:
    """The table whose merge puts rows into ``aside``."""
    merges = (each for each in tables if isinstance(each.write, Merge))
    return next((each for each in merges if aside in (each.write.rejects, each.write.repeats)), None)


def select(tables: Mapping[str, Table], pattern: str) -> list[Table]:
    """The tables that a pattern names: ``gold``, ``gold.x``, ``+gold.x`` with all it reads, ``gold.x+`` with all that read
    it; several patterns are separated by blanks or commas. No name is an error; so is an unknown one, with the nearest.
    """
    chosen: dict[str, Table] = {}
    words = pattern.replace(",", " ").split()
    if not words:
        raise ConfigError("--select names no table; name some, or leave it out to run all")
    for word in words:
        named = _named(tables, word.strip("+"))
        found = {each.id: each for each in named}
        if word.startswith("+"):
            _spread(found, named, lambda t: t.inputs)
        if word.endswith("+"):
            _spread(found, named, lambda t: readers(tables.values(), t))
        chosen |= found
    return in_order(chosen.values())


def _named(tables: Mapping[str, Table], name: str) -> list[Table]:
    found = [each for each in tables.values() if name in (each.id, each.layer, each.name)]
    owners = [written_by(tables.values(), each) or each for each in found]
    if not owners:
        known = {*tables, *(each.layer for each in tables.values())}
        hint = nearest(name, known, besides=[each.name for each in tables.values()])
        raise ConfigError(f"--select: no table or layer is called '{name}'; {hint}")
    return owners


def _spread(found: dict[str, Table], start: list[Table], neighbours) -> None:  # type: ignore[no-untyped-def]
    frontier = list(start)
    while frontier:
        for each in neighbours(frontier.pop()):
            if each.id not in found:
                found[each.id] = each
                frontier.append(each)
