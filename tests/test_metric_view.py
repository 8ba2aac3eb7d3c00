"""Spark's metric view of the registry gives what the metrics' SQL gives, at each grouping anew."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from engagement_lib import metrics, registry
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from tests.support import filled

ROWS = """
    activity_date | user_id | platform | events | items_finished | is_active | is_learner
    2025-02-03    | u1      | web      | 3      | 1              | true      | true
    2025-02-03    | u1      | mobile   | 2      | 0              | true      | false
    2025-02-04    | u1      | web      | 1      | 0              | true      | false
    2025-02-04    | u2      | web      | 1      | 2              | true      | true
    2025-02-04    |         | web      | 5      | 0              | false     | false
"""


@pytest.fixture
def view(spark: SparkSession) -> Iterator[str]:
    filled(spark, fact_user_engagement, ROWS).write.format("parquet").saveAsTable("fact_of_metric_view")
    spark.sql(registry.metric_view("engagement_metrics", "fact_of_metric_view"))
    yield "engagement_metrics"
    spark.sql("DROP VIEW engagement_metrics")
    spark.sql("DROP TABLE fact_of_metric_view")


def test_users_are_distinct_at_each_grouping(spark: SparkSession, view: str) -> None:
    total = spark.sql("SELECT measure(daily_active_users), measure(events) FROM engagement_metrics").first()
    assert tuple(total) == (2, 12)
    by_day = spark.sql(
        "SELECT activity_date, measure(daily_active_users) FROM engagement_metrics GROUP BY activity_date ORDER BY 1"
    )
    assert [row[1] for row in by_day.collect()] == [1, 2]


def test_each_measure_is_the_metrics_sql(spark: SparkSession, view: str) -> None:
    for each in metrics.ALL:
        found = spark.sql("SELECT platform, measure(" + each.name + ") FROM engagement_metrics GROUP BY platform")
        expected = spark.sql("SELECT platform, " + each.sql + " FROM fact_of_metric_view GROUP BY platform")
        assert sorted(map(tuple, found.collect())) == sorted(map(tuple, expected.collect()))
