"""Countries and the regions that the business looks at."""

from collections.abc import Mapping, Sequence

from babel import Locale
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, table


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
    region_of = {code: region for region, codes in regions.items() for code in codes}
    countries = [
        F.struct(F.lit(code).alias("country_code"), F.lit(name).alias("country_name"), F.lit(region_of.get(code)).alias("region"))
        for code, name in sorted(Locale("en").territories.items())
        if len(code) == 2 and code.isalpha()
    ]
    return one_row.select(F.inline(F.array(*countries)))
