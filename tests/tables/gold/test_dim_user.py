"""gold.dim_user: the current version of each user."""

from pyspark.sql import SparkSession

from engagement_lib.tables.gold.dim_user import dim_user
from engagement_lib.tables.silver.users import users
from tests.support import assert_rows, filled


def test_a_user_is_the_current_version_with_the_local_day_of_the_sign_up(spark: SparkSession) -> None:
    versions = filled(
        spark,
        users,
        """
        user_id | signup_at           | country_code | is_test | deleted_at          | is_current
        u1      | 2025-02-01 23:30:00 | DE           |         |                     | false
        u1      | 2025-02-01 23:30:00 | AT           |         |                     | true
        u2      | 2025-02-01 10:00:00 | DE           | true    | 2025-03-01 10:00:00 | true
        """,
    )
    assert_rows(
        dim_user(versions, report_time_zone="Europe/Berlin"),
        dim_user,
        """
        user_id | signup_date | country_code | is_test | is_deleted
        u1      | 2025-02-02  | AT           | false   | false
        u2      | 2025-02-01  | DE           | true    | true
        """,
    )
