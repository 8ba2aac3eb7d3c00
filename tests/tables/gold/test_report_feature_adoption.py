"""gold.report_feature_adoption: which share of those who may use a feature does so, and again."""

import random
from datetime import date, timedelta

import pytest
from pyspark.sql import DataFrame, SparkSession

from engagement_lib.tables.bronze.features import features as bronze
from engagement_lib.tables.gold.dim_feature import dim_feature
from engagement_lib.tables.gold.fact_feature_use import fact_feature_use
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_feature_adoption import report_feature_adoption
from engagement_lib.tables.silver.features import features
from engagement_lib.tables.silver.users import users
from tests.support import assert_rows, filled, nothing
from tests.tables.silver.landed import landed

FEATURES = """
    feature_id | name    | launched_at      | eligible_access_types
    ask        | Ask     | 2025-02-05 12:00 |
    offline    | Offline | 2025-01-01 00:00 | [premium]
    planned    | Planned | 2025-03-01 00:00 |
"""
ACTIVE = """
    activity_date | user_id | user_access_type | is_active
    2025-02-04    | u0      | premium          | true
    2025-02-04    | u1      | free             | true
    2025-02-05    | u1      | free             | true
    2025-02-06    | u1      | premium          | true
    2025-02-06    | u2      | free             | true
    2025-02-06    | u3      |                  | true
    2025-02-06    | u4      | free             | false
    2025-02-07    | t       | premium          | true
    2025-02-10    | u1      | premium          | true
    2025-02-12    | u5      | premium          | true
"""
USED = """
    activity_date | feature_id | user_id | user_access_type | uses
    2025-02-04    | ask        | u1      | free             | 9
    2025-02-05    | ask        | u1      | free             | 1
    2025-02-06    | ask        | u1      | premium          | 2
    2025-02-06    | ask        | u2      | free             | 1
    2025-02-06    | ask        |         | free             | 5
    2025-02-07    | ask        | t       | premium          | 5
    2025-02-10    | ask        | u1      | premium          | 1
    2025-02-06    | offline    | u2      | free             | 7
    2025-02-06    | offline    | u1      | premium          | 1
    2025-02-10    | offline    | u1      | premium          | 3
    2025-02-10    | unlisted   | u1      | premium          | 3
"""
TESTERS = """
    user_id | signup_at        | is_test | is_current
    t       | 2025-01-01 10:00 | true    | true
    u1      | 2025-01-01 10:00 |         | true
"""
RUN = {"first_day": date(2025, 2, 4), "as_of": date(2025, 2, 12)}


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> DataFrame:
    tables = (fact_feature_use, USED), (fact_user_engagement, ACTIVE), (dim_feature, FEATURES), (users, TESTERS)
    return report_feature_adoption(*[filled(spark, table, drawn) for table, drawn in tables], **RUN)


def test_users_are_eligible_from_the_launch_on_and_with_the_right_access(found: DataFrame) -> None:
    assert_rows(
        found,
        report_feature_adoption,
        """
        feature_id | period       | period_start | eligible_users | adopting_users | feature_adoption_rate | repeat_users | repeat_rate | uses | is_partial_window
        ask        | since_launch | 2025-02-05   | 4              | 2              | 0.5                   | 1            | 0.5         | 5    | false
        ask        | week         | 2025-02-03   | 3              | 2              | 0.666666667           | 1            | 0.5         | 4    | true
        ask        | week         | 2025-02-10   | 2              | 1              | 0.5                   | 0            | 0           | 1    | true
        offline    | since_launch | 2025-01-01   | 3              | 1              | 0.333333333           | 1            | 1           | 4    | true
        offline    | week         | 2025-02-03   | 2              | 1              | 0.5                   | 0            | 0           | 1    | true
        offline    | week         | 2025-02-10   | 2              | 1              | 0.5                   | 0            | 0           | 3    | true
        """,
    )


def test_who_only_used_the_feature_is_not_active_where_that_is_passive(spark: SparkSession) -> None:
    active = "activity_date | user_id | is_active\n2025-02-05 | u1 | true\n2025-02-06 | u2 | false"
    used = "activity_date | feature_id | user_id | uses\n2025-02-05 | ask | u1 | 1\n2025-02-06 | ask | u2 | 1"
    drawn = (
        (fact_feature_use, used),
        (fact_user_engagement, active),
        (dim_feature, "feature_id | launched_at\nask | 2025-02-04 10:00"),
    )
    found = report_feature_adoption(*[filled(spark, table, rows) for table, rows in drawn], nothing(spark, users), **RUN)
    drawing = "eligible_users | adopting_users | uses\n1 | 1 | 1"
    assert_rows(found.where("period = 'since_launch'"), report_feature_adoption, drawing)


