"""Experiments, as the experiment service exports them."""

from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "experiments",
    keys=("experiment_id",),
    fields=(
        Field("experiment_id", "string", "The experiment, as exposures name it.", required=True),
        Field("name", "string", "What people call it."),
        Field("started_at", "timestamp", "When users were first assigned, UTC.", required=True),
        Field("ended_at", "timestamp", "When it ended or will end, UTC; null = open."),
        Field("primary_metric", "string", "The metric that decides it, by its name."),
    ),
    told_by=("started_at",),
)
SOURCE = ENTITY.source
