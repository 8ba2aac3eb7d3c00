"""Which items were started and finished in the last 30 days."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.columns.windows import is_partial_window, within_window
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users

KIND = ("item_type", "item_id", "content_format")
#: What a row counts; ``total`` in a column stands for all its values.
LEVEL = ("platform", *KIND)
WINDOW_DAYS = 30


@table(
    inputs=(events, identity_map),
    grain=LEVEL,
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
        v.IS_PARTIAL_WINDOW,
    ),
    rules=(Rule("pairs_within_completions", "items_completed <= content_completions"),),
    write=Rebuild(reads=(1 - WINDOW_DAYS, 0)),
)
def report_content_completion(
    events: DataFrame, identity_map: DataFrame, *, first_day: date | None = None, as_of: date = v.NO_DAY
) -> DataFrame:
    """One row per platform, kind of item, item and format: starts and completions in the 30 dates that end at the as-of date.

    ``total`` in a column stands for all its values. Completions per day are in `report_daily_engagement`. Finishes / starts
    is no completion rate: most finishes in the known exports have no start.
    """
    recent = events.where(within_window("event_date", WINDOW_DAYS, as_of) & F.col("event_name").isin(*v.CONTENT_EVENTS))
    content = with_resolved_users(recent, identity_map).select(
        "platform",
        m.told_from_total(F.col("item_type")).alias("item_type"),
        m.told_from_total(F.col("item_id")).alias("item_id"),
        F.coalesce("content_format", F.lit("unknown")).alias("content_format"),
        F.col("resolved_user_id").alias("user_id"),
        "event_timestamp",
        "event_id",
        "item_title",
        (F.col("event_name") == v.ITEM_FINISHED).alias("_is_finish"),
    )
    of_items = content.groupBy(*LEVEL).agg(
        F.count_if(~F.col("_is_finish")).alias("starts"),
        F.count_if("_is_finish").alias("content_completions"),
        F.max("event_timestamp").alias("_last_at"),
    )
    counted = (
        _kinds(_on_both(of_items)).groupBy(*LEVEL).agg(*[F.sum(name).alias(name) for name in ("starts", "content_completions")])
    )
    return (
        counted.join(_finishers(content), [*LEVEL], "left")
        .join(_titles(content, of_items), [*LEVEL], "left")
        .fillna(0, ["items_completed", "completing_users"])
        .withColumn("is_partial_window", F.lit(is_partial_window(WINDOW_DAYS, first_day, as_of)))
    )


def _on_both(rows: DataFrame) -> DataFrame:
    """Each row twice: on its platform and on both."""
    return rows.withColumn("platform", F.explode(F.array(F.lit(v.TOTAL), "platform")))


def _kinds(rows: DataFrame) -> DataFrame:
    """Each row once for each that it counts in: all, its kind, its kind and format, its item."""
    total = F.lit(v.TOTAL)
    all_kinds, of_kind = (v.TOTAL, v.TOTAL, v.TOTAL), ("item_type", v.TOTAL, v.TOTAL)
    kinds = [
        F.struct(*[(total if c == v.TOTAL else F.col(c)).alias(name) for name, c in zip(KIND, kind, strict=True)])
        for kind in (all_kinds, of_kind, ("item_type", v.TOTAL, "content_format"), KIND)
    ]
    return rows.select(*[name for name in rows.columns if name not in KIND], F.inline(F.array(*kinds)))


def _finishers(content: DataFrame) -> DataFrame:
    """Distinct pairs of user and item, and distinct users, among the finishes of known users in each level.

    A pair is one row that says on which platforms it was finished, so that it need not be counted once for each.
    """
    on = {v.TOTAL: F.lit(True), **{platform: F.col(platform) for platform in v.PLATFORMS}}
    is_on = [F.bool_or(platform).alias(platform) for platform in v.PLATFORMS]
    finishes = content.where("_is_finish AND user_id IS NOT NULL").select(
        *KIND, F.col("item_id").alias("_item"), "user_id", *[(F.col("platform") == p).alias(p) for p in v.PLATFORMS]
    )
    # All of a user in one place: what follows counts within a user, and only its sums are sent around.
    of_users = finishes.repartition("user_id").groupBy(*KIND, "_item", "user_id").agg(*is_on)
    pairs = _kinds(of_users).groupBy(*KIND, "_item", "user_id").agg(*is_on)
    users = pairs.groupBy(*KIND, "user_id").agg(*[F.count_if(condition).alias(p) for p, condition in on.items()])
    sums = users.groupBy(*KIND).agg(
        *[
            F.struct(
                F.lit(p).alias("platform"), F.sum(p).alias("items_completed"), F.count_if(F.col(p) > 0).alias("completing_users")
            ).alias(p)
            for p in on
        ]
    )
    return sums.select(*KIND, F.inline(F.array(*on)))


def _titles(content: DataFrame, of_items: DataFrame) -> DataFrame:
    """Each item's title at its last event, on each platform and both, and in each format.

    The last events are found by their time first: Spark sorts, and does not hash, rows of which it takes the greatest text.
    """
    last = F.broadcast(of_items.select(*LEVEL, F.col("_last_at").alias("event_timestamp")))
    titled = content.join(last, [*LEVEL, "event_timestamp"], "left_semi").select(
        *LEVEL, F.struct("event_timestamp", "event_id", "item_title").alias("_titled")
    )
    return _on_both(titled).groupBy(*LEVEL).agg(F.max("_titled")["item_title"].alias("item_title"))
