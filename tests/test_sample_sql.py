"""The sample queries in docs/sql say what they answer, name tables and columns that exist, and run."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.pipeline import all_tables
from tests.support import nothing

FILES = sorted((Path(__file__).resolve().parent.parent / "docs" / "sql").glob("*.sql"))
TABLES = all_tables()


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_sample_query_runs_over_the_tables_as_declared(file: Path, spark: SparkSession) -> None:
    query = file.read_text(encoding="utf-8")
    assert query.startswith("-- ") and "?" in query.splitlines()[0], "the first line is the question"
    named = [table for table in TABLES.values() if table.id in query]
    assert named
    # Longer names first: one name may begin with another.
    for table in sorted(named, key=lambda t: -len(t.id)):
        nothing(spark, table).createOrReplaceTempView(f"sample_{table.layer}_{table.name}")
        query = query.replace(table.id, f"sample_{table.layer}_{table.name}")
    assert spark.sql(query).columns and spark.sql(query).count() == 0
