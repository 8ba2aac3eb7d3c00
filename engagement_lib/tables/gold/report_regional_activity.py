"""Who was active in each country and region in the last 30 days."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.columns.windows import is_partial_window, within_window
from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.tables.gold.dim_country import dim_country
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

WINDOW_DAYS = 30


@table(
    inputs=(fact_user_engagement, dim_country),
    grain=("platform", "area_type", "area"),
    fields=(
        v.PLATFORM.but(description="mobile or web; total for both.", allowed=(v.TOTAL, *v.PLATFORMS)),
        Field(
            "area_type",
            "string",
            "Whether the area is one country or a region of several.",
            required=True,
            allowed=("country", "region"),
        ),
        Field("area", "string", "Country code or name of the region; unknown where no country is known.", required=True),
        Field(
            "regional_active_users",
            "bigint",
            "Distinct users with an active event from the area in the 30 dates. Not additive.",
            required=True,
        ),
        Field(
            "regional_active_learners",
            "bigint",
            "Distinct users who started or finished an item there. Not additive.",
            required=True,
        ),
        Field("events", "bigint", "Events from the area.", required=True),
        Field("items_finished", "bigint", "Item-finished events from the area.", required=True),
        v.IS_PARTIAL_WINDOW,
    ),
    write=Rebuild(reads=(1 - WINDOW_DAYS, 0)),
)
def report_regional_activity(
    fact_user_engagement: DataFrame, dim_country: DataFrame, *, first_day: date | None = None, as_of: date = v.NO_DAY
) -> DataFrame:
    """One row per platform and area: who was active there in the 30 dates that end at the as-of date.

    A user counts in each country they were seen in, once in a region. The DACH row of mobile is the sponsor's question. Once
    there are data, a region has a row for each platform, with 0 where nobody was seen; a country only where somebody was.
    """
    recent = fact_user_engagement.where(within_window("activity_date", WINDOW_DAYS, as_of))
    located = recent.join(F.broadcast(dim_country), "country_code", "left")
    areas = F.array(
        F.struct(F.lit("country").alias("area_type"), F.coalesce("country_code", F.lit("unknown")).alias("area")),
        F.struct(F.lit("region").alias("area_type"), F.col("region").alias("area")),
    )
    seen = (
        located.select("*", F.inline(areas))
        .where(F.col("area").isNotNull())
        .withColumn("platform", F.explode(F.array(F.lit(v.TOTAL), "platform")))
    )
    by = ("platform", "area_type", "area")
    users = seen.groupBy(*by, "user_id").agg(
        F.bool_or("is_active").alias("is_active"),
        F.bool_or("is_learner").alias("is_learner"),
        F.sum("events").alias("events"),
        F.sum("items_finished").alias("items_finished"),
    )
    if first_day is not None:
        users = users.unionByName(_nobody(dim_country))
    return users.groupBy(*by).agg(
        F.count_if("is_active").alias("regional_active_users"),
        F.count_if("is_learner").alias("regional_active_learners"),
        F.sum("events").alias("events"),
        F.sum("items_finished").alias("items_finished"),
        F.lit(is_partial_window(WINDOW_DAYS, first_day, as_of)).alias("is_partial_window"),
    )


def _nobody(dim_country: DataFrame) -> DataFrame:
    """Nobody's rows of each region, on each platform and in total: they count as 0."""
    return dim_country.where("region IS NOT NULL").select(
        F.explode(F.array(*map(F.lit, (v.TOTAL, *v.PLATFORMS)))).alias("platform"),
        F.lit("region").alias("area_type"),
        F.col("region").alias("area"),
        F.lit(None).cast("string").alias("user_id"),
        *[F.lit(False).alias(name) for name in ("is_active", "is_learner")],
        *[F.lit(0).alias(name) for name in ("events", "items_finished")],
    )
