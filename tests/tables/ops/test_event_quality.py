"""ops.event_quality: what events lack, and how many were repaired."""

from pyspark.sql import SparkSession

from engagement_lib.tables.ops.event_quality import event_quality
from engagement_lib.tables.silver.events import events
from tests.support import assert_rows, filled


def test_each_lack_is_counted_on_its_own(spark: SparkSession) -> None:
    happened = filled(
        spark,
        events,
        """
        event_date | platform | user_id | resolved_user_id | country_code | quality_flags
        2025-02-03 | web      | u1      | u1               | DE           | []
        2025-02-03 | web      |         | u1               |              | [title_was_quoted, item_id_was_decimal]
        2025-02-03 | web      | u1      | u1               |              |
        2025-02-03 | mobile   | u1      | u1               | DE           | [device_missing]
        2025-02-04 | web      | u1      | u1               | DE           | []
        """,
    )
    assert_rows(
        event_quality(happened),
        event_quality,
        """
        event_date | platform | events | without_user | without_country | repaired
        2025-02-03 | mobile   | 1      | 0            | 0               | 1
        2025-02-03 | web      | 3      | 1            | 2               | 1
        2025-02-04 | web      | 1      | 0            | 0               | 0
        """,
    )
