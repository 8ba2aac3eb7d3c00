"""ops.late_events: how late events arrive."""

from pyspark.sql import SparkSession

from engagement_lib.tables.ops.late_events import late_events
from engagement_lib.tables.silver.events import events
from tests.support import assert_rows, filled


def test_events_are_counted_by_day_and_platform_and_by_how_long_they_took(spark: SparkSession) -> None:
    happened = filled(
        spark,
        events,
        """
        event_date | platform | event_timestamp  | arrival_timestamp
        2025-02-03 | web      | 2025-02-03 10:00 | 2025-02-03 10:00
        2025-02-03 | web      | 2025-02-03 10:00 | 2025-02-03 09:59:30
        2025-02-03 | web      | 2025-02-03 10:00 | 2025-02-03 11:00
        2025-02-03 | web      | 2025-02-03 10:00 | 2025-02-03 11:00:00.001
        2025-02-03 | web      | 2025-02-03 10:00 | 2025-02-04 10:00:01
        2025-02-03 | mobile   | 2025-02-03 23:59 | 2025-02-04 00:00
        2025-02-04 | web      | 2025-02-04 10:00 | 2025-02-11 10:00:01
        2025-02-04 | web      | 2025-02-04 10:00 | 2025-04-05 10:00:01
        """,
    )
    assert_rows(
        late_events(happened),
        late_events,
        """
        event_date | platform | events | arrived_before_the_event | arrived_on_a_later_date | over_1_hour | over_1_day | over_7_days | over_60_days | latest_arrival_at
        2025-02-03 | mobile   | 1      | 0                        | 1                       | 0           | 0          | 0           | 0            | 2025-02-04 00:00
        2025-02-03 | web      | 5      | 1                        | 1                       | 2           | 1          | 0           | 0            | 2025-02-04 10:00:01
        2025-02-04 | web      | 2      | 0                        | 2                       | 2           | 2          | 2           | 1            | 2025-04-05 10:00:01
        """,
    )


def test_the_day_after_is_that_of_the_report_time_zone(spark: SparkSession) -> None:
    happened = filled(
        spark,
        events,
        """
        event_date | platform | event_timestamp  | arrival_timestamp
        2025-02-03 | web      | 2025-02-03 22:10 | 2025-02-03 22:50
        2025-02-03 | web      | 2025-02-03 22:10 | 2025-02-03 23:10
        """,
    )
    assert_rows(
        late_events(happened, report_time_zone="Europe/Berlin"),
        late_events,
        """
        event_date | platform | events | arrived_on_a_later_date
        2025-02-03 | web      | 2      | 1
        """,
    )
