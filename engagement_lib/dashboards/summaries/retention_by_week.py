"""Retention of the users who came in a week."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.gold.report_retention import report_retention


@table(
    inputs=(report_retention,),
    grain=("cohort_week", "day_n", "last_day_n"),
    fields=(
        Field("cohort_week", "date", "Monday of the week in which the users were first active.", required=True),
        Field("day_n", "int", "Days since the first active day: 1, 7 or 30; of a bracket the first.", required=True),
        Field("last_day_n", "int", "Equal to day_n for a single day; the last day of a bracket.", required=True),
        Field("is_bracket", "boolean", "Whether the row is about several days.", required=True),
        Field("week_n", "int", "Weeks since the first active day, 1 to 4, of a bracket; null for a single day."),
        Field("cohort_size", "bigint", "Users first active in the week.", required=True),
        Field("eligible", "bigint", "Users for whom the day, or the bracket's last, is over at the as-of date.", required=True),
        Field(
            "retained_on",
            "bigint",
            "Eligible users active on exactly that day, or on any day of the bracket; null where nobody is eligible.",
        ),
        Field("retention_rate", "double", "Retained / eligible; null until the day is over for all of the week."),
        Field("is_mature", "boolean", "Whether the day is over for all of the week.", required=True),
    ),
    write=Rebuild(),
)
def retention_by_week(report_retention: DataFrame) -> DataFrame:
    """One row per week of first activity and day or bracket after it: the sum of the retained / the sum of the eligible.

    A day that has not begun after the Monday of the week has no row yet.
    """
    is_bracket = F.col("last_day_n") > F.col("day_n")
    return report_retention.where("cohort_type = 'week'").select(
        F.col("cohort_date").alias("cohort_week"),
        "day_n",
        "last_day_n",
        is_bracket.alias("is_bracket"),
        F.when(is_bracket, F.expr("last_day_n DIV 7").cast("int")).alias("week_n"),
        "cohort_size",
        "eligible",
        "retained_on",
        F.when(F.col("is_mature"), F.col("retention_rate")).alias("retention_rate"),
        "is_mature",
    )
