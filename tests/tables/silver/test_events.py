"""silver.events: how records of the trackers become events, and which are turned away."""

from hashlib import sha256

import pytest
from pyspark.sql import DataFrame, SparkSession

from engagement_lib.errors import ConfigError
from engagement_lib.tables.bronze.mobile_events import mobile_events
from engagement_lib.tables.bronze.web_events import web_events
from engagement_lib.tables.silver.events import events
from tests.support import rows

MOBILE_DEFAULTS = {
    "event_name": "app-open",
    "event_timestamp": "2025-02-03 10:00:00.000",
    "arrival_timestamp": "2025-02-03 10:00:05.000",
    "user_id": "u1",
    "client_id": "c1",
    "session_id": "s1",
    "device_locale_code": "de_DE",
    "device_locale_country": "DE",
    "device_make": "apple",
    "device_platform_name": "iOS",
}


def bronze(spark: SparkSession, table, drawing: str | None, defaults: dict[str, str]) -> DataFrame:  # type: ignore[no-untyped-def]
    """Bronze rows with the drawn columns, the defaults, and null elsewhere; records are numbered as drawn."""
    names = [f.name for f in table.fields]
    drawn = rows(spark, table, drawing).collect() if drawing else []
    filled = []
    for number, row in enumerate(drawn, start=1):
        values = {**dict.fromkeys(names), **defaults, "_file": "f.csv", "_file_hash": "h", "_record": number, "_load": 1}
        filled.append(tuple({**values, **row.asDict()}[name] for name in names))
    return spark.createDataFrame(filled, ", ".join(f"{f.name} {f.type}" for f in table.fields))


def from_mobile(spark: SparkSession, drawing: str, **parameters) -> DataFrame:  # type: ignore[no-untyped-def]
    return events(bronze(spark, mobile_events, drawing, MOBILE_DEFAULTS), bronze(spark, web_events, None, {}), **parameters)


def from_web(spark: SparkSession, drawing: str) -> DataFrame:
    defaults = {k: v for k, v in MOBILE_DEFAULTS.items() if not k.startswith(("device_", "client"))}
    return events(bronze(spark, mobile_events, None, {}), bronze(spark, web_events, drawing, defaults))


def values(records: DataFrame, *columns: str) -> list[tuple]:
    return [tuple(row) for row in records.orderBy("source_record").select(*columns).collect()]


def test_the_country_is_the_region_of_the_locale_and_contradictions_are_flagged(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        device_locale_code | device_locale_country
        de_AT              | AT
        es_ES              | FR
        null               | FR
        de                 | null
        """,
    )
    assert values(records, "country_code", "country_source", "language", "quality_flags") == [
        ("AT", "device_locale_code", "de", []),
        ("ES", "device_locale_code", "es", ["country_contradicts_locale"]),
        (None, None, None, []),
        (None, None, "de", []),
    ]


def test_a_locale_may_say_more_than_its_language_and_region(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        device_locale_code | device_locale_country
        zh_Hans_CN         | CN
        sr-Latn-RS         | FR
        de_AT.UTF-8        | null
        de_AT@euro         | null
        de_at              | null
        de-DE-u-fw-mon     | null
        de_CH_#u-fw-mon    | null
        zh_CN_#Hans        | null
        de_AT_POSIX        | null
        de-u-co-phonebk    | null
        zh_Hans            | FR
        de_AT_wien         | AT
        th_TH_TH_#u-nu-x   | TH
        de_XX              | null
        de.UTF-8           | null
        """,
    )
    assert values(records, "country_code", "country_source", "language", "quality_flags") == [
        ("CN", "device_locale_code", "zh", []),
        ("RS", "device_locale_code", "sr", ["country_contradicts_locale"]),
        ("AT", "device_locale_code", "de", []),
        ("AT", "device_locale_code", "de", []),
        ("AT", "device_locale_code", "de", []),
        ("DE", "device_locale_code", "de", []),
        ("CH", "device_locale_code", "de", []),
        ("CN", "device_locale_code", "zh", []),
        ("AT", "device_locale_code", "de", []),
        (None, None, "de", []),
        (None, None, "zh", []),
        ("AT", "device_locale_code", "de", []),
        ("TH", "device_locale_code", "th", []),
        (None, None, "de", []),
        (None, None, None, []),
    ]


def test_two_letters_that_are_no_country_are_none(spark: SparkSession) -> None:
    records = from_web(spark, "country_code\nXX\nEU\nxk\nat")
    assert values(records, "country_code", "country_source") == [
        (None, None),
        (None, None),
        ("XK", "country_code"),
        ("AT", "country_code"),
    ]


