"""Events of the mobile apps, as the app's tracker exports them."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.columns import country, ids, text
from engagement_lib.engine.table import Field
from engagement_lib.sources.event_shape import (
    NEWER,
    NEWER_REST,
    flags,
    given_text,
    is_progress_unread,
    newer,
    properties,
    provenance,
)
from engagement_lib.sources.source import Source

COLUMNS = (
    Field("event_name", "string", "What happened.", required=True),
    Field("application_version_code", "string", "Build number of the app."),
    Field("application_version_name", "string", "Version of the app as people know it."),
    Field("arrival_timestamp", "string", "When the collector received the event, UTC.", required=True),
    Field("category", "string", "Kind of client: app."),
    Field("client_cognito_id", "string", "Id of the identity service.", pii=True),
    Field("client_id", "string", "Id of the installation; in the known exports new on each event.", pii=True),
    Field("device_locale_code", "string", "Language and region of the device, e.g. de_AT: the truth about the country."),
    Field("device_locale_country", "string", "Region as the export states it; FR in most rows whatever the device says."),
    Field("device_locale_language", "string", "Language as the export states it; fr in most rows whatever the device says."),
    Field("device_make", "string", "Maker of the device."),
    Field("device_platform_name", "string", "Operating system."),
    Field("device_platform_version", "string", "Version of the operating system."),
    Field("event_timestamp", "string", "When it happened on the device, UTC.", required=True),
    Field("event_version", "string", "Version of the event's definition."),
    Field("session_id", "string", "The tracker's session; in the known exports nearly one for each event.", pii=True),
    Field("user_access_type", "string", "free or premium."),
    Field("user_id", "string", "The user who is logged in.", required=True, pii=True),
    Field("topLevelScreenName", "string", "Screen that was open."),
    Field("item_id", "string", "Item, written as a decimal number: 873.0."),
    Field("item_type", "string", "Kind of item."),
    Field("item_title", "string", "Title; sometimes wrapped in single quotes."),
    *NEWER,
)

_REST = (
    "application_version_code",
    "category",
    "client_cognito_id",
    "device_make",
    "device_platform_version",
    "event_version",
)


def to_events(raw: DataFrame) -> DataFrame:
    """One row per record in the event shape, values still as text.

    The country is the region of ``device_locale_code``, unknown where that has none: the columns ``device_locale_country``
    and ``_language`` say FR and fr for nearly everybody; where they contradict the code, the record is flagged.
    """
    locale = text.trimmed(F.col("device_locale_code"))
    from_locale = country.locale_country(locale)
    stated = country.country(text.trimmed(F.col("device_locale_country")))
    title = text.trimmed(F.col("item_title"))
    item = text.given(F.col("item_id"))
    return raw.select(
        F.lit(v.MOBILE).alias("platform"),
        *map(given_text, ("event_name", "user_id", "session_id", "user_access_type", "item_type")),
        text.given(F.col("event_timestamp")).alias("event_time_text"),
        text.given(F.col("arrival_timestamp")).alias("arrival_time_text"),
        text.given(F.col("client_id")).alias("anonymous_id"),
        from_locale.alias("country_code"),
        F.when(from_locale.isNotNull(), "device_locale_code").alias("country_source"),
        F.coalesce(country.locale_language(locale), F.lower(text.given(F.col("device_locale_language")))).alias("language"),
        F.lit(None).cast("string").alias("device_type"),
        F.lower(text.given(F.col("device_platform_name"))).alias("device_os"),
        text.given(F.col("application_version_name")).alias("app_version"),
        F.lit(None).cast("string").alias("browser"),
        F.lit(None).cast("string").alias("referrer"),
        text.given(F.col("topLevelScreenName")).alias("screen_name"),
        ids.canonical_item(item).alias("item_id"),
        text.unquoted(title).alias("item_title"),
        *newer(),
        properties((*_REST, *NEWER_REST)).alias("properties"),
        flags(
            country_contradicts_locale=from_locale != stated,
            device_missing=text.given(F.col("device_platform_name")).isNull() | text.given(F.col("device_make")).isNull(),
            item_id_was_decimal=ids.is_decimal_item(item),
            progress_unread=is_progress_unread(),
            title_was_quoted=text.is_quoted(title),
        ).alias("quality_flags"),
        *provenance([column.name for column in COLUMNS]),
    )


SOURCE = Source("mobile_events", COLUMNS, may_lack=tuple(column.name for column in NEWER))
