"""ops.drift: days on which the data are not what the days before let expect. The first day, 2025-01-06, is a Monday."""

from datetime import date, timedelta

import pytest
from pyspark.sql import DataFrame, SparkSession

from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from engagement_lib.tables.ops.drift import DAYS_BEFORE, MEASURES, drift
from engagement_lib.tables.ops.event_quality import event_quality
from engagement_lib.tables.ops.late_events import late_events
from tests.support import assert_rows, filled

MONDAY = date(2025, 1, 6)
USUAL = {"events": 10_000, "users": 40, "without_user": 100, "without_country": 0, "late": 200, "repaired": 6_000}


def inputs(spark: SparkSession, days: int, platform: str = "web", **of_day: dict[str, int]) -> tuple[DataFrame, ...]:
    """The three tables of a platform whose days are all alike, apart from those that are given as ``day_30={...}``."""
    counted = [{**USUAL, **of_day.get(f"day_{n}", {})} for n in range(days)]
    at = [f"{MONDAY + timedelta(days=n)}" for n in range(days)]
    report = "activity_date | split | split_value | events | daily_active_users\n" + "\n".join(
        f"{day} | platform | {platform} | {c['events']} | {c['users']}\n{day} | total | total | 999 | 99"
        for day, c in zip(at, counted, strict=True)
    )
    # A day without events has no row in the other two.
    delivered = [(day, c) for day, c in zip(at, counted, strict=True) if c["events"]]
    late = "event_date | platform | arrived_on_a_later_date\n" + "\n".join(
        f"{day} | {platform} | {c['late']}" for day, c in delivered
    )
    quality = "event_date | platform | without_user | without_country | repaired\n" + "\n".join(
        f"{day} | {platform} | {c['without_user']} | {c['without_country']} | {c['repaired']}" for day, c in delivered
    )
    return filled(spark, report_daily_engagement, report), filled(spark, late_events, late), filled(spark, event_quality, quality)


def test_a_day_without_any_event_is_an_alarm_and_has_no_shares(spark: SparkSession) -> None:
    found = drift(*inputs(spark, 30, day_29={"events": 0, "users": 0}))
    assert_rows(
        found.where("activity_date = '2025-02-04'"),
        drift,
        """
        activity_date | platform | measure               | value | expected | lowest_expected | highest_expected | compared_days | is_alarm | direction | reason      | message
        2025-02-04    | web      | events                | 0     | 10000    | 6000            | 14000            | 20            | true     | drop      | unusual     | "events fell to 0; 6,000 to 14,000 were expected"
        2025-02-04    | web      | active_users          | 0     | 40       | 24              | 56               | 20            | true     | drop      | unusual     | "active users fell to 0; 24 to 56 were expected"
        2025-02-04    | web      | anonymous_share       |       | 0.01     | 0               | 0.06             | 20            | false    |           | no value    |
        2025-02-04    | web      | unknown_country_share |       | 0        | 0               | 0.05             | 20            | false    |           | no value    |
        2025-02-04    | web      | late_share            |       | 0.02     | 0               | 0.07             | 20            | false    |           | no value    |
        2025-02-04    | web      | repaired_share        |       | 0.6      | 0.55            | 0.65             | 20            | false    |           | no value    |
        """,
    )
    assert found.where("is_alarm and activity_date <> '2025-02-04'").count() == 0


def test_a_share_alarms_by_points(spark: SparkSession) -> None:
    odd = {"without_user": 700, "without_country": 500, "late": 100, "repaired": 0}
    found = drift(*inputs(spark, 30, day_29=odd)).where("is_alarm")
    assert_rows(
        found,
        drift,
        """
        activity_date | measure         | value | direction | message
        2025-02-04    | anonymous_share | 0.07  | rise      | "events without a user id rose to 7.0%; 0.0% to 6.0% were expected"
        2025-02-04    | repaired_share  | 0.0   | drop      | "events with a quality flag fell to 0.0%; 55.0% to 65.0% were expected"
        """,
    )


def test_before_there_is_enough_of_a_kind_of_day_only_next_to_nothing_is_an_alarm(spark: SparkSession) -> None:
    found = drift(*inputs(spark, 21, day_19={"events": 999}, day_20={"events": 1_001}))
    assert_rows(
        found.where("measure = 'events' and activity_date >= '2025-01-25'"),
        drift,
        """
        activity_date | value | expected | lowest_expected | highest_expected | compared_days | is_alarm | reason             | message
        2025-01-25    | 999   |          | 1000            |                  | 4             | true     | unusual            | "events fell to 999; at least 1,000 were expected"
        2025-01-26    | 1001  |          | 1000              |                  | 5             | false    | too little history |
        """,
    )


def test_a_small_platform_does_not_alarm_over_a_few_events(spark: SparkSession) -> None:
    days = {f"day_{n}": {"events": 8, "users": 5} for n in range(29)}
    assert drift(*inputs(spark, 30, **days, day_29={"events": 0, "users": 0})).where("is_alarm").count() == 0


def test_a_share_of_few_events_may_be_anything_that_chance_can_make_of_it(spark: SparkSession) -> None:
    def of(events: int, anonymous: int) -> dict[str, int]:
        return {"events": events, "without_user": anonymous, "late": 0, "repaired": 0}

    # 3.5 * 0.5 / sqrt(100) = 17.5 points
    days = {f"day_{n}": of(100, 0) for n in range(29)}
    found = [drift(*inputs(spark, 30, **days, day_29=of(100, n))).where("is_alarm").count() for n in (17, 18)]
    assert found == [0, 1]


def test_there_is_a_row_for_each_day_platform_and_measure(spark: SparkSession) -> None:
    both = [a.unionByName(b) for a, b in zip(inputs(spark, 20), inputs(spark, 20, "mobile"), strict=True)]
    found = drift(*both)
    assert found.count() == found.select(*drift.grain).distinct().count() == 20 * 2 * len(MEASURES)


@pytest.mark.parametrize("day", [29, 40])
def test_a_day_computed_from_the_days_that_it_reads_is_the_same(spark: SparkSession, day: int) -> None:
    given = inputs(spark, 45, day_3={"events": 0}, day_12={"late": 4_000}, day_29={"events": 3_000}, day_40={"repaired": 5})
    first, last = MONDAY + timedelta(days=day - DAYS_BEFORE), MONDAY + timedelta(days=day)
    slices = [rows.where(rows[table.day].between(first, last)) for rows, table in zip(given, drift.inputs, strict=True)]
    at_once, alone = [drift(*some).where(f"activity_date = '{last}'").orderBy("measure").collect() for some in (given, slices)]
    assert drift.write.reads == (-DAYS_BEFORE, 0)
    assert alone == at_once and any(row.is_alarm for row in alone)
