"""The data catalogue: one HTML file about all tables, made from their declarations and what the runs wrote down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engagement_lib import registry
from engagement_lib.docs.graph import HEIGHT, WIDTH, drawn, lineage
from engagement_lib.docs.words import rules_in_words, write_in_words
from engagement_lib.engine import catalogue
from engagement_lib.engine.table import Table, overridden
from engagement_lib.metrics import Metric, Rate, Stored
from engagement_lib.parameters import PARAMETERS
from engagement_lib.web.document import asset, document, isolated

FILE = "catalogue.html"
_LAYERS = {
    "gold": "Facts, dimensions and reports: what people ask for.",
    "silver": "Typed, judged and unique: one row per event or entity.",
    "bronze": "Files as they were delivered, every column as text.",
    "ops": "What the runs themselves write down, and how the data come: late, incomplete, not as expected.",
}


@dataclass(frozen=True)
class History:
    """What is known of a lake: ids of its newest runs (newest first), rows of ops.runs and ops.checks, rows per table.

    Nothing of it is needed: without a lake the catalogue holds the declarations. ``counts`` is None where nobody counted.
    """

    run_ids: Sequence[str] = ()
    runs: Sequence[Mapping[str, Any]] = ()
    checks: Sequence[Mapping[str, Any]] = ()
    counts: Mapping[str, int] | None = None

    def last(self, table: Table) -> Mapping[str, Any] | None:
        """The row of the newest run that wrote the table, or tried to."""
        mine = {row["run_id"]: row for row in self.runs if row["table_id"] == table.id and row["status"] != "not run"}
        return next((mine[run_id] for run_id in self.run_ids if run_id in mine), None)

    def broken(self, table: Table) -> dict[str, Mapping[str, Any]]:
        """The checks that did not hold when the table was written last, by name."""
        last = self.last(table)
        run_id = last and last["run_id"]
        return {row["check_name"]: row for row in self.checks if (row["run_id"], row["table_id"]) == (run_id, table.id)}


@dataclass(frozen=True)
class Place:
    """Where columns of a table are shown: a tile of a page."""

    page: str
    heading: str
    address: str
    table_id: str
    columns: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A table with everything that its part of the catalogue says."""

    table: Table
    written: str
    reads: Sequence[Table]
    read_by: Sequence[Table]
    columns: Sequence[Mapping[str, Any]]
    checks: Sequence[Mapping[str, Any]]
    parameters: Sequence[Mapping[str, Any]]
    places: Sequence[Place]
    last: Mapping[str, Any] | None
    count: int | None
    search: str = field(repr=False, default="")


def catalogue_page(
    tables: Mapping[str, Table],
    *,
    parameters: Mapping[str, Any],
    places: Sequence[Place] = (),
    history: History | None = None,
    menu: Sequence[tuple[str, str]] = (),
) -> str:
    """The catalogue as one HTML file. ``parameters``: what the configuration sets; ``menu``: file and title of other pages.

    The same declarations and the same history give the same bytes.
    """
    history = _isolated(history or History())
    entries = [_entry(each, tables, parameters, places, history) for each in tables.values()]
    graph = drawn(tables)
    return document(
        asset("engagement_lib.docs", "catalogue.html"),
        styles=[asset("engagement_lib.web", "base.css"), asset("engagement_lib.docs", "catalogue.css")],
        scripts=[asset("engagement_lib.docs", "catalogue.js")],
        menu=menu,
        file=FILE,
        layers=[(name, words, [e for e in entries if e.table.layer == name]) for name, words in _LAYERS.items()],
        entries=entries,
        metrics=[_metric(each, tables, places) for each in registry.ALL],
        parameters=[(e.table, p) for e in entries for p in e.parameters],
        runs=_runs(history),
        history=history,
        graph=graph,
        box=(WIDTH, HEIGHT),
        in_graph={node.table.id for node in graph.nodes},
    )


