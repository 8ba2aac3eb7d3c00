"""Experiments and when they run."""

from pyspark.sql import DataFrame

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import versions
from engagement_lib.engine.table import Rebuild, Rule, table
from engagement_lib.sources.entity_shape import record_order
from engagement_lib.sources.experiments import ENTITY
from engagement_lib.tables.bronze.experiments import experiments as landed
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside


@table(
    inputs=(landed,),
    grain=(*ENTITY.keys, "valid_from"),
    fields=(*ENTITY.fields, *v.VERSION),
    rules=(Rule("ends_after_its_start", "ended_at >= started_at", "warn"),),
    write=Rebuild(rest=entity_set_aside),
)
def experiments(experiments: DataFrame) -> DataFrame:
    """One row per experiment and version of it.

    Current state: `where is_current`, or gold.dim_experiment.
    """
    valid = ENTITY.typed(experiments).where("_rule IS NULL")
    history = versions(valid, keys=ENTITY.keys, changed_at="_changed_at", content="_content", first=record_order())
    return history.select(*[field.name for field in (*ENTITY.fields, *v.VERSION)])
