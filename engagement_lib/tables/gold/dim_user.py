"""Users as they are known now."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib.columns.time import local_date
from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.sources.users import ENTITY
from engagement_lib.tables.silver.users import users


@table(
    inputs=(users,),
    grain=ENTITY.keys,
    fields=(
        *ENTITY.fields[:2],
        Field("signup_date", "date", "Local date of the sign-up in the report time zone.", required=True),
        *[field for field in ENTITY.fields[2:] if field.name != "is_test"],
        Field("is_test", "boolean", "Whether the account is a tester's or a robot's; false where not said.", required=True),
        Field("is_deleted", "boolean", "Whether the account was deleted.", required=True),
    ),
    write=Rebuild(),
)
def dim_user(users: DataFrame, *, report_time_zone: str = "UTC") -> DataFrame:
    """One row per user of the users source, as known now; earlier versions are in silver.users."""
    return users.where("is_current").select(
        *[field.name for field in ENTITY.fields if field.name != "is_test"],
        local_date(F.col("signup_at"), report_time_zone).alias("signup_date"),
        F.coalesce("is_test", F.lit(False)).alias("is_test"),
        F.col("deleted_at").isNotNull().alias("is_deleted"),
    )
