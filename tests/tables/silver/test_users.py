"""silver.users: versions of what is known about a user."""

from pyspark.sql import SparkSession

from engagement_lib.tables.bronze.users import users as bronze
from engagement_lib.tables.silver.users import at_signup, users
from tests.support import assert_rows, filled
from tests.tables.silver.landed import landed


def test_a_change_is_a_version_that_ends_the_one_before(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        user_id | signup_at           | country_code | is_test | updated_at
        u1      | 2025-02-01 10:00:00 | at           | 0       | 2025-03-01 00:00:00
        u1      | 2025-02-01 10:00:00 | DE           | false   |
        u2      | 2025-02-02 10:00:00 |              |         |
        u3      | 2025-02-03 10:00:00 | xx           | true    |
        """,
    )
    assert_rows(
        users(records),
        users,
        """
        user_id | country_code | is_test | valid_from          | valid_to            | is_current | source_record
        u1      | DE           | false   | 2025-02-01 10:00:00 | 2025-03-01 00:00:00 | false      | 2
        u1      | AT           | false   | 2025-03-01 00:00:00 |                     | true       | 1
        u2      |              |         | 2025-02-02 10:00:00 |                     | true       | 3
        u3      | XX           | true    | 2025-02-03 10:00:00 |                     | true       | 4
        """,
    )


def test_a_deletion_is_told_by_its_own_time_where_the_export_has_no_updated_at(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        user_id | signup_at           | deleted_at
        u1      | 2025-02-01 10:00:00 | 2025-02-20 08:00:00
        u1      | 2025-02-01 10:00:00 |
        """,
    )
    assert_rows(
        users(records),
        users,
        """
        valid_from          | deleted_at          | is_current
        2025-02-01 10:00:00 |                     | false
        2025-02-20 08:00:00 | 2025-02-20 08:00:00 | true
        """,
    )


def test_a_snapshot_that_says_what_is_known_adds_no_version(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        user_id | signup_at           | language | updated_at
        u1      | 2025-02-01 10:00:00 | de       | 2025-02-01 10:00:00
        u1      | 2025-02-01 10:00:00 | de       | 2025-02-02 00:00:00
        u1      | 2025-02-01 10:00:00 | fr       | 2025-02-03 00:00:00
        u1      | 2025-02-01 10:00:00 | de       | 2025-02-04 00:00:00
        """,
    )
    assert_rows(
        users(records),
        users,
        """
        language | valid_from          | valid_to
        de       | 2025-02-01 10:00:00 | 2025-02-03 00:00:00
        fr       | 2025-02-03 00:00:00 | 2025-02-04 00:00:00
        de       | 2025-02-04 00:00:00 |
        """,
    )


def test_of_records_of_one_time_the_one_that_says_more_stays_whatever_their_order(spark: SparkSession) -> None:
    texts = ["u1 | 2025-02-01 10:00:00 | de | ", "u1 | 2025-02-01 10:00:00 | de | Europe/Berlin", "u1 | 2025-02-01 10:00:00 | | "]
    for turn in range(3):
        drawing = "\n".join(["user_id | signup_at | language | time_zone", *texts[turn:], *texts[:turn]])
        assert_rows(users(landed(spark, bronze, drawing)), users, "user_id | time_zone\nu1 | Europe/Berlin")


def test_broken_records_are_no_versions(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        user_id | signup_at           | country_code | is_test
        u1      | 2025-02-30 10:00:00 | DE           | false
        NULL    | 2025-02-01 10:00:00 | DE           | false
        u3      |                     | DE           | false
        u4      | 2025-02-01 10:00:00 | Germany      | false
        u5      | 2025-02-01 10:00:00 | DE           | maybe
        """,
    )
    assert users(records).count() == 0


def test_the_channel_is_that_of_the_signup_and_a_tester_is_one_as_known_now(spark: SparkSession) -> None:
    versions = """
        user_id | signup_at        | acquisition_channel | is_test | valid_from       | is_current
        u1      | 2025-02-01 10:00 | organic             |         |                  | false
        u1      | 2025-02-01 10:00 | ads                 |         | 2025-02-01 10:00 | false
        u1      | 2025-02-01 10:00 | partner             | true    | 2025-02-01 10:01 | true
        u2      | 2025-02-01 10:00 | first known         |         | 2025-03-01 00:00 | false
        u2      | 2025-02-01 10:00 | later               |         | 2025-04-01 00:00 | true
    """
    found = {row.user_id: row for row in at_signup(filled(spark, users, versions)).collect()}
    assert {user: (row.acquisition_channel, row.is_test) for user, row in found.items()} == {
        "u1": ("ads", True),
        "u2": ("first known", False),
    }
