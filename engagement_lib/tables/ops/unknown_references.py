"""Whether what rows refer to is there: users, items, features, experiments and subscriptions that no source has told of."""

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, Rebuild, Rule, Table, table
from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption
from engagement_lib.tables.gold.fact_experiment_exposure import fact_experiment_exposure
from engagement_lib.tables.gold.fact_feature_use import fact_feature_use
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.silver.assignments import assignments
from engagement_lib.tables.silver.content_items import content_items
from engagement_lib.tables.silver.experiments import experiments
from engagement_lib.tables.silver.features import features
from engagement_lib.tables.silver.payments import payments
from engagement_lib.tables.silver.subscriptions import subscriptions
from engagement_lib.tables.silver.users import users
from engagement_lib.tables.silver.variants import variants

#: Which columns of a table name a row of which other table, whose columns have the same names.
REFERENCES: Mapping[Table, Mapping[tuple[str, ...], Table]] = {
    fact_user_engagement: {("user_id",): users},
    fact_content_consumption: {("item_id",): content_items},
    fact_feature_use: {("feature_id",): features},
    fact_experiment_exposure: {("experiment_id", "variant"): variants},
    subscriptions: {("user_id",): users},
    payments: {("user_id",): users, ("subscription_id",): subscriptions},
    variants: {("experiment_id",): experiments},
    assignments: {("user_id",): users, ("experiment_id", "variant"): variants},
}
_REFERENCE = ("from_table", "columns", "to_table")


@table(
    inputs=(*REFERENCES, users, content_items, features, experiments),
    grain=_REFERENCE,
    fields=(
        Field("from_table", "string", "Table whose rows refer to another one.", required=True),
        Field("columns", "string", "The columns that both tables have and that refer.", required=True),
        Field("to_table", "string", "Table that has a row for each value, whatever its validity.", required=True),
        v.count("referring_rows", "Rows with a value in all of the columns; of an entity each version."),
        v.count("values", "Distinct values of the columns together."),
        Field("unknown_rows", "bigint", "Rows whose value the other table lacks; null = no file of it has ever come."),
        Field("unknown_values", "bigint", "Distinct values that the other table lacks; null = no file of it has ever come."),
        Field("example", "string", "The smallest unknown value; several columns with / between them.", pii=True),
    ),
    rules=(
        Rule("every_value_is_known", "unknown_values = 0", "warn"),
        Rule("unknown_within_all", "unknown_rows <= referring_rows AND unknown_values <= values"),
    ),
    write=Rebuild(),
)
def unknown_references(
    fact_user_engagement: DataFrame,
    fact_content_consumption: DataFrame,
    fact_feature_use: DataFrame,
    fact_experiment_exposure: DataFrame,
    subscriptions: DataFrame,
    payments: DataFrame,
    variants: DataFrame,
    assignments: DataFrame,
    users: DataFrame,
    content_items: DataFrame,
    features: DataFrame,
    experiments: DataFrame,
) -> DataFrame:
    """One row per reference from a table to another that any row makes: how many rows name something that is not there.

    A late export, or one that was never ordered, shows here; the rows themselves count everywhere, with unknown attributes.
    Sources that have never delivered are not asked: what they would know is unknown, not missing.
    """
    given = (
        *(fact_user_engagement, fact_content_consumption, fact_feature_use, fact_experiment_exposure, subscriptions, payments),
        *(variants, assignments, users, content_items, features, experiments),
    )
    rows = dict(zip(unknown_references.inputs, given, strict=True))
    referring = [
        rows[source]
        .where(_all_given(columns))
        .groupBy(
            F.lit(source.id).alias("from_table"),
            F.lit(", ".join(columns)).alias("columns"),
            F.lit(target.id).alias("to_table"),
            _value(columns).alias("_value"),
        )
        .agg(F.count("*").alias("_rows"))
        for source, references in REFERENCES.items()
        for columns, target in references.items()
    ]
    targets = {(columns, target) for references in REFERENCES.values() for columns, target in references.items()}
    known = reduce(
        DataFrame.unionByName,
        [
            rows[target].select(F.lit(target.id).alias("to_table"), _value(columns).alias("_value")).distinct()
            for columns, target in sorted(targets, key=lambda each: each[1].id)
        ],
    )
    has_come = known.groupBy("to_table").agg(F.lit(True).alias("_has_come"))
    return (
        reduce(DataFrame.unionByName, referring)
        .join(known.withColumn("_is_known", F.lit(True)), ["to_table", "_value"], "left")
        .join(F.broadcast(has_come), "to_table", "left")
        .groupBy(*_REFERENCE, "_has_come")
        .agg(
            F.sum("_rows").alias("referring_rows"),
            F.count("*").alias("values"),
            F.sum(F.when(_is_unknown(), F.col("_rows")).otherwise(0)).alias("unknown_rows"),
            F.count_if(_is_unknown()).alias("unknown_values"),
            F.min(F.when(_is_unknown(), F.col("_value"))).alias("example"),
        )
        .select(
            *_REFERENCE,
            "referring_rows",
            "values",
            *[F.when(F.col("_has_come"), F.col(name)).alias(name) for name in ("unknown_rows", "unknown_values", "example")],
        )
    )


def _all_given(columns: tuple[str, ...]) -> Column:
    return reduce(Column.__and__, [F.col(name).isNotNull() for name in columns])


def _value(columns: tuple[str, ...]) -> Column:
    return F.concat_ws("/", *columns)


def _is_unknown() -> Column:
    return F.col("_is_known").isNull()