def test_nobody_is_no_rate_and_a_whole_week_is_not_partial(spark: SparkSession) -> None:
    features = filled(spark, dim_feature, FEATURES)
    found = report_feature_adoption(
        *[nothing(spark, table) for table in (fact_feature_use, fact_user_engagement)], features, nothing(spark, users),
        first_day=date(2025, 2, 3), as_of=date(2025, 2, 9),
    )  # fmt: skip
    assert_rows(
        found.where("feature_id = 'offline' AND period = 'week'"),
        report_feature_adoption,
        """
        period_start | eligible_users | adopting_users | feature_adoption_rate | repeat_rate | is_partial_window
        2025-02-03   | 0              | 0              |                       |             | false
        """,
    )


def test_an_access_type_is_the_same_in_upper_case_and_what_comes_after_the_as_of_date_is_not_known(spark: SparkSession) -> None:
    active = """
        activity_date | user_id | user_access_type | is_active
        2025-02-10    | u1      | Premium          | true
        2025-02-10    | u2      | FREE             | true
        2025-02-13    | u1      | Premium          | true
        2025-02-13    | u3      | premium          | true
    """
    used = """
        activity_date | feature_id | user_id | user_access_type | uses
        2025-02-10    | offline    | u1      | Premium          | 2
        2025-02-13    | offline    | u1      | Premium          | 4
        2025-02-13    | offline    | u3      | premium          | 1
    """
    tables = (fact_feature_use, used), (fact_user_engagement, active), (dim_feature, FEATURES), (users, TESTERS)
    found = report_feature_adoption(*[filled(spark, table, drawn) for table, drawn in tables], **RUN)
    assert_rows(
        found.where("feature_id = 'offline' AND period = 'since_launch'"),
        report_feature_adoption,
        """
        eligible_users | adopting_users | feature_adoption_rate | repeat_users | uses
        1              | 1              | 1                     | 0            | 2
        """,
    )


def test_an_access_type_of_two_words_is_the_same_to_features_and_to_trackers(spark: SparkSession) -> None:
    listed = """
        feature_id | name | launched_at         | eligible_access_types
        lists      | List | 2025-02-01 00:00:00 | Premium Plus
    """
    launched = dim_feature(features(landed(spark, bronze, listed)))
    active = "activity_date | user_id | user_access_type | is_active\n2025-02-10 | u1 | Premium Plus | true"
    used = filled(spark, fact_user_engagement, active)
    found = report_feature_adoption(nothing(spark, fact_feature_use), used, launched, nothing(spark, users), **RUN)
    assert [row.eligible_users for row in found.where("period = 'since_launch'").collect()] == [1]


def test_drawn_users_are_counted_as_in_plain_python(spark: SparkSession) -> None:
    chance, start = random.Random(3), date(2025, 2, 1)
    visits = {
        (start + timedelta(days=chance.randrange(21)), f"u{chance.randrange(30)}", chance.choice(["free", "premium"]))
        for _ in range(150)
    }
    uses = {(visit, feature) for visit in visits for feature in ("ask", "offline") if chance.random() < 0.3}
    active = "\n".join(
        ["activity_date | user_id | user_access_type | is_active", *[f"{d} | {u} | {a} | true" for d, u, a in visits]]
    )
    used = [
        "activity_date | user_id | user_access_type | feature_id | uses",
        *[f"{d} | {u} | {a} | {f} | 1" for (d, u, a), f in uses],
    ]
    found = report_feature_adoption(
        filled(spark, fact_feature_use, "\n".join(used)), filled(spark, fact_user_engagement, active),
        filled(spark, dim_feature, FEATURES), nothing(spark, users), first_day=start, as_of=date(2025, 2, 21),
    )  # fmt: skip
    for feature, launch, access in (("ask", date(2025, 2, 5), ("free", "premium")), ("offline", date(2025, 1, 1), ("premium",))):
        may = {visit for visit in visits if visit[0] >= launch and visit[2] in access}
        mine = {visit for visit, name in uses if name == feature and visit in may}
        periods = found.where(found.feature_id == feature).collect()
        mondays = [date(2025, 1, 27) + timedelta(days=7 * n) for n in range(4)]
        weeks = [("week", monday) for monday in mondays if monday + timedelta(days=7) > max(launch, start)]
        assert sorted((row.period, row.period_start) for row in periods) == [("since_launch", launch), *weeks]
        for row in periods:
            begin, end = (row.period_start, row.period_start + timedelta(days=7 if row.period == "week" else 999))
            days = {(u, d) for d, u, _ in mine if begin <= d < end}
            adopting = {u for u, _ in days}
            assert row.eligible_users == len({u for d, u, _ in may if begin <= d < end})
            assert row.adopting_users == len(adopting)
            assert row.repeat_users == sum(len({d for v, d in days if v == u}) > 1 for u in adopting)
