"""Variants of experiments, as the experiment service exports them."""

from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "variants",
    keys=("experiment_id", "variant"),
    fields=(
        Field("experiment_id", "string", "The experiment.", required=True),
        Field("variant", "string", "Name of the variant, e.g. control.", required=True),
        Field(
            "weight", "double", "Share of users that it is meant to get, in any unit: 50 and 50, or 0.5 and 0.5.", required=True
        ),
        Field("is_control", "boolean", "Whether the others are compared with this one.", required=True),
    ),
)
SOURCE = ENTITY.source
