"""Why records were set aside."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.silver.quarantine import quarantine


@table(
    inputs=(quarantine,),
    grain=("platform", "rule"),
    fields=(
        v.PLATFORM.but(description="mobile or web; total for both.", allowed=(v.TOTAL, *v.PLATFORMS)),
        Field("rule", "string", "The first rule that the records broke.", required=True),
        Field("records", "bigint", "Records that were set aside.", required=True),
        Field("files", "bigint", "Distinct files that brought them.", required=True),
        Field("example", "string", "What is wrong with one of them.", required=True),
    ),
    write=Rebuild(),
)
def quarantine_by_rule(quarantine: DataFrame) -> DataFrame:
    """One row per platform and rule: how many records broke it."""
    return (
        quarantine.withColumn("platform", F.explode(F.array(F.lit(v.TOTAL), "platform")))
        .groupBy("platform", "rule")
        .agg(
            F.count("*").alias("records"),
            F.countDistinct("source_file").alias("files"),
            F.min("reason").alias("example"),
        )
    )