def test_words_for_nothing_are_nothing(spark: SparkSession) -> None:
    drawing = "topLevelScreenName | device_platform_name | application_version_name\nnull | None | undefined\nhome | iOS | 1.2"
    assert values(from_mobile(spark, drawing), "screen_name", "device_os", "app_version", "quality_flags") == [
        (None, None, None, ["device_missing"]),
        ("home", "ios", "1.2", []),
    ]
    assert values(from_web(spark, "browser_name | referrer | device_type\nnull | undefined | N/A"), "browser", "referrer") == [
        (None, None)
    ]


def test_items_have_one_id_on_both_platforms_and_titles_lose_their_quotes(spark: SparkSession) -> None:
    drawing = """
        event_name   | item_id | item_title
        item-started | 873.0   | "'The 5 AM Club'"
        item-started | 0873    | Rock 'n' Roll'
        item-started | 1e400   | 'Tis
    """
    expected = [("873", "The 5 AM Club"), ("0873", "Rock 'n' Roll'"), ("1e400", "'Tis")]
    assert values(from_mobile(spark, drawing), "item_id", "item_title") == expected
    web = from_web(spark, "event_name | item_id\nitem-started | 873")
    assert values(web, "item_id") == [("873",)]


def test_a_redelivery_has_the_key_of_the_first_delivery_and_another_item_has_not(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        event_name    | item_id | arrival_timestamp       | event_timestamp
        item-finished | 1006.0  | 2025-02-03 10:00:05.000 | 2025-02-03 10:00:00.000
        item-finished | 1006    | 2025-03-09 00:00:00.000 | 2025-02-03T10:00:00Z
        item-finished | 1007.0  | 2025-02-03 10:00:05.000 | 2025-02-03 10:00:00.000
        """,
    )
    first, again, other = [key for (key,) in values(records, "event_id")]
    assert first == again != other
    assert len(first) == 32


def test_a_record_that_breaks_a_rule_names_it(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        event_name    | event_timestamp         | arrival_timestamp       | user_id | client_id | item_id
        null          | 2025-02-03 10:00:00.000 | 2025-02-03 10:00:00.000 | u1      | c1        |
        app-opened    | 2025-02-03 10:00:00.000 | 2025-02-03 10:00:00.000 | u1      | c1        |
        app-open      | 2025-02-30 10:00:00.000 | 2025-02-03 10:00:00.000 | u1      | c1        |
        app-open      | 12:30:00                | 2025-02-03 10:00:00.000 | u1      | c1        |
        app-open      | 0001-01-01 10:00:00     | 2025-02-03 10:00:00.000 | u1      | c1        |
        app-open      | 1738576800              | 2025-02-03 10:00:00.000 | u1      | c1        |
        app-open      | null                    | 2025-02-03 10:00:00.000 | u1      | c1        |
        app-open      | 2025-02-03 10:00:00     | tomorrow                | u1      | c1        |
        app-open      | 2025-02-03 10:00:00     | 2025-02-03 10:00:00     | NULL    | N/A       |
        item-finished | 2025-02-03 10:00:00     | 2025-02-03 10:00:00     | u1      | c1        |
        app-open      | 2025-02-03 10:00:00     | 2025-02-03 10:00:00     | null    | c1        |
        """,
    )
    assert [rule for (rule,) in values(records, "_rule")] == [
        "event_name_missing",
        "event_name_unknown",
        "event_timestamp_invalid",
        "event_timestamp_invalid",
        "event_timestamp_invalid",
        "event_timestamp_invalid",
        "event_timestamp_missing",
        "arrival_timestamp_invalid",
        "user_missing",
        "item_missing",
        None,
    ]
    reason = values(records, "_reason")[2][0]
    assert reason.startswith("event_timestamp '2025-02-30 10:00:00.000' is not yyyy-MM-dd HH:mm:ss")


