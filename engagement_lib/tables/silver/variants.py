"""Variants of experiments."""

from pyspark.sql import DataFrame

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import versions
from engagement_lib.engine.table import Rebuild, Rule, table
from engagement_lib.sources.entity_shape import record_order
from engagement_lib.sources.variants import ENTITY
from engagement_lib.tables.bronze.variants import variants as landed
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside


@table(
    inputs=(landed,),
    grain=(*ENTITY.keys, "valid_from"),
    fields=(*ENTITY.fields, *v.VERSION),
    rules=(Rule("weight_not_negative", "weight >= 0"),),
    write=Rebuild(rest=entity_set_aside),
)
def variants(variants: DataFrame) -> DataFrame:
    """One row per experiment, variant and version of it.

    Current state: `where is_current`, or gold.dim_experiment.
    """
    valid = ENTITY.typed(variants).where("_rule IS NULL")
    history = versions(valid, keys=ENTITY.keys, changed_at="_changed_at", content="_content", first=record_order())
    return history.select(*[field.name for field in (*ENTITY.fields, *v.VERSION)])
