"""Which items were started and finished in the last 30 days."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users


@table(
    inputs=(events, identity_map),
    grain=("platform", "item_type", "item_id", "content_format"),
    fields=(
        v.PLATFORM.but(description="mobile or web; total for both.", allowed=(v.TOTAL, *v.PLATFORMS)),
        v.ITEM_TYPE.but(required=True, description="Kind of item; total for all, unknown where the tracker does not say."),
        v.ITEM_ID.but(required=True, description="The item; total for all of the row's kind."),
        Field("content_format", "string", "text or audio; unknown where the tracker does not say; total for all.", required=True),
        Field("item_title", "string", "Title at the last event; null in total rows."),
        Field("starts", "bigint", "Item-started events, deduplicated.", required=True),
        Field("content_completions", "bigint", "Item-finished events, deduplicated.", required=True),
        Field("items_completed", "bigint", "Distinct pairs of user and item that were finished. Not additive.", required=True),
        Field("completing_users", "bigint", "Distinct users who finished an item. Not additive.", required=True),
    ),
    rules=(Rule("pairs_within_completions", "items_completed <= content_completions"),),
    write=Rebuild(reads=(-29, 0)),
)
def report_content_completion(events: DataFrame, identity_map: DataFrame) -> DataFrame:
    """One row per platform, kind of item, item and format: starts and completions in the 30 dates that end at the as-of date.

    ``total`` in a column stands for all its values. Completions per day are in `report_daily_engagement`. Finishes / starts
    is no completion rate: most finishes in the known exports have no start.
    """
    content = with_resolved_users(events.where(F.col("event_name").isin(*v.CONTENT_EVENTS)), identity_map).select(
        "platform",
        F.coalesce("item_type", F.lit("unknown")).alias("item_type"),
        "item_id",
        F.coalesce("content_format", F.lit("unknown")).alias("content_format"),
        F.col("resolved_user_id").alias("user_id"),
        F.struct("event_timestamp", "event_id", "item_title").alias("_titled"),
        (F.col("event_name") == v.ITEM_FINISHED).cast("int").alias("_finished"),
    )
    pairs = content.groupBy("platform", "item_type", "item_id", "content_format", "user_id").agg(
        F.sum(1 - F.col("_finished")).alias("starts"), F.sum("_finished").alias("finishes")
    )
    return _with_totals(pairs).join(_titles(content), ["platform", "item_type", "item_id", "content_format"], "left")


def _titles(content: DataFrame) -> DataFrame:
    """Each item's title at its last event, for each platform and both, and each format.

    Not together with the numbers: Spark sorts, and does not hash, rows of which it takes the greatest text or structure.
    """
    by = ("item_type", "item_id", "content_format")
    of_platform = content.groupBy("platform", *by).agg(F.max("_titled").alias("_titled"))
    levels = of_platform.withColumn("platform", F.explode(F.array(F.lit(v.TOTAL), "platform")))
    return levels.groupBy("platform", *by).agg(F.max("_titled")["item_title"].alias("item_title"))


def _with_totals(pairs: DataFrame) -> DataFrame:
    """Each level of (all, kind, item, format) for each platform and both; a pair counts once in each."""
    by = ("platform", "item_type", "item_id", "content_format")
    total = F.lit(v.TOTAL)
    kinds = F.array(
        F.struct(total.alias("item_type"), total.alias("item_id"), total.alias("content_format")),
        F.struct(F.col("item_type"), total.alias("item_id"), total.alias("content_format")),
        F.struct(F.col("item_type"), total.alias("item_id"), F.col("content_format")),
        F.struct(F.col("item_type"), F.col("item_id"), F.col("content_format")),
    )
    levels = pairs.select(
        F.explode(F.array(total, "platform")).alias("platform"),
        kinds.alias("_kinds"),
        F.col("item_id").alias("_item"),
        *("user_id", "starts", "finishes"),
    ).select("platform", F.inline("_kinds"), "_item", "user_id", "starts", "finishes")
    user_items = levels.groupBy(*by, "_item", "user_id").agg(F.sum("starts").alias("starts"), F.sum("finishes").alias("finishes"))
    users = user_items.groupBy(*by, "user_id").agg(
        F.sum("starts").alias("starts"),
        F.sum("finishes").alias("finishes"),
        F.count_if((F.col("finishes") > 0) & F.col("user_id").isNotNull()).alias("items"),
    )
    return users.groupBy(*by).agg(
        F.sum("starts").alias("starts"),
        F.sum("finishes").alias("content_completions"),
        F.sum("items").alias("items_completed"),
        F.count_if(F.col("items") > 0).alias("completing_users"),
    )
