"""Retention of the users who came in a week."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.gold.report_retention import report_retention


@table(
    inputs=(report_retention,),
    grain=("cohort_week", "day_n"),
    fields=(
        Field("cohort_week", "date", "Monday of the week in which the users were first active.", required=True),
        Field("day_n", "int", "Days since the first active day: 1, 7 or 30.", required=True),
        Field("cohort_size", "bigint", "Users first active in the week.", required=True),
        Field("eligible", "bigint", "Users for whom the day is over at the as-of date.", required=True),
        Field("retained_on", "bigint", "Eligible users active on exactly that day; null where nobody is eligible."),
        Field("retention_rate", "double", "Retained on the day / eligible; null until the day is over for all of the week."),
        Field("is_mature", "boolean", "Whether the day is over for all users of the week.", required=True),
    ),
    write=Rebuild(),
)
def retention_by_week(report_retention: DataFrame) -> DataFrame:
    """One row per week of first activity and day after it: the sum of the retained / the sum of the eligible.

    A day that has not begun for any user of the week has no row yet.
    """
    week = F.date_trunc("week", "cohort_date").cast("date")
    sums = (
        report_retention.groupBy(week.alias("cohort_week"), "day_n")
        .agg(
            F.sum("cohort_size").alias("cohort_size"),
            F.sum("eligible").alias("eligible"),
            F.sum("retained_on").alias("retained_on"),
        )
        .withColumn("is_mature", F.col("eligible") == F.col("cohort_size"))
    )
    rate = F.when(F.col("is_mature") & (F.col("eligible") > 0), F.col("retained_on") / F.col("eligible"))
    return sums.withColumn("retention_rate", rate)
