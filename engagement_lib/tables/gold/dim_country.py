"""Countries and the regions that the business looks at."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.columns.country import COUNTRY_NAMES
from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.errors import ConfigError


@table(
    grain=("country_code",),
    fields=(
        Field("country_code", "string", "ISO 3166 alpha-2 code, upper case.", required=True),
        Field("country_name", "string", "English name, from the Unicode CLDR.", required=True),
        Field("region", "string", "Region that reports total, e.g. DACH; null = none."),
    ),
    write=Rebuild(),
)
def dim_country(
    one_row: DataFrame,
    *,
    regions: Mapping[str, Sequence[str]] = {"DACH": ("DE", "AT", "CH")},
) -> DataFrame:
    """One row per country, with its region where the configuration puts it into one."""
    region_by_country = region_of(regions)
    countries = [
        F.struct(
            F.lit(code).alias("country_code"),
            F.lit(name).alias("country_name"),
            F.lit(region_by_country.get(code)).alias("region"),
        )
        for code, name in COUNTRY_NAMES.items()
    ]
    return one_row.select(F.inline(F.array(*countries)))


def region_of(regions: Mapping[str, Any]) -> dict[str, str]:
    """The region by country code, in upper case. Raises ConfigError for regions that mean nothing or rob each other."""
    found: dict[str, str] = {}
    for region, codes in regions.items():
        if not isinstance(region, str):
            raise ConfigError(f"regions.{region}: give the region's name as text{_as_yaml_reads(region)}")
        if not isinstance(codes, list | tuple) or not all(isinstance(code, str) for code in codes):
            raise ConfigError(f"regions.{region}: give a list of country codes as text, not {codes!r}{_as_yaml_reads(codes)}")
        for code in map(str.upper, codes):
            if code not in COUNTRY_NAMES:
                raise ConfigError(f"regions.{region}: {code!r} is not a country code (ISO 3166-1, two letters)")
            if found.setdefault(code, region) != region:
                raise ConfigError(f"regions.{region}: {code} is in {found[code]} already; a country is in one region")
    return found


def _as_yaml_reads(given: Any) -> str:
    """To YAML, Norway's code without quotes is the word no."""
    values = given if isinstance(given, list | tuple) else [given]
    return "; in YAML, quote 'NO'" if any(value is False for value in values) else ""
