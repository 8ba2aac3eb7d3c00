"""gold.dim_country: countries and the regions of the configuration."""

from typing import Any

import pytest
import yaml
from pyspark.sql import SparkSession

from engagement_lib.errors import ConfigError
from engagement_lib.tables.gold.dim_country import dim_country
from tests.support import assert_rows


def test_countries_are_in_the_region_that_the_configuration_gives(spark: SparkSession) -> None:
    found = dim_country(spark.range(1), regions={"Alps": ["AT", "CH"]}).where("country_code IN ('AT', 'CH', 'DE')")
    assert_rows(
        found,
        dim_country,
        """
        country_code | country_name | region
        AT           | Austria      | Alps
        CH           | Switzerland  | Alps
        DE           | Germany      |
        """,
    )


def test_a_code_is_the_same_in_lower_case_and_may_be_listed_twice_in_one_region(spark: SparkSession) -> None:
    found = dim_country(spark.range(1), regions={"Alps": ["at", "AT"]}).where("region IS NOT NULL")
    assert [(row.country_code, row.region) for row in found.collect()] == [("AT", "Alps")]


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ("{DACH: [DE, AT], Alps: [CH, at]}", "regions.Alps: AT is in DACH already; a country is in one region"),
        ("{DACH: [DE, UK]}", "regions.DACH: 'UK' is not a country code (ISO 3166-1, two letters)"),
        ("{Nordics: [SE, NO]}", "regions.Nordics: give a list of country codes as text, not ['SE', False]; in YAML, quote 'NO'"),
        ("{DACH: [DE, EU]}", "regions.DACH: 'EU' is not a country code (ISO 3166-1, two letters)"),
        ("{DACH: DE}", "regions.DACH: give a list of country codes as text, not 'DE'"),
        ("{DACH: }", "regions.DACH: give a list of country codes as text, not None"),
        ("{NO: [SE]}", "regions.False: give the region's name as text; in YAML, quote 'NO'"),
    ],
)
def test_regions_that_mean_nothing_are_refused_by_name(regions: str, message: str, spark: SparkSession) -> None:
    given: Any = yaml.safe_load(regions)
    with pytest.raises(ConfigError) as refused:
        dim_country(spark.range(1), regions=given)
    assert str(refused.value) == message
