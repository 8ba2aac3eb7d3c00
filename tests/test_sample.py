"""The lake that `make run` makes of sample_data says what the generator planted and what a recount of silver finds, and the pages
made of it show what its tables hold."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser
from pyspark.sql import SparkSession

from engagement_lib.__main__ import with_names
from engagement_lib.cli import main
from engagement_lib.dashboards.pages import PAGES
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.table import Table
from engagement_lib.pipeline import all_tables, as_readers_see
from tests.dashboards.browsing import opened as opened_page
from tests.dashboards.browsing import started
from tests.trust.answer import Answer, differs
from tests.trust.page_numbers import FILTERS, NUMBERS, views
from tests.trust.page_numbers.number import Choice
from tests.trust.page_numbers.reading import expected, shown
from tests.trust.sample_truth import ANSWERS, SAMPLE, opened, planted

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake and the pages made of it."""
    root = tmp_path_factory.mktemp("sample")
    places = ["--lake", str(root / "lake"), "--dashboards", str(root / "dashboards")]
    assert main(["--landing", str(SAMPLE), *places], spark=spark) == 0
    return root


@pytest.fixture(scope="module")
def database(folder: Path) -> duckdb.DuckDBPyConnection:
    return opened(folder / "lake")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.metric)
def test_the_lake_says_what_is_true(database: duckdb.DuckDBPyConnection, answer: Answer) -> None:
    value, truth = answer.found(database), answer.expected(database, planted())
    assert differs(value, truth) == 0, (value, truth)


@pytest.mark.parametrize(("file", "choice"), views(), ids=lambda part: part if isinstance(part, str) else part.name)
def test_a_page_shows_what_the_tables_hold(
    browser: Browser, folder: Path, database: duckdb.DuckDBPyConnection, file: str, choice: Choice
) -> None:
    with opened_page(browser, folder / "dashboards" / file) as page:
        assert shown(page, NUMBERS[file], choice) == expected(database, NUMBERS[file], choice)


@pytest.mark.parametrize("file", sorted((REPOSITORY / "docs" / "sql").glob("*.sql")), ids=lambda file: file.stem)
def test_a_sample_query_has_an_answer(spark: SparkSession, folder: Path, file: Path) -> None:
    tables, lake = all_tables(), as_readers_see(Lake(spark, root=str(folder / "lake")))

    def view(table: Table) -> str:
        lake.read(table).createOrReplaceTempView(f"{table.layer}__{table.name}")
        return f"{table.layer}__{table.name}"

    assert spark.sql(with_names(file.read_text(encoding="utf-8"), tables, view)).count() > 0


def test_each_page_has_ten_numbers_under_each_of_its_filters(folder: Path) -> None:
    assert set(NUMBERS) == {page.file for page in PAGES}
    for file, numbers in NUMBERS.items():
        found = re.findall(r'<select name="(\w+)">', (folder / "dashboards" / file).read_text(encoding="utf-8"))
        assert tuple(found) == FILTERS[file]
        for choice in (choice for name, choice in views() if name == file):
            assert len({number.place(choice) for number in numbers}) == len(numbers) >= 10
