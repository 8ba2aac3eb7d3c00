"""Experiments and their variants as they are known now."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.sources.experiments import ENTITY as EXPERIMENTS
from engagement_lib.sources.variants import ENTITY as VARIANTS
from engagement_lib.tables.silver.experiments import experiments
from engagement_lib.tables.silver.variants import variants


@table(
    inputs=(experiments, variants),
    grain=VARIANTS.keys,
    fields=(
        *VARIANTS.fields,
        Field("weight_share", "double", "The variant's weight / the weights of all variants; null where they are all 0."),
        *[field.but(required=False) for field in EXPERIMENTS.fields if field.name not in EXPERIMENTS.keys],
        Field("controls", "bigint", "Control variants of the experiment; with exactly 1 it can be read.", required=True),
    ),
    rules=(
        Rule("one_control_per_experiment", "controls = 1", "warn"),
        Rule("experiment_is_known", "started_at IS NOT NULL", "warn"),
    ),
    write=Rebuild(),
)
def dim_experiment(experiments: DataFrame, variants: DataFrame) -> DataFrame:
    """One row per variant of an experiment, as known now. A variant of an unknown experiment has no name and no times."""
    of_experiment = Window.partitionBy("experiment_id")
    known = experiments.where("is_current").select(*[field.name for field in EXPERIMENTS.fields])
    current = variants.where("is_current").select(
        *[field.name for field in VARIANTS.fields],
        # Rounded, because the sum of doubles depends on their order.
        F.round(F.try_divide("weight", F.sum("weight").over(of_experiment)), 9).alias("weight_share"),
        F.count_if("is_control").over(of_experiment).alias("controls"),
    )
    return current.join(known, "experiment_id", "left")
