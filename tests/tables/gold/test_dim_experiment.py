"""gold.dim_experiment: experiments with their variants."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.dim_experiment import dim_experiment
from engagement_lib.tables.silver.experiments import experiments
from engagement_lib.tables.silver.variants import variants
from tests.support import assert_rows, filled


def test_shares_and_controls_are_counted_within_an_experiment_over_current_versions(spark: SparkSession) -> None:
    known = filled(
        spark,
        experiments,
        """
        experiment_id | name   | started_at          | is_current
        e1            | Old    | 2025-02-01 00:00:00 | false
        e1            | Banner | 2025-02-01 00:00:00 | true
        """,
    )
    drawn = filled(
        spark,
        variants,
        """
        experiment_id | variant   | weight | is_control | is_current
        e1            | control   | 50     | true       | false
        e1            | control   | 1      | true       | true
        e1            | treatment | 3      | false      | true
        lost          | a         | 0      | false      | true
        """,
    )
    assert_rows(
        dim_experiment(known, drawn),
        dim_experiment,
        """
        experiment_id | variant   | weight_share | is_control | controls | name   | started_at
        e1            | control   | 0.25         | true       | 1        | Banner | 2025-02-01 00:00:00
        e1            | treatment | 0.75         | false      | 1        | Banner | 2025-02-01 00:00:00
        lost          | a         |              | false      | 0        |        |
        """,
    )
