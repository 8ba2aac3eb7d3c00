"""The job that makes the pages, and the last step of a run."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engagement_lib import pipeline
from engagement_lib.dashboards.catalogue import history_of, render_catalogue
from engagement_lib.dashboards.freshness import MARK, is_current, made_of
from engagement_lib.dashboards.pages import PAGES
from engagement_lib.dashboards.pictures import write_pictures
from engagement_lib.dashboards.reading import read_facts
from engagement_lib.dashboards.render import prepare, render
from engagement_lib.docs.catalogue import FILE
from engagement_lib.engine.lake import Lake
from engagement_lib.errors import ConfigError, exit_code_of
from engagement_lib.session import build_session
from engagement_lib.settings import Settings
from engagement_lib.web.document import replace_folder


def main(argv: Sequence[str] | None = None) -> int:
    """Make the pages of a lake as it is and return an exit code."""
    parser = argparse.ArgumentParser(description="Write the dashboards: files that open without a server or a network.")
    parser.add_argument("--conf-file", metavar="FILE", help="configuration (default conf/local.yml)")
    parser.add_argument("--lake", metavar="DIR", help="folder of the tables, instead of the configured lake")
    parser.add_argument(
        "--dashboards",
        metavar="DIR",
        help="folder of the pages (default: the configured one, else dashboards; to be given with --lake)",
    )
    parser.add_argument("--png", metavar="DIR", help="also write the charts over days as PNG files into this folder")
    parser.add_argument("--debug", action="store_true", help="show stack traces")
    arguments = parser.parse_args(argv)
    return exit_code_of(lambda: _run(arguments), debug=arguments.debug)


def _run(arguments: argparse.Namespace) -> int:
    given = {"lake": arguments.lake, "dashboards": arguments.dashboards}
    settings = Settings.load(arguments.conf_file, tables=pipeline.all_tables().values(), **given)
    if arguments.lake and not arguments.dashboards:
        raise ConfigError(
            "--lake: say with --dashboards where its pages go; the configured folder has those of the configured lake"
        )
    folder = settings.pages_folder() or "dashboards"
    lake = pipeline.as_readers_see(pipeline.open_lake(build_session(settings.spark), settings))
    first = write_dashboards(lake, folder, settings.parameters, pictures=arguments.png)
    print(f"Dashboards: {first}")
    return 0


def write_dashboards(lake: Lake, folder: str, parameters: Mapping[str, Any], *, pictures: str | None = None) -> Path:
    """Replace the pages in a local folder and return the one to open first; the same tables give the same bytes.

    ``parameters``: what the configuration sets of the tables' parameters, for the catalogue; ``pictures``: a folder for the
    charts as PNG files.
    """
    # Before anything is read: a run that ends meanwhile must find the pages older than its tables, not as new as they are.
    mark = made_of(lake, parameters)
    with ThreadPoolExecutor(1) as pool:
        charts = pool.submit(prepare, PAGES)
        facts = read_facts(lake, PAGES)
        charts.result()
    try:
        files = {page.file: render(page, PAGES, facts) for page in PAGES}
        files[FILE] = render_catalogue(PAGES, parameters, history_of(facts))
        files[MARK] = mark
        replace_folder(Path(folder), files)
    except OSError as problem:
        raise ConfigError(f"dashboards: {problem}") from problem
    if pictures:
        write_pictures(Path(pictures), PAGES, facts)
    return first_page(folder)


def are_current(lake: Lake, folder: str, parameters: Mapping[str, Any]) -> bool:
    """Whether `write_dashboards` would only write again what is in the folder."""
    return is_current(folder, made_of(lake, parameters))


def first_page(folder: str) -> Path:
    """The page to open first."""
    return Path(folder) / PAGES[0].file
