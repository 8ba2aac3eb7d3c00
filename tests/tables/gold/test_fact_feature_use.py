"""gold.fact_feature_use: who used which feature on which day."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.fact_feature_use import fact_feature_use
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map
from tests.support import assert_rows, filled


def test_uses_are_counted_per_day_user_and_access_type(spark: SparkSession) -> None:
    happened = filled(
        spark,
        events,
        """
        event_date | event_name   | event_timestamp  | resolved_user_id | anonymous_id | user_access_type | feature_id
        2025-02-03 | feature-used | 2025-02-03 10:00 | u1               | c1           | free             | ask
        2025-02-03 | feature-used | 2025-02-03 12:00 | u1               | c1           | free             | ask
        2025-02-03 | feature-used | 2025-02-03 13:00 |                  | c1           | free             | ask
        2025-02-03 | feature-used | 2025-02-03 14:00 | u1               | c1           | premium          | ask
        2025-02-04 | feature-used | 2025-02-04 10:00 | u1               | c1           | premium          | ask
        2025-02-04 | feature-used | 2025-02-04 10:00 |                  | c2           |                  | offline
        2025-02-04 | app-open     | 2025-02-04 10:00 | u2               | c3           | free             | ask
        """,
    )
    stands_for = """
        event_date | anonymous_id | user_id | first_seen       | last_seen        | is_shared | events
        2025-02-03 | c1           | u1      | 2025-02-03 10:00 | 2025-02-04 10:00 | false     | 1
    """
    assert_rows(
        fact_feature_use(happened, filled(spark, identity_map, stands_for)),
        fact_feature_use,
        """
        activity_date | feature_id | user_id | user_access_type | uses | first_used_at    | last_used_at
        2025-02-03    | ask        | u1      | free             | 3    | 2025-02-03 10:00 | 2025-02-03 13:00
        2025-02-03    | ask        | u1      | premium          | 1    | 2025-02-03 14:00 | 2025-02-03 14:00
        2025-02-04    | ask        | u1      | premium          | 1    | 2025-02-04 10:00 | 2025-02-04 10:00
        2025-02-04    | offline    |         |                  | 1    | 2025-02-04 10:00 | 2025-02-04 10:00
        """,
    )
