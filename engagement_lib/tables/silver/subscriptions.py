"""Subscriptions and their trials."""

from pyspark.sql import DataFrame

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import versions
from engagement_lib.engine.table import Rebuild, Rule, table
from engagement_lib.sources.entity_shape import record_order
from engagement_lib.sources.subscriptions import ENTITY
from engagement_lib.tables.bronze.subscriptions import subscriptions as landed
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside


@table(
    inputs=(landed,),
    grain=(*ENTITY.keys, "valid_from"),
    fields=(*ENTITY.fields, *v.VERSION),
    rules=(
        Rule("trial_ends_after_its_start", "trial_end_at >= trial_start_at", "warn"),
        Rule("ends_after_its_start", "ended_at >= coalesce(started_at, trial_start_at)", "warn"),
    ),
    write=Rebuild(rest=entity_set_aside),
)
def subscriptions(subscriptions: DataFrame) -> DataFrame:
    """One row per subscription and version of it.

    Current state: `where is_current`. A trial is a subscription with `trial_start_at`; whether it was paid for is told by
    `silver.payments`, never by the status alone.
    """
    valid = ENTITY.typed(subscriptions).where("_rule IS NULL")
    history = versions(valid, keys=ENTITY.keys, changed_at="_changed_at", content="_content", first=record_order())
    return history.select(*[field.name for field in (*ENTITY.fields, *v.VERSION)])
