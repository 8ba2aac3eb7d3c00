"""Every event of every source, typed and unique."""

from collections.abc import Mapping

from pyspark.sql import DataFrame

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, Merge, table
from engagement_lib.sources import mobile_events as mobile
from engagement_lib.sources import web_events as web
from engagement_lib.sources.event_shape import typed
from engagement_lib.tables.bronze.mobile_events import mobile_events
from engagement_lib.tables.bronze.web_events import web_events
from engagement_lib.tables.silver.duplicates import duplicates
from engagement_lib.tables.silver.quarantine import quarantine

FIELDS = (
    Field(
        "event_id",
        "string",
        "Key of the event: 128 bits of SHA-256 over the tracker's own id, else over who, where, what, when.",
        required=True,
    ),
    v.PLATFORM,
    Field("event_name", "string", "What happened.", required=True, allowed=v.EVENT_NAMES),
    Field("event_timestamp", "timestamp", "When it happened, UTC.", required=True),
    Field("arrival_timestamp", "timestamp", "When the collector received it, UTC.", required=True),
    Field("event_date", "date", "Day of the event in the report time zone.", required=True),
    Field("user_id", "string", "The user as given by the tracker.", pii=True),
    Field("anonymous_id", "string", "Mobile client id or web fingerprint.", pii=True),
    Field("resolved_user_id", "string", "The user as given; gold adds those of silver.identity_map.", pii=True),
    Field("session_id", "string", "The tracker's session, as given; see gold.fact_session for real ones.", pii=True),
    v.USER_ACCESS_TYPE,
    v.COUNTRY_CODE,
    Field("country_source", "string", "The column that the country was taken from."),
    Field("language", "string", "ISO 639 language of device or browser."),
    Field("device_type", "string", "desktop, laptop, mobile or tablet (web)."),
    Field("device_os", "string", "Operating system (mobile)."),
    Field("app_version", "string", "Version of the app (mobile)."),
    Field("browser", "string", "Browser (web)."),
    Field("referrer", "string", "Where the visitor came from (web)."),
    Field("screen_name", "string", "Screen that was open (mobile)."),
    v.ITEM_ID,
    v.ITEM_TYPE,
    Field("content_format", "string", "text or audio; null where the tracker does not say."),
    Field("item_title", "string", "Title, without wrapping quotes."),
    Field("progress_pct", "double", "How far the item was read or heard, 0 to 100."),
    Field("feature_id", "string", "Feature that was used."),
    Field(
        "properties",
        "map<string,string>",
        "The source's other columns by name, e.g. step_name, experiment_id, variant.",
        pii=True,
    ),
    Field("lateness_seconds", "bigint", "Whole seconds that passed from the event to its arrival; negative = arrived before."),
    Field(
        "quality_flags",
        "array<string>",
        "What was repaired (item_id_was_decimal, title_was_quoted), could not be read (progress_unread), is missing "
        "(device_missing) or contradicts itself (country_contradicts_locale) in the record.",
    ),
    v.SOURCE_FILE,
    v.SOURCE_RECORD,
    v.LOAD,
)

#: In this order the first delivery of an event is kept. Content decides between equal arrivals, so that names, splits
#: and order of files cannot; equal content then goes by file, record and load (a file that has grown was loaded twice).
ORDER = ("arrival_timestamp", "_content", "source_file", "source_record", "_load")


@table(
    inputs=(mobile_events, web_events),
    grain=("event_id",),
    fields=FIELDS,
    write=Merge(("event_id",), ORDER, "event_date", rejects=quarantine, repeats=duplicates, user="resolved_user_id"),
)
def events(
    mobile_events: DataFrame,
    web_events: DataFrame,
    *,
    event_name_aliases: Mapping[str, str] = {},
    report_time_zone: str = "UTC",
    max_clock_ahead_hours: int = 24,
    max_clock_behind_days: int = 366,
) -> DataFrame:
    """One row per unique event of all sources, typed and repaired.

    An event is known by its key: the tracker's own `event_id` within platform and day, else platform, user (or anonymous id),
    session, event name, event time and item (or feature, experiment, onboarding step). Of several deliveries the earliest
    arrival is kept; the others are counted in `silver.duplicates`. Records that break a rule stand in `silver.quarantine`, so
    that records = events + duplicates + quarantined for each file. An event dated more than `max_clock_ahead_hours` after it
    arrived, or more than `max_clock_behind_days` before, has the time of a wrong clock and is quarantined: it would be the last
    day with data, where all windows end, or the first.

    Known traps of the data: the mobile columns for country and language are wrong in most rows (the locale code is
    used and the contradiction flagged), item ids are decimal numbers on mobile, and the tracker's session is no session.
    """
    # Typed source by source: what a record was, is a structure of the source's own columns.
    mobile_records, web_records = (
        typed(
            given,
            event_name_aliases=event_name_aliases,
            report_time_zone=report_time_zone,
            max_clock_ahead_hours=max_clock_ahead_hours,
            max_clock_behind_days=max_clock_behind_days,
        )
        for given in (mobile.to_events(mobile_events), web.to_events(web_events))
    )
    return mobile_records.unionByName(web_records)
