"""Fixtures for all tests: one Spark session, and the reference material that not every checkout has beside it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

from engagement_lib.engine.interpreting import INTERPRETED
from engagement_lib.session import build_session

# The same examples in each run, so that a red test means a change; HYPOTHESIS_PROFILE=default looks for new ones.
settings.register_profile("same", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

REPOSITORY = Path(__file__).resolve().parent.parent

# Tests run as if the machine stood a day ahead of UTC, so that a use of its time zone shows on every machine.
os.environ["TZ"] = "Pacific/Kiritimati"
time.tzset()

# Files of which each takes minutes; begun last, one of them would keep the others waiting.
LONG = tuple(
    f"test_{name}.py"
    for name in ("histories", "seed", "reliability", "failpoints", "sample", "replay", "funnel_truth", "entities", "identities")
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One small session for the whole test run; whatever it writes lies below pytest's own temporary folder."""
    scratch = tmp_path_factory.mktemp("spark")
    session = build_session(
        {
            "spark.master": "local[2]",
            "spark.driver.memory": "2g",
            # Tests are many small queries: the optimising compiler costs them more than it gains. The rest is in conf/spark-defaults.conf.
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
            # For the same reason rows are interpreted, as every run of a small lake does by itself.
            **INTERPRETED,
            # Delta keeps what it knows of each table for an hour, 2 MB of heap; a test run has hundreds of lakes, a product has one.
            "spark.databricks.delta.delta.log.cacheSize": "100",
            "spark.default.parallelism": "1",
            "spark.sql.shuffle.partitions": "1",
            "spark.sql.warehouse.dir": str(scratch / "warehouse"),
            "spark.local.dir": str(scratch / "local"),
        },
        app_name="tests",
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ``shared`` beside the repository: seed events, published cases, hostile texts."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder ../shared (seed events and published cases), which is not beside this checkout")
    return folder
