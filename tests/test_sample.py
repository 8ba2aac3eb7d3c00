"""The lake that `make run` makes of sample_data says what the generator planted and what a recount of silver finds."""

from pathlib import Path

import duckdb
import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from tests.trust.answer import Answer, differs
from tests.trust.sample_truth import ANSWERS, SAMPLE, opened, planted


@pytest.fixture(scope="module")
def database(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    root = tmp_path_factory.mktemp("sample")
    assert main(["--landing", str(SAMPLE), "--lake", str(root)], spark=spark) == 0
    return opened(Path(root))


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.metric)
def test_the_lake_says_what_is_true(database: duckdb.DuckDBPyConnection, answer: Answer) -> None:
    value, expected = answer.found(database), answer.expected(database, planted())
    assert differs(value, expected) == 0, (value, expected)
