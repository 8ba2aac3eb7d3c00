"""gold.report_regional_activity: users by country and region."""

from datetime import date

import pytest
from pyspark.sql import SparkSession

from engagement_lib.tables.gold.dim_country import dim_country
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.gold.report_regional_activity import report_regional_activity
from tests.support import assert_rows, filled, nothing

AS_OF = date(2025, 2, 2)


def test_a_user_counts_in_each_country_and_once_in_the_region(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_engagement,
        """
        activity_date | user_id | platform | country_code | events | items_finished | is_active | is_learner
        2025-02-01    | u1      | mobile   | DE           | 1      | 0              | true      | false
        2025-02-02    | u1      | mobile   | AT           | 2      | 1              | true      | true
        2025-02-02    | u1      | web      | CH           | 4      | 0              | true      | false
        2025-02-02    | u2      | mobile   | FR           | 8      | 0              | true      | false
        2025-02-02    |         | mobile   | DE           | 16     | 0              | false     | false
        2025-02-02    | u3      | web      |              | 32     | 0              | true      | false
        """,
    )
    assert_rows(
        report_regional_activity(fact, dim_country(spark.range(1)), as_of=AS_OF),
        report_regional_activity,
        """
        platform | area_type | area    | regional_active_users | regional_active_learners | events | items_finished
        mobile   | country   | DE      | 1                     | 0                        | 17     | 0
        mobile   | country   | AT      | 1                     | 1                        | 2      | 1
        mobile   | country   | FR      | 1                     | 0                        | 8      | 0
        mobile   | region    | DACH    | 1                     | 1                        | 19     | 1
        web      | country   | CH      | 1                     | 0                        | 4      | 0
        web      | country   | unknown | 1                     | 0                        | 32     | 0
        web      | region    | DACH    | 1                     | 0                        | 4      | 0
        total    | country   | DE      | 1                     | 0                        | 17     | 0
        total    | country   | AT      | 1                     | 1                        | 2      | 1
        total    | country   | CH      | 1                     | 0                        | 4      | 0
        total    | country   | FR      | 1                     | 0                        | 8      | 0
        total    | country   | unknown | 1                     | 0                        | 32     | 0
        total    | region    | DACH    | 1                     | 1                        | 23     | 1
        """,
    )


def test_a_region_in_which_nobody_was_active_is_rows_of_0(spark: SparkSession) -> None:
    fact = filled(
        spark,
        fact_user_engagement,
        """
        activity_date | user_id | platform | country_code | events | is_active
        2025-02-02    | u1      | web      | CH           | 4      | true
        """,
    )
    countries = dim_country(spark.range(1), regions={"DACH": ["DE", "AT", "CH"], "Benelux": ["BE", "NL", "LU"]})
    assert_rows(
        report_regional_activity(fact, countries, first_day=date(2025, 1, 1), as_of=AS_OF),
        report_regional_activity,
        """
        platform | area_type | area    | regional_active_users | regional_active_learners | events | items_finished
        mobile   | region    | Benelux | 0                     | 0                        | 0      | 0
        mobile   | region    | DACH    | 0                     | 0                        | 0      | 0
        web      | country   | CH      | 1                     | 0                        | 4      | 0
        web      | region    | Benelux | 0                     | 0                        | 0      | 0
        web      | region    | DACH    | 1                     | 0                        | 4      | 0
        total    | country   | CH      | 1                     | 0                        | 4      | 0
        total    | region    | Benelux | 0                     | 0                        | 0      | 0
        total    | region    | DACH    | 1                     | 0                        | 4      | 0
        """,
    )


@pytest.mark.parametrize(("first_day", "is_partial"), [(date(2025, 1, 4), False), (date(2025, 1, 5), True)])
def test_a_window_that_begins_before_the_first_data_says_so(spark: SparkSession, first_day: date, is_partial: bool) -> None:
    fact = filled(spark, fact_user_engagement, "activity_date | user_id | country_code\n2025-02-02 | u1 | CH")
    found = report_regional_activity(fact, dim_country(spark.range(1)), first_day=first_day, as_of=AS_OF)
    assert {row.is_partial_window for row in found.collect()} == {is_partial}


def test_without_any_data_there_are_no_rows(spark: SparkSession) -> None:
    assert report_regional_activity(nothing(spark, fact_user_engagement), dim_country(spark.range(1))).count() == 0
