"""gold.dim_country: countries and the regions of the configuration."""

from pyspark.sql import SparkSession

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
