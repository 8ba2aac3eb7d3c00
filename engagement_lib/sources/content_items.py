"""Content items, as the content system exports them."""

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "content_items",
    keys=("item_id",),
    fields=(
        v.ITEM_ID.but(required=True),
        v.ITEM_TYPE.but(description="Kind of item, e.g. book."),
        Field("title", "string", "Title, without one pair of single quotes around it."),
        Field("word_count", "bigint", "Words of the text; null = unknown or no text."),
        Field("audio_seconds", "bigint", "Length of the audio in seconds; null = unknown or no audio."),
        Field("has_text", "boolean", "Whether it can be read; null = not said."),
        Field("has_audio", "boolean", "Whether it can be heard; null = not said."),
    ),
)
SOURCE = ENTITY.source
