"""Who used which feature on which day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, ReplaceDays, table
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users


@table(
    inputs=(events, identity_map),
    grain=("activity_date", "feature_id", "user_id", "user_access_type"),
    fields=(
        v.ACTIVITY_DATE,
        Field("feature_id", "string", "The feature.", required=True),
        v.USER_ID,
        v.USER_ACCESS_TYPE,
        Field("uses", "bigint", "Feature-used events.", required=True),
        Field("first_used_at", "timestamp", "First of them, UTC.", required=True),
        Field("last_used_at", "timestamp", "Last of them, UTC.", required=True),
    ),
    write=ReplaceDays("activity_date", user="user_id"),
)
def fact_feature_use(events: DataFrame, identity_map: DataFrame) -> DataFrame:
    """One row per day, feature, user and access type at the use. Uses without a known user are in rows with a null user.

    Features that no export lists, uses before the launch and test users are in it.
    """
    used = with_resolved_users(events.where(F.col("event_name") == v.FEATURE_USED), identity_map)
    return used.groupBy(
        F.col("event_date").alias("activity_date"), "feature_id", F.col("resolved_user_id").alias("user_id"), "user_access_type"
    ).agg(
        F.count("*").alias("uses"),
        F.min("event_timestamp").alias("first_used_at"),
        F.max("event_timestamp").alias("last_used_at"),
    )
