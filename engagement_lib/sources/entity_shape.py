"""Entities (users, subscriptions, ...): how a declaration of typed columns becomes the typing and judging of text records.

A source's module says which columns there are; what a valid value of a type is, is said here once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib.columns import ids, text, time, values
from engagement_lib.engine.table import Field
from engagement_lib.sources.source import Source

UPDATED_AT = Field("updated_at", "string", "When the record was last changed where it comes from, UTC; optional.")

#: By type: how a text becomes a value, and what a person reads when it does not.
_TYPES: Mapping[str, tuple[Callable[[Column], Column], str]] = {
    "string": (lambda given: given, ""),
    "timestamp": (time.instant, time.TIME_FORM),
    "bigint": (values.whole, values.WHOLE_FORM),
    "double": (values.number, values.NUMBER_FORM),
    "decimal(18,4)": (values.amount, values.AMOUNT_FORM),
    "boolean": (values.flag, values.FLAG_FORM),
    "array<string>": (values.words, ""),
}


def _letters(given: Column, many: int) -> Column:
    return F.when(given.rlike(f"^[A-Za-z]{{{many}}}$"), F.upper(given))


#: By name: columns that have one form wherever they come from.
_NAMED: Mapping[str, tuple[Callable[[Column], Column], str]] = {
    # Two letters that are no country make nobody's account unreadable.
    "country_code": (lambda given: _letters(given, 2), "an ISO 3166 alpha-2 code"),
    "item_id": (ids.canonical_item, ""),
    "title": (text.unquoted, ""),
    "currency": (lambda given: _letters(given, 3), "an ISO 4217 code"),
    "weight": (lambda given: F.when(values.number(given) >= 0, values.number(given)), values.NUMBER_FORM + ", 0 or more"),
    "status": (lambda given: F.replace(F.lower(given), F.lit("canceled"), F.lit("cancelled")), ""),
}


@dataclass(frozen=True)
class Entity:
    """A thing that the business knows by ``keys``, with its columns as silver holds them.

    A record holds from its ``updated_at`` on; where it has none, from the latest of the times ``told_by`` that it names
    itself (things that happened, never plans); where it names none, since ever.
    """

    name: str
    keys: tuple[str, ...]
    fields: tuple[Field, ...]
    told_by: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        """The entity's files: the same columns as text; those of the key must stand in the header."""
        columns = tuple(field.but(type="string", allowed=(), required=field.name in self.keys) for field in self.fields)
        return Source(self.name, (*columns, UPDATED_AT), may_lack=(UPDATED_AT.name,))

    def typed(self, raw: DataFrame) -> DataFrame:
        """One row per record: typed columns, ``_changed_at``, ``_content`` (what it says, as text), ``_said`` (how many
        columns say something), and the verdict (``_rule``, ``_reason``; null = valid)."""
        names = [field.name for field in self.fields]
        given = {name: text.given(F.col(name)) for name in (*names, UPDATED_AT.name)}
        read = raw.select("*", F.struct(*[value.alias(name) for name, value in given.items()]).alias("_given"))
        typed = read.select(
            *[_value(field).alias(field.name) for field in self.fields],
            time.instant(F.col("_given.updated_at")).alias("_updated_at"),
            F.col("_given"),
            F.col("_corrupt_reason").alias("_unparsable"),
            F.coalesce(F.col("_corrupt"), F.to_json(F.struct(*[F.col(f"_given.{n}") for n in given], "_rescued"))).alias("_raw"),
            F.col("_file").alias("source_file"),
            F.col("_record").alias("source_record"),
            F.col("_load"),
        )
        return typed.select(
            *names,
            F.coalesce("_updated_at", *self._own_time()).alias("_changed_at"),
            F.to_json(F.struct(*names)).alias("_content"),
            sum((F.col(name).isNotNull().cast("int") for name in names), F.lit(0)).alias("_said"),
            F.coalesce(*[F.when(broken, F.lit(rule)) for rule, _, broken in self._rules()]).alias("_rule"),
            F.coalesce(*[F.when(broken, reason) for _, reason, broken in self._rules()]).alias("_reason"),
            "_raw",
            "source_file",
            "source_record",
            "_load",
        )

    def _own_time(self) -> list[Column]:
        if len(self.told_by) < 2:
            return [F.col(name) for name in self.told_by]
        return [F.greatest(*self.told_by)]

    def _rules(self) -> list[tuple[str, Column, Column]]:
        """(rule, reason, broken) in the order of judgement: the first broken rule is the record's reason."""
        rules = [("unparsable_record", F.col("_unparsable"), F.col("_unparsable").isNotNull())]
        for field in self.fields:
            said, value = F.col(f"_given.{field.name}"), F.col(field.name)
            if field.required:
                rules.append((f"{field.name}_missing", F.lit(f"{field.name} is empty"), said.isNull()))
            _, form = _reading(field)
            if form:
                rules.append((f"{field.name}_invalid", _about(field.name, said, form), said.isNotNull() & value.isNull()))
            if field.allowed:
                listed = "one of " + ", ".join(field.allowed)
                rules.append((f"{field.name}_unknown", _about(field.name, said, listed), ~value.isin(*field.allowed)))
        updated = F.col("_given.updated_at")
        unread = updated.isNotNull() & F.col("_updated_at").isNull()
        return [*rules, ("updated_at_invalid", _about("updated_at", updated, time.TIME_FORM), unread)]


def record_order() -> list[Column]:
    """What decides between records of one thing and one time: the one that says more, then what it says, then where it stands."""
    return [F.desc("_said"), F.asc("_content"), F.asc("source_file"), F.asc("source_record"), F.asc("_load")]


def _reading(field: Field) -> tuple[Callable[[Column], Column], str]:
    return _NAMED.get(field.name) or _TYPES[field.type]


def _value(field: Field) -> Column:
    read, _ = _reading(field)
    return read(F.col(f"_given.{field.name}"))


def _about(name: str, said: Column, form: str) -> Column:
    return F.concat(F.lit(f"{name} '"), F.left(said, F.lit(80)), F.lit(f"' is not {form}"))
