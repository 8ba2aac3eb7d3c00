"""How many users show signs of leaving."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.gold.report_churn_signals import report_churn_signals


@table(
    inputs=(report_churn_signals,),
    grain=("signals",),
    fields=(
        Field("signals", "string", "Signals that hold, 0 to 3; not yet = known for less than 56 days.", required=True),
        Field("users", "bigint", "Users with so many signals; they add up.", required=True),
        Field("sessions_fell", "bigint", "Of these, users whose sessions fell to half or less.", required=True),
        Field(
            "completion_fell", "bigint", "Of these, users whose completion rate fell by 30 % of itself or more.", required=True
        ),
        Field("feature_use_fell", "bigint", "Of these, users whose use of features fell to half or less.", required=True),
    ),
    write=Rebuild(),
)
def churn_by_score(report_churn_signals: DataFrame) -> DataFrame:
    """One row per number of signals: the users with so many at the as-of date."""
    signals = F.coalesce(F.col("score").cast("string"), F.lit("not yet"))
    return report_churn_signals.groupBy(signals.alias("signals")).agg(
        F.count("*").alias("users"),
        *[
            F.count_if(F.coalesce(name, F.lit(False))).alias(name)
            for name in ("sessions_fell", "completion_fell", "feature_use_fell")
        ],
    )
