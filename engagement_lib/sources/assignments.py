"""Assignments of users to variants, as the experiment service exports them."""

from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "assignments",
    # The variant is part of the key: a user with two variants is a crossover, not a changed assignment.
    keys=("experiment_id", "user_id", "variant"),
    fields=(
        Field("experiment_id", "string", "The experiment.", required=True),
        Field("user_id", "string", "The user.", required=True, pii=True),
        Field("variant", "string", "The variant that the user was given.", required=True),
        Field("assigned_at", "timestamp", "When the user was given the variant, UTC.", required=True),
    ),
    told_by=("assigned_at",),
)
SOURCE = ENTITY.source
