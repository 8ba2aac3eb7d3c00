"""The training run of the class archive."""

from pathlib import Path

from pyspark.sql import SparkSession

from engagement_lib.runtime.training import train


def test_the_training_run_does_every_kind_of_write_without_an_error(spark: SparkSession, tmp_path: Path) -> None:
    """If it failed, set-up would go on without an archive and every start would silently be slower."""
    train(spark, tmp_path)
    assert spark.read.format("delta").load(str(tmp_path / "silver")).count() == 3
