"""Features of the app, as product management lists them."""

from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "features",
    keys=("feature_id",),
    fields=(
        Field("feature_id", "string", "The feature, as feature-used events name it.", required=True),
        Field("name", "string", "What people call it."),
        Field("launched_at", "timestamp", "When users could first use it, UTC.", required=True),
        Field("eligible_access_types", "array<string>", "Access types that may use it, e.g. free, premium; null = everybody."),
    ),
    told_by=("launched_at",),
)
SOURCE = ENTITY.source
