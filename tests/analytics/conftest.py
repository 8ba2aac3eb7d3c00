"""The seed events in the shape that the analytics tests ask about."""

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession


@pytest.fixture(scope="session")
def seed_events(spark: SparkSession, shared: Path) -> DataFrame:
    """One row per unique seed event: user_id, at, name, item_id. No pipeline: the mapping is written out here."""
    columns = ["user_id", "session_id", "event_name", "event_timestamp", "item_id"]
    files = (spark.read.csv(str(shared / f"seed_data/{name}_events.csv"), header=True, escape='"') for name in ("mobile", "web"))
    mobile, web = (file.select(*columns) for file in files)
    return (
        mobile.unionByName(web)
        .selectExpr(
            "user_id",
            "session_id",
            "event_name as name",
            "cast(event_timestamp as timestamp) as at",
            "regexp_replace(item_id, '[.]0$', '') as item_id",
        )
        .distinct()
    )
