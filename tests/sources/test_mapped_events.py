"""Each column of a tracker's record has its place in the event shape."""

from types import ModuleType

from pyspark.sql import SparkSession

from engagement_lib.engine.table import Table
from engagement_lib.sources import mobile_events as mobile
from engagement_lib.sources import web_events as web
from engagement_lib.tables.bronze.mobile_events import mobile_events
from engagement_lib.tables.bronze.web_events import web_events

NEWER = {
    "content_format": "Audio",
    "progress_pct": "42.5",
    "feature_id": "feature-1",
    "step_name": "step-1",
    "experiment_id": "experiment-1",
    "variant": "variant-1",
    "event_id": "event-1",
}
WEB = {
    "event_name": "item-finished",
    "event_timestamp": "2025-02-03 10:00:00.000",
    "user_id": "user-1",
    "fingerprint": "fingerprint-1",
    "arrival_timestamp": "2025-02-03 10:00:05.000",
    "browser_name": "Firefox",
    "browser_version": "128.0",
    "language": "FR-ch",
    "screen_resolution": "1920x1080",
    "device_type": "Desktop",
    "cookies_enabled": "1",
    "session_id": "session-1",
    "user_access_type": "premium",
    "country_code": "at",
    "referrer": "https://example.org/Path",
    "item_id": "873.0",
    "item_type": "book",
    "item_title": "'The Title'",
    **NEWER,
}
MOBILE = {
    "event_name": "item-finished",
    "application_version_code": "4711",
    "application_version_name": "9.1-Beta",
    "arrival_timestamp": "2025-02-03 10:00:05.000",
    "category": "app",
    "client_cognito_id": "cognito-1",
    "client_id": "client-1",
    "device_locale_code": "de_AT",
    "device_locale_country": "FR",
    "device_locale_language": "PT",
    "device_make": "Apple",
    "device_platform_name": "iOS",
    "device_platform_version": "17.2",
    "event_timestamp": "2025-02-03 10:00:00.000",
    "event_version": "3.0",
    "session_id": "session-1",
    "user_access_type": "premium",
    "user_id": "user-1",
    "topLevelScreenName": "Library",
    "item_id": "873.0",
    "item_type": "book",
    "item_title": "'The Title'",
    **NEWER,
}
#: What the two trackers say in the same words.
COMMON = {
    "event_name": "item-finished",
    "user_id": "user-1",
    "session_id": "session-1",
    "user_access_type": "premium",
    "item_type": "book",
    "event_time_text": "2025-02-03 10:00:00.000",
    "arrival_time_text": "2025-02-03 10:00:05.000",
    "item_id": "873",
    "item_title": "The Title",
    "content_format": "audio",
    "progress_pct": 42.5,
    "feature_id": "feature-1",
    "_subject": "feature-1",
    "_experiment": "experiment-1",
    "_given_id": "event-1",
    "_unparsable": None,
    "_corrupt": None,
    "source_file": "f.csv",
    "source_record": 7,
    "_load": 3,
}


def mapped(spark: SparkSession, source: ModuleType, bronze: Table, record: dict[str, str | None]) -> dict:
    """The record as bronze holds it, in the event shape."""
    assert set(record) == set(source.SOURCE.column_names)
    landed = {**record, "_file": "f.csv", "_file_hash": "hash", "_record": 7, "_load": 3}
    raw = spark.createDataFrame(
        [tuple(landed.get(field.name) for field in bronze.fields)],
        ", ".join(f"{field.name} {field.type}" for field in bronze.fields),
    )
    return source.to_events(raw).first().asDict(recursive=True)


def test_each_column_of_the_web_tracker_has_its_place(spark: SparkSession) -> None:
    assert mapped(spark, web, web_events, WEB) == {
        **COMMON,
        "platform": "web",
        "anonymous_id": "fingerprint-1",
        "country_code": "AT",
        "country_source": "country_code",
        "language": "fr",
        "device_type": "desktop",
        "device_os": None,
        "app_version": None,
        "browser": "Firefox",
        "referrer": "https://example.org/Path",
        "screen_name": None,
        "properties": {
            "browser_version": "128.0",
            "screen_resolution": "1920x1080",
            "cookies_enabled": "1",
            "step_name": "step-1",
            "experiment_id": "experiment-1",
            "variant": "variant-1",
        },
        "quality_flags": ["item_id_was_decimal", "title_was_quoted"],
        "_given": {**WEB, "_rescued": None},
    }


def test_each_column_of_the_app_tracker_has_its_place(spark: SparkSession) -> None:
    assert mapped(spark, mobile, mobile_events, MOBILE) == {
        **COMMON,
        "platform": "mobile",
        "anonymous_id": "client-1",
        "country_code": "AT",
        "country_source": "device_locale_code",
        "language": "de",
        "device_type": None,
        "device_os": "ios",
        "app_version": "9.1-Beta",
        "browser": None,
        "referrer": None,
        "screen_name": "Library",
        "properties": {
            "application_version_code": "4711",
            "category": "app",
            "client_cognito_id": "cognito-1",
            "device_make": "Apple",
            "device_platform_version": "17.2",
            "event_version": "3.0",
            "step_name": "step-1",
            "experiment_id": "experiment-1",
            "variant": "variant-1",
        },
        "quality_flags": ["country_contradicts_locale", "item_id_was_decimal", "title_was_quoted"],
        "_given": {**MOBILE, "_rescued": None},
    }


def test_without_a_locale_the_language_is_the_one_that_the_app_states_and_the_country_unknown(spark: SparkSession) -> None:
    found = mapped(spark, mobile, mobile_events, {**MOBILE, "device_locale_code": None})
    shown = ("language", "country_code", "country_source", "quality_flags")
    assert [found[name] for name in shown] == ["pt", None, None, ["item_id_was_decimal", "title_was_quoted"]]
