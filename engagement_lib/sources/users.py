"""Users, as the account service exports them."""

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field
from engagement_lib.sources.entity_shape import Entity

ENTITY = Entity(
    "users",
    keys=("user_id",),
    fields=(
        Field("user_id", "string", "The user, as events name it.", required=True, pii=True),
        Field("signup_at", "timestamp", "When the user signed up, UTC.", required=True),
        Field("signup_platform", "string", "Where the user signed up, e.g. mobile or web."),
        v.COUNTRY_CODE.but(description="Country of the account, ISO 3166 alpha-2, upper case; null = unknown."),
        Field("language", "string", "Language of the account, e.g. de."),
        Field("time_zone", "string", "Time zone of the account, e.g. Europe/Berlin."),
        Field("acquisition_channel", "string", "Channel that brought the user, as attributed at sign-up, e.g. organic."),
        Field("campaign", "string", "Campaign that brought the user, where there was one."),
        Field("is_test", "boolean", "Whether the account belongs to a tester or a robot; null = not said."),
        Field("deleted_at", "timestamp", "When the account was deleted, UTC; null = it is not."),
    ),
    told_by=("signup_at", "deleted_at"),
)
SOURCE = ENTITY.source
