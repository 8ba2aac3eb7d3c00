"""How many attempts at an item end with its completion."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.analytics.content_attempts import completion_counts
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption

SPLITS = (*v.SPLITS, "content_format", "item_type")


@table(
    inputs=(fact_content_consumption,),
    grain=("split", "split_value"),
    fields=(
        v.SPLIT.but(allowed=SPLITS),
        v.SPLIT_VALUE.but(description="The format, item type, platform, country or access type; total or unknown."),
        Field("started_attempts", "bigint", "Attempts with a start.", required=True),
        Field("decided_attempts", "bigint", "Of these the completed, and those whose 30 days are over.", required=True),
        Field("completed_attempts", "bigint", "Attempts finished within 30 days of their start.", required=True),
        Field("open_attempts", "bigint", "Attempts not finished whose 30 days are not over: they may be yet.", required=True),
        Field("orphan_finishes", "bigint", "Finishes without a start before: no completion of an attempt.", required=True),
        Field(
            "completion_rate",
            "double",
            "Completed / decided attempts; null until the 30 days of at least one attempt are over: before, only completed "
            "attempts would be decided.",
        ),
        Field("mature_attempts", "bigint", "Attempts whose 30 days are over.", required=True),
        Field("completed_of_mature", "bigint", "Of these the completed.", required=True),
        Field(
            "completion_rate_of_mature",
            "double",
            "Completed of the mature / mature attempts: what early finishers of young attempts do not raise; null without any.",
        ),
        Field("median_seconds_to_finish", "double", "Median seconds from start to finish of the completed attempts."),
        Field("is_mature", "boolean", "No attempt is open.", required=True),
    ),
    rules=(
        Rule("attempts_add_up", "started_attempts = decided_attempts + open_attempts"),
        Rule("completed_within_decided", "completed_attempts <= decided_attempts"),
        Rule("mature_are_decided", "mature_attempts <= decided_attempts AND completed_of_mature <= completed_attempts"),
    ),
    write=Rebuild(),
)
def report_content_funnel(fact_content_consumption: DataFrame) -> DataFrame:
    """One row per split value over all attempts up to the as-of day: from start to completion.

    Finishes / starts is no completion rate: most finishes of the known exports have no start, they are counted apart.
    Platform, country and access type are those at the attempt's first event, so values of a split add up. Attempts are
    counted, not users: those of test users are among them.
    """
    by = ("split", "split_value")
    is_observed = F.col("mature") > 0
    return completion_counts(m.by_split(fact_content_consumption, SPLITS), by=by).select(
        *by,
        (F.col("attempts") + F.col("open")).alias("started_attempts"),
        F.col("attempts").alias("decided_attempts"),
        F.col("completed").alias("completed_attempts"),
        F.col("open").alias("open_attempts"),
        "orphan_finishes",
        F.when(is_observed, F.col("completion_rate")).alias("completion_rate"),
        F.col("mature").alias("mature_attempts"),
        "completed_of_mature",
        F.when(is_observed, F.col("completed_of_mature") / F.col("mature")).alias("completion_rate_of_mature"),
        F.col("median_seconds").alias("median_seconds_to_finish"),
        (F.col("open") == 0).alias("is_mature"),
    )
