"""The catalogue beside the dashboards: who shows what, what the runs wrote down, and the job that counts rows for it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engagement_lib import pipeline
from engagement_lib.dashboards.data import Facts
from engagement_lib.dashboards.pages import PAGES
from engagement_lib.dashboards.reading import read_history
from engagement_lib.dashboards.tile import Page
from engagement_lib.docs import catalogue
from engagement_lib.docs.catalogue import History, Place, catalogue_page
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.errors import ConfigError, exit_code_of
from engagement_lib.session import build_session
from engagement_lib.settings import Settings
from engagement_lib.tables.ops.runs import runs

#: Tables that are counted side by side: each is a small job of which most is waiting.
_SIDE_BY_SIDE = 8


def main(argv: Sequence[str] | None = None) -> int:
    """Write the catalogue of a lake, or of the declarations alone, and return an exit code."""
    parser = argparse.ArgumentParser(description="Write the data catalogue: one file beside the dashboards.")
    parser.add_argument("--conf-file", metavar="FILE", help="configuration (default conf/local.yml)")
    parser.add_argument("--lake", metavar="DIR", help="folder of the tables, instead of the configured lake")
    parser.add_argument("--dashboards", metavar="DIR", help="folder of the pages (default: the configured one, else dashboards)")
    parser.add_argument("--declarations", action="store_true", help="no lake: no run and no row is looked at, Spark stays off")
    parser.add_argument("--debug", action="store_true", help="show stack traces")
    arguments = parser.parse_args(argv)
    return exit_code_of(lambda: _run(arguments), debug=arguments.debug)


def _run(arguments: argparse.Namespace) -> int:
    given = {"lake": arguments.lake, "dashboards": arguments.dashboards}
    settings = Settings.load(arguments.conf_file, tables=pipeline.all_tables().values(), **given)
    folder = Path(settings.pages_folder() or "dashboards")
    history = None
    if not arguments.declarations:
        lake = pipeline.as_readers_see(pipeline.open_lake(build_session(settings.spark), settings))
        history = counted(lake, read_history(lake), pipeline.all_tables().values())
    print(f"Catalogue: {_put(folder, render_catalogue(PAGES, settings.parameters, history))}")
    return 0


def render_catalogue(pages: Sequence[Page], parameters: Mapping[str, Any], history: History | None = None) -> str:
    """The catalogue's HTML, with links to the tiles that show a table or a metric."""
    menu = [*((page.file, page.title) for page in pages), (catalogue.FILE, "Catalogue")]
    return catalogue_page(pipeline.all_tables(), parameters=parameters, places=_places(pages), history=history, menu=menu)


def history_of(facts: Facts) -> History:
    """What the pages' rows tell about runs and checks, without another look at the lake."""
    return History(facts.run_ids, facts.of(runs), facts.checks)


def counted(lake: Lake, history: History, tables: Iterable[Table]) -> History:
    """The history with the number of rows of each table that exists."""
    known = [each for each in tables if lake.exists(each)]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        counts = dict(zip((each.id for each in known), pool.map(lambda each: lake.read(each).count(), known), strict=True))
    return History(history.run_ids, history.runs, history.checks, counts)


def _places(pages: Sequence[Page]) -> list[Place]:
    return [
        Place(page.title, tile.heading, f"{page.file}#tile={tile.anchor}", tile.origin, frozenset(tile.columns))
        for page in pages
        for tile in page.tiles
    ]


def _put(folder: Path, text: str) -> Path:
    """Replace the one file; a reader finds the old one or the new one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{catalogue.FILE}"
        fresh.write_text(text, encoding="utf-8", newline="\n")
        os.replace(fresh, folder / catalogue.FILE)
    except OSError as problem:
        raise ConfigError(f"catalogue: {problem}") from problem
    return folder / catalogue.FILE
