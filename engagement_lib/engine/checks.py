"""Contracts and rules, checked on the way into the table and never in a pass of their own.

What must not happen (a rule of severity ``fail``, two rows of one grain) raises inside the write, so the transaction
never commits. What is worth a word (``warn``) is counted by the same pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Observation, Window
from pyspark.sql import functions as F

from engagement_lib.engine.table import Merge, Table
from engagement_lib.errors import CheckFailed

_MARK = "engagement check failed: "


@dataclass(frozen=True)
class BrokenRule:
    """A rule of severity ``warn`` and how many rows of the write broke it."""

    table: str
    rule: str
    rows: int


def conform(rows: DataFrame, table: Table) -> DataFrame:
    """The rows in the contract's order; missing, additional or otherwise typed columns are an error before any job starts."""
    given = {field.name: field.dataType.simpleString() for field in rows.schema}
    declared = {field.name: field.type for field in table.fields}
    problems = [f"{name} is missing" for name in declared if name not in given]
    problems += [f"{name} is not declared" for name in given if name not in declared]
    problems += [f"{name} is {given[name]}, declared {kind}" for name, kind in declared.items() if given.get(name, kind) != kind]
    if problems:
        raise CheckFailed(f"{table.id}: the function's columns differ from the contract: {'; '.join(problems)}")
    return rows.select(*declared)


def guarded(rows: DataFrame, table: Table) -> DataFrame:
    """The same rows; computing them raises where a rule of severity ``fail`` or the grain (in a partitioned table: of each
    partition) is broken."""
    broken = [
        F.when(~F.expr("(" + rule.sql + ")"), F.lit(rule.name)) for rule in table.rules_with_allowed() if rule.severity == "fail"
    ]
    checked = rows
    if table.grain and not isinstance(table.write, Merge):
        # By a number first: texts that begin alike cost a sort most. By the partition before it, as the writer sorts.
        keys = [*([table.partition] if table.partition else []), F.xxhash64(*table.grain), *table.grain]
        checked = rows.withColumn("_same_grain", F.count(F.lit(1)).over(Window.partitionBy(*keys)))
        broken.append(F.when(F.col("_same_grain") > 1, F.lit("one row per " + ", ".join(table.grain))))
    if not broken:
        return rows
    first, *others = table.fields
    message = F.concat(F.lit(_MARK + table.id + ": rule "), F.coalesce(*broken), F.lit(";"))
    raised = F.when(F.coalesce(*broken).isNull(), F.col(first.name)).otherwise(F.raise_error(message).cast(first.type))
    return checked.select(raised.alias(first.name), *[field.name for field in others])


class Counted:
    """Counts the rows that break a rule of severity ``warn`` while the rows are written."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rules = [rule for rule in table.rules_with_allowed() if rule.severity == "warn"]
        self._observation: Observation | None = Observation() if self.rules else None

    def on(self, rows: DataFrame) -> DataFrame:
        if self._observation is None:
            return rows
        return rows.observe(self._observation, *[_broken(rule.sql).alias(rule.name) for rule in self.rules])

    def warnings(self, written: int) -> list[BrokenRule]:
        """After the write of so many rows: the rules that were broken. (Of no rows, Spark may have observed nothing.)"""
        counts = self._observation.get if self._observation and written else {}
        return [BrokenRule(self.table.id, name, rows) for name, rows in counts.items() if rows]


def _broken(sql: str) -> Column:
    return F.count_if(~F.expr("(" + sql + ")"))


def as_check_failure(problem: Exception, table: Table) -> CheckFailed | None:
    """The failed check that an exception of Spark stands for, None if it is another one."""
    text = str(problem)
    if found := re.search(re.escape(_MARK) + r"([^;]+);", text):
        return CheckFailed(f"{found.group(1)} does not hold; the table keeps its former state")
    if "DELTA_NOT_NULL_CONSTRAINT_VIOLATED" in text:
        column = re.search(r"NOT NULL constraint violated for column: ?`?([\w.]+)", text)
        return CheckFailed(
            f"{table.id}: {column.group(1) if column else 'a required column'} is null; the table keeps its former state"
        )
    return None