def _isolated(history: History) -> History:
    """Reasons hold texts out of files: without the characters that would reverse what stands around them."""

    def clean(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{name: isolated(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows]

    return replace(history, runs=clean(history.runs), checks=clean(history.checks))


def _entry(
    table: Table, tables: Mapping[str, Table], parameters: Mapping[str, Any], places: Sequence[Place], history: History
) -> Entry:
    pairs = lineage(tables)
    last = history.last(table)
    return Entry(
        table=table,
        written=write_in_words(table, catalogue.written_by(tables.values(), table)),
        reads=[tables[a] for a, b in pairs if b == table.id],
        read_by=[tables[b] for a, b in pairs if a == table.id],
        columns=[_column(table, name, tables) for name in (f.name for f in table.fields)],
        checks=_checks(table, history),
        parameters=_parameters(table, parameters),
        places=[place for place in places if place.table_id == table.id],
        last=last,
        count=(history.counts or {}).get(table.id),
        search=" ".join([table.id, table.description, *(f"{f.name} {f.description}" for f in table.fields)]).lower(),
    )


def _column(table: Table, name: str, tables: Mapping[str, Table]) -> dict[str, Any]:
    """A column and the inputs that have one of its name: where its values most likely come from."""
    declared = next(f for f in table.fields if f.name == name)
    origins = [needed for needed in table.inputs if any(f.name == name for f in needed.fields)]
    return {"field": declared, "rules": rules_in_words(declared), "is_key": name in table.grain, "origins": origins}


def _checks(table: Table, history: History) -> list[dict[str, Any]]:
    """The rules of a table and whether they held when it was written last; then whatever else made it fail."""
    broken, last = history.broken(table), history.last(table)
    found = []
    for rule in table.rules_with_allowed():
        row = broken.pop(rule.name, None)
        result = "" if last is None else "broken" if row else "held" if last["status"] == "written" else "unknown"
        rows = row and row["rows"]
        found.append({"name": rule.name, "severity": rule.severity, "sql": rule.sql, "result": result, "rows": rows})
    found += [
        {"name": name, "severity": row["severity"], "sql": "", "result": "broken", "rows": row["rows"]}
        for name, row in sorted(broken.items())
    ]
    return found


def _parameters(table: Table, configured: Mapping[str, Any]) -> list[dict[str, Any]]:
    in_force = overridden(table, configured)
    return [
        {
            "name": name,
            "default": _words(value),
            "value": _words(in_force[name]),
            "is_changed": _words(in_force[name]) != _words(value),
            "meaning": PARAMETERS[name].meaning,
        }
        for name, value in table.parameters.items()
    ]


def _words(value: Any) -> str:
    """A parameter's value for people; a tuple and a list are the same."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_words(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value)) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _metric(metric: Metric, tables: Mapping[str, Table], places: Sequence[Place]) -> dict[str, Any]:
    """A metric with a query that can be run as it is, and where it is stored and shown."""
    measure, name = metric.measure, metric.name
    if isinstance(measure, Rate | Stored):
        columns = {measure.column} if isinstance(measure, Stored) else {measure.numerator, measure.denominator}
        keys = ", ".join(tables[measure.table].grain) + ", " if isinstance(measure, Stored) else ""
        condition = "" if measure.where == "true" else f" where {measure.where}"
        query = f"select {keys}{metric.sql} as {name}\nfrom {measure.table}{condition}"
        shown = [place for place in places if place.table_id == measure.table and columns <= place.columns]
        stored = [tables[measure.table]]
    else:
        query = f"select activity_date, {metric.sql} as {name}\nfrom {metric.table} group by activity_date"
        shown = [place for place in places if name in place.columns]
        stored = [each for each in tables.values() if name in {f.name for f in each.fields}]
    return {"metric": metric, "query": query, "tables": stored, "places": shown}


def _runs(history: History) -> list[dict[str, Any]]:
    """A line per run, newest first."""
    found = []
    for run_id in history.run_ids:
        rows = [row for row in history.runs if row["run_id"] == run_id]
        if rows:
            found.append(
                {
                    "run_id": run_id,
                    "as_of": max((row["as_of"] for row in rows if row["as_of"]), default=None),
                    "written": sum(row["status"] == "written" for row in rows),
                    "failed": sum(row["status"] == "failed" for row in rows),
                    "rows": sum(row["rows"] for row in rows),
                    "seconds": sum(row["seconds"] for row in rows),
                    "broken": sum(row["run_id"] == run_id for row in history.checks),
                    "tables": sorted(rows, key=lambda row: (-row["seconds"], row["table_id"])),
                }
            )
    return found
