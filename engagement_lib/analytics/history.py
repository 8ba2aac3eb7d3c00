"""History of things that change: statements about them, in whatever order they came, become versions with validity times."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


def mark_repeats(
    statements: DataFrame, *, keys: Sequence[str], changed_at: str, content: str, first: Sequence[Column]
) -> DataFrame:
    """The statements, each once, with ``is_repeat``: whether it adds nothing to the history of its thing, because another
    statement of the same time comes first, or because it says what the version before it says.

    ``keys`` name the thing; ``changed_at``: since when the statement holds (null: since ever); ``content``: a text of all
    that it says; ``first`` orders the statements of one time and must be total. What is kept depends on the set of the
    statements only, never on the order in which they came.
    """
    in_order = Window.partitionBy(*keys).orderBy(F.col(changed_at).asc_nulls_first(), *first)
    is_same_time = F.col(changed_at).eqNullSafe(F.lag(changed_at).over(in_order)) & (F.row_number().over(in_order) > 1)
    timed = statements.withColumn("_is_same_time", is_same_time)
    before = F.last(F.when(~F.col("_is_same_time"), F.col(content)), ignorenulls=True)
    says_the_same = before.over(in_order.rowsBetween(Window.unboundedPreceding, -1)).eqNullSafe(F.col(content))
    return timed.withColumn("is_repeat", F.col("_is_same_time") | says_the_same).drop("_is_same_time")


def versions(statements: DataFrame, *, keys: Sequence[str], changed_at: str, content: str, first: Sequence[Column]) -> DataFrame:
    """One row per thing and version of it: the statements that are no repeats (see `mark_repeats`), with ``valid_from`` (null:
    since ever), ``valid_to`` (the next version's start, not included; null: still) and ``is_current`` (the last version).
    """
    kept = mark_repeats(statements, keys=keys, changed_at=changed_at, content=content, first=first).where("NOT is_repeat")
    in_time = Window.partitionBy(*keys).orderBy(F.col(changed_at).asc_nulls_first())
    next_start = F.lead(changed_at).over(in_time)
    # Only the first version of a thing can have no start, so a version without a next start is the last one.
    return kept.drop("is_repeat").withColumns(
        {"valid_from": F.col(changed_at), "valid_to": next_start, "is_current": next_start.isNull()}
    )
