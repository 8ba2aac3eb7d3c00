"""The lineage as a drawing: tables from left to right in the order in which they are computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engagement_lib.engine.table import Merge, Recorded, Table

WIDTH, HEIGHT, ACROSS, DOWN = 182, 24, 219, 32
_SWEEPS = 8


@dataclass(frozen=True)
class Node:
    """A table and the upper left corner of its box."""

    table: Table
    x: int
    y: int


@dataclass(frozen=True)
class Graph:
    """Boxes, edges as (reader's input, reader, path of an SVG curve), and the size of all; in pixels."""

    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str, str]]
    width: int
    height: int


def lineage(tables: Mapping[str, Table]) -> list[tuple[str, str]]:
    """Who reads whom, as pairs of ids (input, reader); rows that a merge puts aside come from the merged table."""
    pairs = [(needed.id, each.id) for each in tables.values() for needed in each.inputs]
    pairs += [
        (each.id, aside.id)
        for each in tables.values()
        if isinstance(each.write, Merge)
        for aside in (each.write.rejects, each.write.repeats)
    ]
    return pairs


def drawn(tables: Mapping[str, Table]) -> Graph:
    """The graph of all tables but those that the runs themselves write. The same tables give the same drawing."""
    shown = {name: each for name, each in tables.items() if not isinstance(each.write, Recorded)}
    pairs = [(a, b) for a, b in lineage(tables) if a in shown and b in shown]
    columns = _ordered(_columns(list(shown), pairs), pairs)
    tallest = max(map(len, columns), default=0)
    nodes = {
        name: Node(shown[name], x * ACROSS, round((tallest - len(column)) * DOWN / 2) + y * DOWN)
        for x, column in enumerate(columns)
        for y, name in enumerate(column)
    }
    edges = [(a, b, _curve(nodes[a], nodes[b])) for a, b in pairs]
    return Graph(list(nodes.values()), edges, (len(columns) - 1) * ACROSS + WIDTH, tallest * DOWN)


def _columns(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Each table right of all it reads; one that reads nothing stands just left of its first reader."""
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for a, b in pairs:
            depth[b] = max(depth[b], depth[a] + 1)
    read = {b for _, b in pairs}
    for name in names:
        nearest = [depth[b] for a, b in pairs if a == name]
        if name not in read and nearest and not name.startswith("bronze."):
            depth[name] = min(nearest) - 1
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in names:
        found[depth[name]].append(name)
    return [column for column in found if column]


def _ordered(columns: list[list[str]], pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Neighbours at about the same height, so that few edges cross: the mean height of neighbours, back and forth."""
    place = {name: y - len(column) / 2 for column in columns for y, name in enumerate(column)}
    near: dict[str, list[str]] = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else columns[::-1]:
            column.sort(key=lambda name: (sum(place[n] for n in near.get(name, [name])) / len(near.get(name, [name])), name))
            place |= {name: y - len(column) / 2 for y, name in enumerate(column)}
    return columns


def _curve(a: Node, b: Node) -> str:
    x1, y1, x2, y2 = a.x + WIDTH, a.y + HEIGHT // 2, b.x, b.y + HEIGHT // 2
    bend = max(24, (x2 - x1) // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
