"""Payments and what became of them."""

from pyspark.sql import DataFrame

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import versions
from engagement_lib.engine.table import Rebuild, Rule, table
from engagement_lib.sources.entity_shape import record_order
from engagement_lib.sources.payments import ENTITY
from engagement_lib.tables.bronze.payments import payments as landed
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside


@table(
    inputs=(landed,),
    grain=(*ENTITY.keys, "valid_from"),
    fields=(*ENTITY.fields, *v.VERSION),
    rules=(
        Rule("amount_not_negative", "amount >= 0", "warn"),
        Rule("refunded_after_payment", "refunded_at >= paid_at", "warn"),
    ),
    write=Rebuild(rest=entity_set_aside),
)
def payments(payments: DataFrame) -> DataFrame:
    """One row per payment and version of it.

    Current state: `where is_current`. A refunded payment was successful first: `refunded_at` says when it was paid back.
    """
    valid = ENTITY.typed(payments).where("_rule IS NULL")
    history = versions(valid, keys=ENTITY.keys, changed_at="_changed_at", content="_content", first=record_order())
    return history.select(*[field.name for field in (*ENTITY.fields, *v.VERSION)])
