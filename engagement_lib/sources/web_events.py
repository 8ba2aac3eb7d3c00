"""Events of the web site, as the web tracker exports them."""

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
    Field("event_timestamp", "string", "When it happened in the browser, UTC.", required=True),
    Field("user_id", "string", "The user who is logged in.", required=True, pii=True),
    Field("fingerprint", "string", "Id of the browser; in the known exports new on each event.", pii=True),
    Field("arrival_timestamp", "string", "When the collector received the event, UTC.", required=True),
    Field("browser_name", "string", "Browser."),
    Field("browser_version", "string", "Version of the browser."),
    Field("language", "string", "Language and region of the browser, e.g. de-DE."),
    Field("screen_resolution", "string", "Width x height in pixels."),
    Field("device_type", "string", "desktop, laptop, mobile or tablet."),
    Field("cookies_enabled", "string", "1 where the browser takes cookies."),
    Field("session_id", "string", "The tracker's session; in the known exports nearly one for each event.", pii=True),
    Field("user_access_type", "string", "free or premium."),
    Field("country_code", "string", "Country of the address that the request came from."),
    Field("referrer", "string", "Where the visitor came from."),
    Field("item_id", "string", "Item, written as a whole number: 873."),
    Field("item_type", "string", "Kind of item."),
    Field("item_title", "string", "Title."),
    *NEWER,
)

_REST = ("browser_version", "screen_resolution", "cookies_enabled")


def to_events(raw: DataFrame) -> DataFrame:
    """One row per record in the event shape, values still as text."""
    title = text.trimmed(F.col("item_title"))
    item = text.given(F.col("item_id"))
    located = country.country(text.trimmed(F.col("country_code")))
    return raw.select(
        F.lit(v.WEB).alias("platform"),
        *map(given_text, ("event_name", "user_id", "session_id", "user_access_type", "item_type")),
        text.given(F.col("event_timestamp")).alias("event_time_text"),
        text.given(F.col("arrival_timestamp")).alias("arrival_time_text"),
        text.given(F.col("fingerprint")).alias("anonymous_id"),
        located.alias("country_code"),
        F.when(located.isNotNull(), "country_code").alias("country_source"),
        country.locale_language(text.trimmed(F.col("language"))).alias("language"),
        F.lower(text.given(F.col("device_type"))).alias("device_type"),
        F.lit(None).cast("string").alias("device_os"),
        F.lit(None).cast("string").alias("app_version"),
        text.given(F.col("browser_name")).alias("browser"),
        text.given(F.col("referrer")).alias("referrer"),
        F.lit(None).cast("string").alias("screen_name"),
        ids.canonical_item(item).alias("item_id"),
        text.unquoted(title).alias("item_title"),
        *newer(),
        properties((*_REST, *NEWER_REST)).alias("properties"),
        flags(
            item_id_was_decimal=ids.is_decimal_item(item),
            progress_unread=is_progress_unread(),
            title_was_quoted=text.is_quoted(title),
        ).alias("quality_flags"),
        *provenance([column.name for column in COLUMNS]),
    )


SOURCE = Source("web_events", COLUMNS, may_lack=tuple(column.name for column in NEWER))
