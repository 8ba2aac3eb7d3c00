"""The calendar."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, table


@table(
    grain=("date",),
    fields=(
        Field("date", "date", "The day.", required=True),
        Field("year", "int", "Calendar year.", required=True),
        Field("month", "date", "First day of the calendar month.", required=True),
        Field("iso_week", "date", "Monday of the ISO week.", required=True),
        Field("iso_weekday", "int", "1 = Monday to 7 = Sunday.", required=True),
        Field("is_weekend", "boolean", "Saturday or Sunday.", required=True),
    ),
    write=Rebuild(),
)
def dim_date(one_row: DataFrame, *, calendar_first_date: str = "2015-01-01", calendar_last_date: str = "2035-12-31") -> DataFrame:
    """One row per day of the calendar, whether anything happened or not."""
    first, last = F.to_date(F.lit(calendar_first_date)), F.to_date(F.lit(calendar_last_date))
    days = one_row.select(F.explode(F.sequence(first, last)).alias("date"))
    iso_weekday = F.weekday("date") + 1
    return days.select(
        "date",
        F.year("date").alias("year"),
        F.trunc("date", "month").alias("month"),
        F.trunc("date", "week").alias("iso_week"),
        iso_weekday.alias("iso_weekday"),
        (iso_weekday >= 6).alias("is_weekend"),
    )
