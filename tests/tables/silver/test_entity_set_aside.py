"""silver.entity_set_aside: which records of entity files are no versions, and why."""

from pyspark.sql import SparkSession

from engagement_lib.engine.table import Table
from engagement_lib.tables.bronze.payments import payments
from engagement_lib.tables.bronze.users import users
from engagement_lib.tables.silver import users as silver_users
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def set_aside(spark: SparkSession, drawings: dict[Table, str]):  # type: ignore[no-untyped-def]
    return entity_set_aside(*[landed(spark, table, drawings.get(table)) for table in entity_set_aside.inputs])


def test_each_record_that_is_no_version_is_here_with_the_reason(spark: SparkSession) -> None:
    found = set_aside(
        spark,
        {
            users: """
                user_id | signup_at           | language | updated_at          | is_test | _corrupt | _corrupt_reason
                u1      | 2025-02-01 10:00:00 | de       |                     |         |          |
                u1      | 2025-02-01 10:00:00 |          |                     |         |          |
                u1      | 2025-02-01 10:00:00 | de       | 2025-02-02 00:00:00 |         |          |
                u1      | 2025-02-01 10:00:00 | fr       | 2025-02-03 00:00:00 |         |          |
                u2      | yesterday           |          |                     |         |          |
                        | 2025-02-01 10:00:00 |          |                     |         |          |
                u3      | 2025-02-01 10:00:00 |          |                     | maybe   |          |
                u4      | 2025-02-01 10:00:00 |          | soon                |         |          |
                        |                     |          |                     |         | "u5,"    | 2 fields of 3
            """,
            payments: """
                payment_id | subscription_id | user_id | paid_at             | amount | currency | status
                p1         | s1              | u1      | 2025-02-01 10:00:00 | 9.99   | EUR      | Succeeded
                p2         | s1              | u1      | 2025-02-01 10:00:00 | 9,99   | EUR      | succeeded
                p3         | s1              | u1      | 2025-02-01 10:00:00 | 9.99   | EUR      | done
            """,
        },
    )
    assert_rows(
        found,
        entity_set_aside,
        """
        source   | source_record | verdict     | entity_key           | rule
        users    | 2             | duplicate   | "{\\"user_id\\":\\"u1\\"}" |
        users    | 3             | duplicate   | "{\\"user_id\\":\\"u1\\"}" |
        users    | 5             | quarantined | "{\\"user_id\\":\\"u2\\"}" | signup_at_invalid
        users    | 6             | quarantined |                      | user_id_missing
        users    | 7             | quarantined | "{\\"user_id\\":\\"u3\\"}" | is_test_invalid
        users    | 8             | quarantined | "{\\"user_id\\":\\"u4\\"}" | updated_at_invalid
        users    | 9             | quarantined |                      | unparsable_record
        payments | 2             | quarantined | "{\\"payment_id\\":\\"p2\\"}" | amount_invalid
        payments | 3             | quarantined | "{\\"payment_id\\":\\"p3\\"}" | status_unknown
        """,
    )
    broken = {(row.source, row.source_record): row for row in found.collect()}
    assert broken["users", 5].reason.startswith("signup_at 'yesterday' is not yyyy-MM-dd")
    assert broken["users", 5].raw == '{"user_id":"u2","signup_at":"yesterday"}'
    assert broken["users", 9].raw == "u5,"


def test_a_record_is_either_a_version_or_set_aside(spark: SparkSession) -> None:
    drawing = "user_id | signup_at | language\n" + "\n".join(
        f"u{n % 3} | 2025-02-0{1 + n % 2} 10:00:00 | {'de' if n % 5 else 'fr'}" for n in range(12)
    )
    kept = silver_users.users(landed(spark, users, drawing))
    aside = set_aside(spark, {users: drawing})
    records = [row.source_record for row in kept.select("source_record").union(aside.select("source_record")).collect()]
    assert sorted(records) == list(range(1, 13))
