"""The run whose classes the class archive keeps: each kind of work that the jobs do, once, on a handful of rows."""

import tempfile
from pathlib import Path

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, Observation, SparkSession, Window
from pyspark.sql import functions as F

from engagement_lib.session import build_session

CSV = """user_id,event_name,event_timestamp
u1,app-open,2025-02-03 10:00:00.000
u1,item-started,2025-02-03 10:05:00.000
u2,"app-open",2025-02-04 23:59:59.999
"""


def train(spark: SparkSession, folder: Path) -> None:
    """Text to rows, rows to Delta tables by every write that the jobs use, and reports read from them."""
    landed = folder / "events.csv"
    landed.write_text(CSV)
    texts = (
        spark.read.schema("user_id string, event_name string, event_timestamp string, _corrupt_record string")
        .options(header=True, multiLine=True, escape='"', enforceSchema=False)
        .csv([str(landed)])
        .select("*", F.col("_metadata.file_path").alias("_file"), F.monotonically_increasing_id().alias("_record"))
    )
    bronze, silver, gold = (str(folder / layer) for layer in ("bronze", "silver", "gold"))
    counts = Observation("records")
    texts.observe(counts, F.count("*").alias("records")).write.format("delta").partitionBy("event_name").save(bronze)
    _ = counts.get
    typed = _typed(spark.read.format("delta").load(bronze))
    typed.write.format("delta").option("userMetadata", "{}").save(silver)
    table = DeltaTable.forPath(spark, silver)
    table.alias("kept").merge(typed.alias("new"), "kept.event_id = new.event_id").whenNotMatchedInsertAll().execute()
    table.alias("kept").merge(
        typed.alias("new"), "kept.event_id = new.event_id"
    ).whenMatchedUpdateAll().whenNotMatchedInsertAll().whenNotMatchedBySourceDelete().execute()
    days = _days(spark.read.format("delta").option("versionAsOf", 0).load(silver))
    days.write.format("delta").save(gold)
    days.write.format("delta").mode("overwrite").option(
        "replaceWhere", "event_date IN (DATE'2025-02-03', DATE'2025-02-04')"
    ).save(gold)
    table.history().select("version", "userMetadata").collect()
    report = spark.read.format("delta").load(gold)
    report.join(days, ["user_id", "event_date"], "left_anti").unionByName(report).orderBy("user_id").collect()
    report.groupBy().pivot("user_id").agg(F.sum("events")).write.format("delta").mode("overwrite").save(gold + "_pivot")
    report.createOrReplaceTempView("report")
    spark.sql("SELECT user_id, count(DISTINCT event_date) AS days FROM report GROUP BY user_id WITH ROLLUP").collect()


def _typed(texts: DataFrame) -> DataFrame:
    at = F.try_to_timestamp("event_timestamp", F.lit("yyyy-MM-dd HH:mm:ss.SSS"))
    key = F.sha2(F.concat_ws("|", "user_id", "event_name", F.col("event_timestamp")), 256)
    newest_first = Window.partitionBy("event_id").orderBy(F.col("_file"), F.col("_record").desc())
    return (
        texts.where(F.col("user_id").rlike("^u[0-9]+$"))
        .select(
            key.alias("event_id"),
            "user_id",
            "event_name",
            at.alias("event_timestamp"),
            F.to_date(at).alias("event_date"),
            "_file",
            "_record",
        )
        .select("*", F.row_number().over(newest_first).alias("_rank"))
        .where("_rank = 1")
        .drop("_rank")
    )


def _days(events: DataFrame) -> DataFrame:
    sessions = events.groupBy("user_id", "event_date", F.session_window("event_timestamp", "30 minutes")).agg(
        F.count("*").alias("events")
    )
    spans = events.groupBy("user_id").agg(F.sequence(F.min("event_date"), F.max("event_date")).alias("dates"))
    return (
        spans.select("user_id", F.explode("dates").alias("event_date"))
        .join(F.broadcast(sessions), ["user_id", "event_date"], "left")
        .groupBy("user_id", "event_date")
        .agg(
            F.coalesce(F.sum("events"), F.lit(0)).alias("events"),
            F.countDistinct("events").alias("sizes"),
            F.percentile_approx("events", 0.5).alias("median"),
        )
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        train(build_session({"spark.sql.warehouse.dir": scratch, "spark.local.dir": scratch}), Path(scratch))
