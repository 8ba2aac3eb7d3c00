"""analytics.active_windows: distinct users in sliding windows, against counting them one by one."""

import random
from datetime import date, timedelta

from pyspark.sql import SparkSession

from engagement_lib.analytics.active_windows import active_windows
from tests.support import assert_rows, rows

ACTIVITY = {"user": "string", "day": "date", "platform": "string"}


def test_a_user_is_in_a_window_until_the_last_active_day_leaves_it(spark: SparkSession) -> None:
    activity = rows(
        spark,
        ACTIVITY,
        """
        user | day
        u1   | 2025-02-01
        u1   | 2025-02-03
        u2   | 2025-02-03
        u2   | 2025-02-03
             | 2025-02-03
        """,
    )
    found = active_windows(activity, user="user", day="day", days=(2, 3), first_day=date(2025, 2, 1), as_of=date(2025, 2, 6))
    assert_rows(
        found,
        dict.fromkeys(("active_users", "active_users_2d", "active_users_3d", "active_users_month"), "bigint") | {"day": "date"},
        """
        day        | active_users | active_users_2d | active_users_3d | active_users_month
        2025-02-01 | 1            | 1               | 1               | 1
        2025-02-02 | 0            | 1               | 1               | 1
        2025-02-03 | 2            | 2               | 2               | 2
        2025-02-04 | 0            | 2               | 2               | 2
        2025-02-05 | 0            | 0               | 2               | 2
        2025-02-06 | 0            | 0               | 0               | 2
        """,
    )


def test_what_is_unknown_is_a_value_and_days_before_the_first_are_only_looked_back_at(spark: SparkSession) -> None:
    drawing = """
        user | day        | platform
        u1   | 2025-01-30 |
        u1   | 2025-02-01 |
        u2   | 2025-02-01 |
        u3   | 2025-02-01 | web
    """
    asked = {"user": "user", "day": "day", "by": ["platform"], "days": (3,), "first_day": date(2025, 2, 1)}
    found = active_windows(rows(spark, ACTIVITY, drawing), **asked, as_of=date(2025, 2, 3))
    assert_rows(
        found,
        dict.fromkeys(("active_users", "active_users_3d"), "bigint") | {"day": "date", "platform": "string"},
        """
        day        | platform | active_users | active_users_3d
        2025-02-01 |          | 2            | 2
        2025-02-02 |          | 0            | 2
        2025-02-03 |          | 0            | 2
        2025-02-01 | web      | 1            | 1
        2025-02-02 | web      | 0            | 1
        2025-02-03 | web      | 0            | 1
        """,
    )


def test_the_month_starts_again_on_its_first_day(spark: SparkSession) -> None:
    activity = rows(spark, ACTIVITY, "user | day\nu1 | 2025-01-31\nu2 | 2025-01-31\nu1 | 2025-02-01")
    found = active_windows(activity, user="user", day="day", days=(30,), first_day=None, as_of=date(2025, 2, 1))
    drawing = "day | active_users_month | active_users_30d\n2025-01-31 | 2 | 2\n2025-02-01 | 1 | 2"
    assert_rows(found, {"day": "date", "active_users_month": "bigint", "active_users_30d": "bigint"}, drawing)


def test_windows_agree_with_sets_of_users_for_random_activity(spark: SparkSession) -> None:
    """The independent way: for each day and platform the set of users seen in the n dates before."""
    chance = random.Random(5)
    first = date(2025, 1, 1)
    seen = {
        (f"u{chance.randrange(12)}", first + timedelta(days=chance.choice([*range(70), 69])), chance.choice(["mobile", "web"]))
        for _ in range(160)
    }
    as_of = first + timedelta(days=75)
    activity = spark.createDataFrame(sorted(seen), "user string, day date, platform string")
    found = active_windows(
        activity, user="user", day="day", days=(7, 28, 30), by=("platform",), first_day=first, as_of=as_of
    ).collect()
    assert len(found) == 2 * 76
    for row in found:

        def users(since: date, row=row) -> int:  # type: ignore[no-untyped-def]
            return len({u for u, day, platform in seen if platform == row.platform and since <= day <= row.day})

        expected = {n: users(row.day - timedelta(days=n - 1)) for n in (7, 28, 30)}
        assert {7: row.active_users_7d, 28: row.active_users_28d, 30: row.active_users_30d} == expected
        assert row.active_users_month == users(row.day.replace(day=1))
        assert row.active_users == users(row.day)
