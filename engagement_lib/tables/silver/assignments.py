"""Which user was given which variant."""

from pyspark.sql import DataFrame

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import versions
from engagement_lib.engine.table import Rebuild, table
from engagement_lib.sources.assignments import ENTITY
from engagement_lib.sources.entity_shape import record_order
from engagement_lib.tables.bronze.assignments import assignments as landed
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside


@table(
    inputs=(landed,),
    grain=(*ENTITY.keys, "valid_from"),
    fields=(*ENTITY.fields, *v.VERSION),
    write=Rebuild(rest=entity_set_aside),
)
def assignments(assignments: DataFrame) -> DataFrame:
    """One row per experiment, user, variant and time of assignment.

    A user with several variants of one experiment is a crossover and has a row for each. The first assignment to a variant
    is the smallest `assigned_at` of its rows.
    """
    valid = ENTITY.typed(assignments).where("_rule IS NULL")
    history = versions(valid, keys=ENTITY.keys, changed_at="_changed_at", content="_content", first=record_order())
    return history.select(*[field.name for field in (*ENTITY.fields, *v.VERSION)])
