"""What can be read and heard."""

from pyspark.sql import DataFrame

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import versions
from engagement_lib.engine.table import Rebuild, Rule, table
from engagement_lib.sources.content_items import ENTITY
from engagement_lib.sources.entity_shape import record_order
from engagement_lib.tables.bronze.content_items import content_items as landed
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside


@table(
    inputs=(landed,),
    grain=(*ENTITY.keys, "valid_from"),
    fields=(*ENTITY.fields, *v.VERSION),
    rules=(
        Rule("lengths_not_negative", "coalesce(word_count, 0) >= 0 AND coalesce(audio_seconds, 0) >= 0", "warn"),
        Rule("text_or_audio", "has_text OR has_audio", "warn"),
    ),
    write=Rebuild(rest=entity_set_aside),
)
def content_items(content_items: DataFrame) -> DataFrame:
    """One row per item and version of it.

    Current state: `where is_current`, or gold.dim_content_item.
    """
    valid = ENTITY.typed(content_items).where("_rule IS NULL")
    history = versions(valid, keys=ENTITY.keys, changed_at="_changed_at", content="_content", first=record_order())
    return history.select(*[field.name for field in (*ENTITY.fields, *v.VERSION)])