def test_an_event_that_a_clock_far_behind_dates_is_quarantined(spark: SparkSession) -> None:
    drawing = """
        event_timestamp            | arrival_timestamp
        2024-02-03 10:00:00.000    | 2025-02-03 10:00:00.000
        2024-02-02 09:59:59.999999 | 2025-02-02 10:00:00.000
        2000-01-01 00:00:07        | 2025-02-03 10:00:05.000
        2000-01-01 00:00:07        | null
    """
    records = from_mobile(spark, drawing)
    behind = "event_timestamp_behind"
    assert [rule for (rule,) in values(records, "_rule")] == [None, behind, behind, "arrival_timestamp_missing"]
    assert values(records, "_reason")[2] == (
        "event_timestamp '2000-01-01 00:00:07' is more than 366 days before its arrival at 2025-02-03 10:00:05.000",
    )
    with pytest.raises(ConfigError, match="must be 0 or more"):
        from_mobile(spark, drawing, max_clock_behind_days=-1)
    assert from_mobile(spark, drawing, max_clock_behind_days=999_999_999).where("_rule = 'event_timestamp_behind'").count() == 0
    generous = from_mobile(spark, drawing, max_clock_behind_days=367)
    assert [rule for (rule,) in values(generous, "_rule")] == [None, None, behind, "arrival_timestamp_missing"]


def test_an_event_that_a_clock_far_ahead_dates_is_quarantined(spark: SparkSession) -> None:
    """A day is the zones that a device may have wrong; of a record without an arrival nothing is said about its clock."""
    drawing = """
        event_timestamp            | arrival_timestamp
        2025-02-04 10:00:05.000    | 2025-02-03 10:00:05.000
        2025-02-04 10:00:05.000001 | 2025-02-03 10:00:05.000
        2026-02-03 10:00:00        | 2025-02-03T11:00:05+01:00
        2026-02-03 10:00:00        | null
        2101-02-03 10:00:00        | 2025-02-03 10:00:05.000
        2024-03-03 10:00:00        | 2025-02-03 10:00:05.000
    """
    records = from_mobile(spark, drawing)
    ahead = "event_timestamp_ahead"
    rules = [None, ahead, ahead, "arrival_timestamp_missing", "event_timestamp_invalid", None]
    assert [rule for (rule,) in values(records, "_rule")] == rules
    assert values(records, "_reason")[2] == (
        "event_timestamp '2026-02-03 10:00:00' is more than 24 hours after its arrival at 2025-02-03T11:00:05+01:00",
    )
    generous = from_mobile(spark, drawing, max_clock_ahead_hours=25)
    assert [rule for (rule,) in values(generous, "_rule")][:3] == [None, None, ahead]


def test_an_unparsable_record_keeps_its_text(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        _corrupt   | _corrupt_reason | event_name | event_timestamp | user_id | client_id
        a,"b,c     | 3 fields of 22  | null       | null            | null    | null
        """.replace('"', ""),
    )
    assert values(records, "_rule", "_reason", "_raw") == [("unparsable_record", "3 fields of 22", "a,b,c")]


def test_blanks_around_an_id_do_not_make_another_user(spark: SparkSession) -> None:
    records = from_mobile(spark, 'user_id\n"u1"\n" u1"\n"u1\\t"\n"u1\\u00a0"\n"\\u200bu1"')
    assert {user for (user,) in values(records, "user_id")} == {"u1"}
    assert len({key for (key,) in values(records, "event_id")}) == 1


def test_the_day_is_the_local_day_of_the_report_time_zone(spark: SparkSession) -> None:
    drawing = "event_timestamp\n2025-03-30 00:30:00\n2025-03-29 23:30:00\n2025-10-25 22:30:00"
    days = values(from_mobile(spark, drawing, report_time_zone="Europe/Berlin"), "event_date")
    assert [str(day) for (day,) in days] == ["2025-03-30", "2025-03-30", "2025-10-26"]
    days = values(from_mobile(spark, drawing), "event_date")
    assert [str(day) for (day,) in days] == ["2025-03-30", "2025-03-29", "2025-10-25"]


def test_lateness_is_the_time_that_passed_and_not_that_of_the_clocks_seconds(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        event_timestamp         | arrival_timestamp
        2025-02-03 10:00:00.900 | 2025-02-03 10:00:01.100
        2025-02-03 10:00:00.100 | 2025-02-03 10:00:01.100
        2025-02-03 10:00:00.200 | 2025-02-03 10:00:00.100
        2025-02-03 10:00:00.000 | 2025-02-03 11:00:00.999
        """,
    )
    assert values(records, "lateness_seconds") == [(0,), (1,), (-1,), (3600,)]


