"""Markdown pages of tables, metrics and lineage, written below docs/ and committed; drift fails the build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engagement_lib import metrics, registry
from engagement_lib.docs.words import rules_in_words, write_in_words
from engagement_lib.engine import catalogue
from engagement_lib.engine.table import Merge, Recorded, Table
from engagement_lib.parameters import PARAMETERS

_MADE = "<!-- Made from the declarations by `make docs`; edits are lost. -->\n\n"


def write_pages(folder: str, tables: Mapping[str, Table], *, check_only: bool = False) -> list[str]:
    """Write every page that differs from what is stored, delete pages of tables that are gone; the paths that differed."""
    pages = {f"tables/{each.id}.md": _table_page(each, tables) for each in tables.values()}
    pages |= {"lineage.md": _lineage_page(tables), "metrics.md": _metrics_page(), "tables/README.md": _index(tables)}
    pages["parameters.md"] = _parameters_page(tables)
    root, changed = Path(folder), []
    for name, text in pages.items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed.append(str(path))
            if not check_only:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in sorted((root / "tables").glob("*.md")):
        if f"tables/{path.name}" not in pages:
            changed.append(str(path))
            if not check_only:
                path.unlink()
    return changed


def _table_page(table: Table, tables: Mapping[str, Table]) -> str:
    writer = catalogue.written_by(tables.values(), table)
    parts = [f"# {table.id}", table.description]
    parts.append(f"**Grain**: {', '.join(table.grain)}. **Written**: {write_in_words(table, writer)}.")
    reads = [*table.inputs, *([writer] if writer else [])]
    if reads:
        parts.append("**Reads**: " + ", ".join(map(_link, reads)) + ".")
    read_by = catalogue.readers(tables.values(), table)
    if read_by:
        parts.append("**Read by**: " + ", ".join(map(_link, read_by)) + ".")
    columns = [[f"`{f.name}`", f"`{f.type}`", rules_in_words(f), _cell(f.description)] for f in table.fields]
    parts.append("## Columns\n\n" + _markdown_table(("column", "type", "rules", "meaning"), columns))
    if table.rules:
        rules = [[f"`{rule.name}`", rule.severity, f"`{_cell(rule.sql)}`"] for rule in table.rules]
        parts.append("## Checks\n\n" + _markdown_table(("check", "severity", "must hold"), rules))
    if table.parameters:
        listed = [
            [f"`{name}`", f"`{_cell(str(value))}`", _cell(PARAMETERS[name].meaning)] for name, value in table.parameters.items()
        ]
        parts.append("## Parameters\n\n" + _markdown_table(("parameter", "default", "meaning"), listed))
    return _MADE + "\n\n".join(parts) + "\n"


def _lineage_page(tables: Mapping[str, Table]) -> str:
    lines = [
        "# Lineage",
        "",
        "Which table reads which; the imports of the table modules are this graph.",
        "",
        "```mermaid",
        "flowchart LR",
    ]
    for layer in dict.fromkeys(each.layer for each in tables.values() if not isinstance(each.write, Recorded)):
        lines.append(f"  subgraph {layer}")
        lines += [f"    {_node(each)}[{each.name}]" for each in tables.values() if each.layer == layer]
        lines.append("  end")
    for each in tables.values():
        lines += [f"  {_node(needed)} --> {_node(each)}" for needed in each.inputs]
        if isinstance(each.write, Merge):
            lines += [f"  {_node(each)} -.-> {_node(aside)}" for aside in (each.write.rejects, each.write.repeats)]
    return _MADE + "\n".join([*lines, "```", ""])


def _parameters_page(tables: Mapping[str, Table]) -> str:
    head = "# Parameters\n\nSet below `parameters:` in `conf/*.yml`. A table built with another value asks for a rebuild.\n\n"
    defaults = {name: value for each in tables.values() for name, value in each.parameters.items()}
    rows = []
    for name, value in defaults.items():
        places = [f"[{each.id}](tables/{each.id}.md)" for each in tables.values() if name in each.parameters]
        rows.append([f"`{name}`", f"`{_cell(str(value))}`", _cell(PARAMETERS[name].meaning), ", ".join(places)])
    return _MADE + head + _markdown_table(("parameter", "default", "meaning", "tables"), rows) + "\n"


def _metrics_page() -> str:
    head = (
        "# Metrics\n\nThe SQL of this first table is over `gold.fact_user_engagement`, "
        "that of the others over the table that they name. "
        "A metric that is not additive must never be summed over days or splits.\n\n"
    )
    facts = [
        [f"`{m.name}`", m.unit, "yes" if m.is_additive else "no", m.better, _cell(m.description), f"`{m.sql}`", m.version]
        for m in metrics.ALL
    ]
    columns = ("metric", "unit", "better", "meaning", "table", "SQL", "where", "version")
    return (
        _MADE
        + head
        + _markdown_table(("metric", "unit", "additive", "better", "meaning", "SQL", "version"), facts)
        + "\n\n## Rates\n\nA rate of several rows is the quotient of the sums, never a mean of rates.\n\n"
        + _markdown_table(columns, [_over_report(m) for m in registry.RATES])
        + "\n\n## Values of single rows\n\nA row of the report holds the value for itself; rows cannot be combined.\n\n"
        + _markdown_table(columns, [_over_report(m) for m in registry.STORED])
        + "\n"
    )


def _over_report(m: metrics.Metric) -> list[str]:
    assert isinstance(m.measure, metrics.Rate | metrics.Stored)
    where = "" if m.measure.where == "true" else f"`{m.measure.where}`"
    return [f"`{m.name}`", m.unit, m.better, _cell(m.description), f"`{m.table}`", f"`{m.sql}`", where, m.version]


def _index(tables: Mapping[str, Table]) -> str:
    rows = [[_link(each), _cell(each.description.split("\n")[0])] for each in tables.values()]
    return _MADE + "# Tables\n\n" + _markdown_table(("table", "one row is"), rows) + "\n"


def _markdown_table(header: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(line) + " |" for line in (header, ["---"] * len(header), *rows)]
    return "\n".join(lines)


def _link(table: Table) -> str:
    return f"[{table.id}]({table.id}.md)"


def _node(table: Table) -> str:
    return f"{table.layer}_{table.name}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
