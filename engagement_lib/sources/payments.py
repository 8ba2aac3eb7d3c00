"""Payments, as the billing system exports them."""

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "payments",
    keys=("payment_id",),
    fields=(
        Field("payment_id", "string", "The payment.", required=True, pii=True),
        Field("subscription_id", "string", "The subscription that is paid for.", required=True, pii=True),
        Field("user_id", "string", "The user who pays.", required=True, pii=True),
        Field("paid_at", "timestamp", "When the payment was made or tried, UTC.", required=True),
        Field("amount", "decimal(18,4)", "What was charged, in units of the currency.", required=True),
        Field("currency", "string", "ISO 4217 code of the currency, upper case.", required=True),
        Field("status", "string", "What became of the payment.", required=True, allowed=v.PAYMENT_STATUSES),
        Field("refunded_at", "timestamp", "When the amount was paid back, UTC; null = it was not."),
    ),
    told_by=("paid_at", "refunded_at"),
)
SOURCE = ENTITY.source
