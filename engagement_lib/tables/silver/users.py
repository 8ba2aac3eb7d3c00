"""Who the users are, and since when what is known about them holds."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import versions
from engagement_lib.engine.table import Rebuild, table
from engagement_lib.sources.entity_shape import record_order
from engagement_lib.sources.users import ENTITY
from engagement_lib.tables.bronze.users import users as landed
from engagement_lib.tables.silver.entity_set_aside import entity_set_aside


@table(
    inputs=(landed,),
    grain=(*ENTITY.keys, "valid_from"),
    fields=(*ENTITY.fields, *v.VERSION),
    write=Rebuild(rest=entity_set_aside),
)
def users(users: DataFrame) -> DataFrame:
    """One row per user and version of what is known about the user.

    Current state: `where is_current`, or gold.dim_user. Attributes at a time t: the version with valid_from <= t < valid_to;
    before its first version a user is best described by that one.
    """
    valid = ENTITY.typed(users).where("_rule IS NULL")
    history = versions(valid, keys=ENTITY.keys, changed_at="_changed_at", content="_content", first=record_order())
    return history.select(*[field.name for field in (*ENTITY.fields, *v.VERSION)])


def at_signup(users: DataFrame) -> DataFrame:
    """One row per user: ``signup_at`` and ``is_test`` (false where not said) as known now, and ``signup_platform``,
    ``country_code``, ``acquisition_channel`` and ``campaign`` as they were at the sign-up, else as first known."""
    since = F.coalesce(F.unix_micros("valid_from"), F.lit(-(2**62)))
    is_known_then = since <= F.unix_micros("signup_at")
    # the last version before the sign-up, else the first one after it
    nearest = F.struct(is_known_then, F.when(is_known_then, since).otherwise(-since))
    then = F.struct("signup_platform", "country_code", "acquisition_channel", "campaign")
    now = F.struct("signup_at", F.coalesce("is_test", F.lit(False)).alias("is_test"))
    each = users.groupBy("user_id").agg(
        F.max_by(then, nearest).alias("_then"), F.max(F.when(F.col("is_current"), now)).alias("_now")
    )
    return each.select("user_id", "_now.*", "_then.*")