def test_columns_without_a_place_are_kept_by_name(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        device_make | _rescued
        apple       | "{\\"mood\\": \\"good\\"}"
        """,
    )
    [(properties,)] = values(records, "properties")
    assert properties["device_make"] == "apple" and properties["mood"] == "good"


def test_what_newer_trackers_send_is_typed_and_the_rest_of_it_stands_in_properties(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        event_name      | item_id | progress_pct | content_format | step_name | experiment_id | variant
        item-progress   | 7       | 40           | Audio          |           |               |
        item-progress   | 7       | 140          | video          |           |               |
        item-progress   | 7       | half         |                |           |               |
        onboarding-step |         |              |                | goals     |               |
        experiment-exposed |      |              |                |           | e1            | control
        """,
    )
    assert values(records, "progress_pct", "content_format", "quality_flags", "_rule") == [
        (40.0, "audio", [], None),
        (None, None, ["progress_unread"], None),
        (None, None, ["progress_unread"], None),
        (None, None, [], None),
        (None, None, [], None),
    ]
    properties = [found for (found,) in values(records, "properties")]
    assert properties[3]["step_name"] == "goals"
    assert (properties[4]["experiment_id"], properties[4]["variant"]) == ("e1", "control")


def test_texts_in_properties_are_clean_and_unknown_columns_stay_as_they_are(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        event_name         | experiment_id | variant      | device_make | _rescued
        experiment-exposed | e1            | NULL         | "apple "    |
        experiment-exposed | " e1"         | "control "   | none        | "{\\"mood\\": \\" NULL \\"}"
        """,
    )
    [first, second] = [found for (found,) in values(records, "properties")]
    assert (first["experiment_id"], first["variant"], first["device_make"]) == ("e1", None, "apple")
    assert (second["experiment_id"], second["variant"], second["device_make"]) == ("e1", "control", None)
    assert second["mood"] == " NULL "


def test_a_column_that_the_contract_learnt_later_has_the_value_with_which_it_came_unknown(spark: SparkSession) -> None:
    drawn = from_mobile(spark, 'category | _rescued\n | "{\\"category\\": \\"self\\", \\"mood\\": \\"fine\\"}"')
    [(found,)] = values(drawn, "properties")
    assert (found["category"], found["mood"]) == ("self", "fine")


def test_two_experiments_features_or_steps_at_one_moment_are_two_events(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        event_name         | feature_id | experiment_id | step_name
        feature-used       | search     |               |
        feature-used       | notes      |               |
        experiment-exposed |            | e1            |
        experiment-exposed |            | e2            |
        onboarding-step    |            |               | goals
        onboarding-step    |            |               | topics
        """,
    )
    assert len({key for (key,) in values(records, "event_id")}) == 6
    seen = from_mobile(spark, "event_name | feature_id | experiment_id\nexperiment-exposed | f | e1\nexperiment-exposed | f | e2")
    assert len({key for (key,) in values(seen, "event_id")}) == 2


def test_the_trackers_own_id_is_the_key_within_its_platform_and_day(spark: SparkSession) -> None:
    """Equal records with two ids and with none are three events; an id that comes again is the same one, unless on another day."""
    drawing = """
        event_timestamp         | event_id
        2025-02-03 10:00:00.000 | e-1
        2025-02-03 10:00:00.000 | e-2
        2025-02-03 10:00:00.000 | " e-1 "
        2025-02-03 10:00:00.000 | NULL
        2025-02-03 10:00:00.000 |
        2025-02-03 11:00:00.000 | e-1
        2025-02-04 10:00:00.000 | e-1
    """
    first, second, again, null_word, none, later, next_day = [key for (key,) in values(from_web(spark, drawing), "event_id")]
    assert len({first, second, none}) == 3 and first == again == later and none == null_word
    assert next_day != first
    assert {len(key) for key in (first, second, none, next_day)} == {32}
    assert first not in [key for (key,) in values(from_mobile(spark, drawing), "event_id")]


def test_the_key_of_an_event_without_an_id_stays_what_it_was(spark: SparkSession) -> None:
    [(key,)] = values(from_web(spark, "event_timestamp\n2025-02-03 10:00:00.000"), "event_id")
    parts = "web", "u1", "s1", "app-open", "1738576800000000", "\0"
    assert key == sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def test_an_event_that_does_not_say_what_it_is_about_is_quarantined(spark: SparkSession) -> None:
    records = from_mobile(
        spark,
        """
        event_name         | feature_id | experiment_id
        item-progress      | f          |
        feature-used       |            | e
        experiment-exposed | f          |
        onboarding-step    |            |
        """,
    )
    rules = [rule for (rule,) in values(records, "_rule")]
    assert rules == ["item_missing", "feature_missing", "experiment_missing", None]


def test_an_alias_of_an_event_name_is_that_event(spark: SparkSession) -> None:
    aliased = from_mobile(spark, "event_name\nappOpened", event_name_aliases={"appOpened": "app-open"})
    assert values(aliased, "event_name", "_rule") == [("app-open", None)]
