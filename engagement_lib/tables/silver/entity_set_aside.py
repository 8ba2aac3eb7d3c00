"""Records of entity files that became no row of their entity's table."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.history import mark_repeats
from engagement_lib.engine.table import Field, Rebuild, table
from engagement_lib.sources.assignments import ENTITY as ASSIGNMENTS
from engagement_lib.sources.content_items import ENTITY as CONTENT_ITEMS
from engagement_lib.sources.entity_shape import Entity, record_order
from engagement_lib.sources.experiments import ENTITY as EXPERIMENTS
from engagement_lib.sources.features import ENTITY as FEATURES
from engagement_lib.sources.payments import ENTITY as PAYMENTS
from engagement_lib.sources.subscriptions import ENTITY as SUBSCRIPTIONS
from engagement_lib.sources.users import ENTITY as USERS
from engagement_lib.sources.variants import ENTITY as VARIANTS
from engagement_lib.tables.bronze.assignments import assignments
from engagement_lib.tables.bronze.content_items import content_items
from engagement_lib.tables.bronze.experiments import experiments
from engagement_lib.tables.bronze.features import features
from engagement_lib.tables.bronze.payments import payments
from engagement_lib.tables.bronze.subscriptions import subscriptions
from engagement_lib.tables.bronze.users import users
from engagement_lib.tables.bronze.variants import variants

DUPLICATE, QUARANTINED = "duplicate", "quarantined"


@table(
    inputs=(users, subscriptions, payments, experiments, variants, assignments, features, content_items),
    grain=("source_file", "source_record", "_load"),
    fields=(
        v.SOURCE_FILE,
        v.SOURCE_RECORD,
        Field("source", "string", "The entity that the file belongs to.", required=True),
        Field("verdict", "string", "Why it is no row of its own.", required=True, allowed=(DUPLICATE, QUARANTINED)),
        Field("entity_key", "string", "What the record is about: its key as JSON; null where it has none.", pii=True),
        Field("rule", "string", "The first rule that a quarantined record broke."),
        Field("reason", "string", "What a person needs to know about it."),
        Field("raw", "string", "A quarantined record: whole text where it could not be split, else its columns.", pii=True),
        v.LOAD,
    ),
    write=Rebuild(),
)
def entity_set_aside(
    users: DataFrame,
    subscriptions: DataFrame,
    payments: DataFrame,
    experiments: DataFrame,
    variants: DataFrame,
    assignments: DataFrame,
    features: DataFrame,
    content_items: DataFrame,
) -> DataFrame:
    """One row per record of an entity file that is no version of its entity: it broke a rule, or it says nothing new.

    A duplicate says what another record of the same time says, or what the version before it said. Records of a file =
    versions in the entity's table + duplicates + quarantined, which each run checks.
    """
    judged = [
        _judged(USERS, users),
        _judged(SUBSCRIPTIONS, subscriptions),
        _judged(PAYMENTS, payments),
        _judged(EXPERIMENTS, experiments),
        _judged(VARIANTS, variants),
        _judged(ASSIGNMENTS, assignments),
        _judged(FEATURES, features),
        _judged(CONTENT_ITEMS, content_items),
    ]
    records = reduce(DataFrame.unionByName, judged)
    order = {"keys": ("source", "entity_key", "_rule"), "changed_at": "_changed_at", "content": "_content"}
    marked = mark_repeats(records, **order, first=record_order())
    is_broken = F.col("_rule").isNotNull()
    return marked.where(is_broken | F.col("is_repeat")).select(
        "source_file",
        "source_record",
        "source",
        F.when(is_broken, QUARANTINED).otherwise(DUPLICATE).alias("verdict"),
        "entity_key",
        F.col("_rule").alias("rule"),
        F.col("_reason").alias("reason"),
        F.when(is_broken, F.col("_raw")).alias("raw"),
        "_load",
    )


def _judged(entity: Entity, landed: DataFrame) -> DataFrame:
    """The records of one entity in the columns that all of them have."""
    key = F.when(F.coalesce(*entity.keys).isNotNull(), F.to_json(F.struct(*entity.keys)))
    return entity.typed(landed).select(
        F.lit(entity.name).alias("source"),
        key.alias("entity_key"),
        "_changed_at",
        "_content",
        "_said",
        "_rule",
        "_reason",
        "_raw",
        "source_file",
        "source_record",
        "_load",
    )
