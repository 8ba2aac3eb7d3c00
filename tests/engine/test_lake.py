"""engine.lake: what a stored table is asked before a run touches it."""

from dataclasses import replace
from pathlib import Path

from pyspark.sql import SparkSession

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.lake import Lake
from engagement_lib.tables.ops.checks import checks


def test_a_table_matches_its_contract_until_the_contract_or_the_table_changes(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.record(checks, [("run", "gold.x", "rule", "warn", 1)], Commit(run_id="run"))
    assert lake.matches_contract(checks)
    assert not lake.matches_contract(replace(checks, fields=checks.fields[:-1]))
    spark.sql(f"ALTER TABLE delta.`{lake.location(checks)}` ADD COLUMN mood string")
    lake.forget()
    assert not lake.matches_contract(checks)


def test_a_commit_of_before_contracts_were_written_down_is_looked_at(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, root=str(tmp_path))
    lake.create(checks)
    rows = lake.frame(checks, [("run", "gold.x", "rule", "warn", 1)])
    old = Commit(run_id="run").to_json()
    rows.write.format("delta").mode("append").option("userMetadata", old).save(lake.location(checks))
    lake.forget()
    assert lake.last_commit(checks) == Commit(run_id="run")
    assert lake.matches_contract(checks)
