"""The registry: every metric once, computed where it says, and never summed where a sum has no meaning."""

import dataclasses

import pytest
from pyspark.sql import SparkSession

from engagement_lib import metrics, registry
from engagement_lib.errors import ConfigError
from engagement_lib.pipeline import all_tables
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from tests.support import filled, nothing

TABLES = all_tables()


def test_names_and_versions_are_one_per_metric() -> None:
    assert len({each.name for each in registry.ALL}) == len({each.version for each in registry.ALL}) == len(registry.ALL)
    assert all(each.description.endswith(".") and each.unit for each in registry.ALL)


def test_another_definition_has_another_version() -> None:
    changed = dataclasses.replace(metrics.DAU, measure=metrics.Users("is_learner"))
    assert changed.version != metrics.DAU.version == dataclasses.replace(metrics.DAU).version


@pytest.mark.parametrize("metric", registry.ALL, ids=lambda m: m.name)
def test_each_is_valid_sql_over_its_table(metric: metrics.Metric, spark: SparkSession) -> None:
    where = getattr(metric.measure, "where", "true") if not isinstance(metric.measure, metrics.Users) else "true"
    assert len(nothing(spark, TABLES[metric.table]).where(where).selectExpr(metric.sql).columns) == 1


def test_what_is_not_additive_is_not_summed_over_days(spark: SparkSession) -> None:
    daily = "activity_date | split | split_value | events\n2025-02-03 | total | total | 3\n2025-02-04 | total | total | 4"
    days = filled(spark, report_daily_engagement, daily)
    assert days.selectExpr(registry.metric("events").summed_over_days()).first()[0] == 7
    for each in registry.ALL:
        if not isinstance(each.measure, metrics.Total):
            with pytest.raises(ConfigError, match=f"{each.name} must not be summed over days"):
                each.summed_over_days()


def test_an_unknown_name_is_an_error_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no metric stickines; did you mean stickiness"):
        registry.metric("stickines")
