"""`python -m engagement_lib`: look at tables without knowing a path, list them, make their docs."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping

from pyspark.sql import DataFrame

from engagement_lib import pipeline
from engagement_lib.docs.pages import write_pages
from engagement_lib.engine import catalogue
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.errors import ConfigError, exit_code_of, last_words
from engagement_lib.session import build_session
from engagement_lib.settings import Settings
from engagement_lib.text_table import text_table


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    arguments = _parser().parse_args(argv)
    return exit_code_of(lambda: arguments.command(arguments) or 0, debug=arguments.debug)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engagement_lib", description="Look at the lake.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function, words: str) -> argparse.ArgumentParser:  # type: ignore[no-untyped-def]
        added = commands.add_parser(name, help=words, description=words, parents=[any_command])
        added.set_defaults(command=function)
        return added

    any_command = argparse.ArgumentParser(add_help=False)
    any_command.add_argument("--debug", action="store_true", help="show stack traces")
    reading = argparse.ArgumentParser(add_help=False, parents=[any_command])
    reading.add_argument("--conf-file", metavar="FILE", help="configuration (default conf/local.yml)")
    reading.add_argument("--lake", metavar="DIR", help="folder of the tables, instead of the configured lake")
    reading.add_argument("--unpublished", action="store_true", help="as the last run left the tables, even one that failed")
    for name, function, words in (
        ("show", _show, "print the first rows of a table, in the order of its grain"),
        ("sql", _sql, 'run a query over all tables by name, e.g. "select * from gold.dim_date"'),
    ):
        added = commands.add_parser(name, help=words, description=words, parents=[reading])
        added.set_defaults(command=function)
        added.add_argument("what", metavar="TABLE" if name == "show" else "QUERY")
        added.add_argument("--rows", type=_count, default=20, help="how many rows at most (default 20)")
    command("tables", _tables, "list the tables with their meaning and parameters")
    docs = command("docs", _docs, "write docs/tables, docs/metrics.md and docs/lineage.md from the declarations")
    docs.add_argument("--check", action="store_true", help="write nothing, fail if a page is not up to date")
    return parser


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is no number of rows")
    return int(text)


def _lake(arguments: argparse.Namespace) -> Lake:
    settings = Settings.load(arguments.conf_file, tables=pipeline.all_tables().values(), lake=arguments.lake)
    lake = pipeline.open_lake(build_session(settings.spark), settings)
    return lake if arguments.unpublished else pipeline.as_readers_see(lake)


def _show(arguments: argparse.Namespace) -> None:
    tables = pipeline.all_tables()
    if arguments.what not in tables:
        catalogue.select(tables, arguments.what)
        raise ConfigError(f"show: give one table with its layer; there are: {', '.join(sorted(tables))}")
    table, lake = tables[arguments.what], _lake(arguments)
    if not lake.exists(table):
        raise ConfigError(f"{table.id} has no rows yet; run the pipeline first, or deliver files that it is made of")
    _print(lake.read(table).orderBy(*table.grain), arguments.rows)


def _print(rows: DataFrame, most: int) -> None:
    shown = rows.limit(most + 1).collect()
    print(text_table(rows.columns, [tuple(row) for row in shown[:most]]))
    if len(shown) > most:
        print(f"There are more rows; --rows shows more than {most}.", file=sys.stderr)


def with_names(query: str, tables: Mapping[str, Table], name_of: Callable[[Table], str]) -> str:
    """The query with other names for our tables, except in comments and texts and where a catalog stands before the name."""
    texts = r"--[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
    names = r"(?<![\w.`])(?:" + "|".join(map(re.escape, tables)) + r")\b"
    found = re.compile(f"{texts}|{names}", re.DOTALL)
    return found.sub(lambda match: name_of(tables[match.group()]) if match.group() in tables else match.group(), query)


def _sql(arguments: argparse.Namespace) -> None:
    lake = _lake(arguments)
    tables = pipeline.all_tables()

    def view(table: Table) -> str:
        if lake.catalog is not None:
            return lake.location(table)
        lake.read(table).createOrReplaceTempView(f"{table.layer}__{table.name}")
        return f"{table.layer}__{table.name}"

    try:
        query = with_names(arguments.what, tables, view)
        _print(lake.spark.sql(query), arguments.rows)
    except Exception as problem:
        raise ConfigError(f"sql: {last_words(problem)}") from problem


def _tables(arguments: argparse.Namespace) -> None:
    rows = [
        [each.id, each.description.split("\n")[0], ", ".join(f"{name}={value}" for name, value in each.parameters.items())]
        for each in pipeline.all_tables().values()
    ]
    print(text_table(("table", "one row is", "parameters"), rows))


def _docs(arguments: argparse.Namespace) -> None:
    changed = write_pages("docs", pipeline.all_tables(), check_only=arguments.check)
    if arguments.check and changed:
        raise ConfigError(f"docs: {', '.join(changed)} not up to date; run `make docs`")
    print("docs: " + (f"{len(changed)} page(s) written" if changed else "up to date"))


if __name__ == "__main__":
    raise SystemExit(main())
