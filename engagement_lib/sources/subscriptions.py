"""Subscriptions and their trials, as the billing system exports them."""

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "subscriptions",
    keys=("subscription_id",),
    fields=(
        Field("subscription_id", "string", "The subscription.", required=True, pii=True),
        Field("user_id", "string", "The user who subscribes.", required=True, pii=True),
        Field("plan", "string", "What is subscribed to, e.g. premium_yearly."),
        Field("status", "string", "Where the subscription stands.", required=True, allowed=v.SUBSCRIPTION_STATUSES),
        Field("trial_start_at", "timestamp", "When the trial began, UTC; null = there was none."),
        Field("trial_end_at", "timestamp", "When the trial ends or ended, UTC; it may lie ahead."),
        Field("started_at", "timestamp", "When the paid subscription began, UTC; null = not yet."),
        Field("cancelled_at", "timestamp", "When the user cancelled, UTC; it may run on until it ends."),
        Field("ended_at", "timestamp", "When the subscription ended, UTC; null = it runs."),
    ),
    told_by=("trial_start_at", "started_at", "cancelled_at", "ended_at"),
)
SOURCE = ENTITY.source
