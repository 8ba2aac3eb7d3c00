"""What a table is: a contract and one pure function, as a value that can be called like that function.

Nothing here knows Spark sessions, paths or Delta; importing this module starts nothing.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from engagement_lib.errors import ConfigError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Keyword arguments that a run provides: they are not parameters that a configuration may set.
RUN_VALUES = ("as_of", "first_day")


@dataclass(frozen=True)
class Field:
    """One column: its name, Spark type and meaning, and the rules that each value keeps.

    ``required`` values are never null; ``allowed`` lists the only values (null apart); ``pii`` columns stay out of
    file statistics and are what erasure looks for.
    """

    name: str
    type: str
    description: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    pii: bool = False

    def but(self, **changes: Any) -> Field:
        """The same column with other attributes, e.g. ``USER_ID.but(required=True)``."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Rule:
    """A SQL condition that must hold in every row; ``warn`` is counted, ``fail`` publishes nothing."""

    name: str
    sql: str
    severity: Literal["warn", "fail"] = "fail"


@dataclass(frozen=True)
class AppendFiles:
    """Bronze: the records of each landed file are appended once. ``source`` describes the files."""

    source: Any


@dataclass(frozen=True)
class SetAside:
    """Rows that the `Merge` of another table put aside; written with that table, never run on its own."""


@dataclass(frozen=True)
class Merge:
    """One row per key; of several deliveries the first in ``order`` stays.

    The table's function returns every typed record with ``_rule`` (null = valid), ``_reason`` and ``_raw``;
    the engine sends broken records to ``rejects``, later deliveries to ``repeats``, and keeps one row per key.
    ``day`` is part of a key's meaning: deliveries of one key share it, so only the touched days are looked at.
    ``user``: the column of the user whom a row belongs to, where readers may want the rows of some users only.
    """

    keys: tuple[str, ...]
    order: tuple[str, ...]
    day: str
    rejects: Table
    repeats: Table
    user: str | None = None


@dataclass(frozen=True)
class ReplaceDays:
    """Whole days are recomputed: a row of day d reads input days d + reads[0] .. d + reads[1].

    ``partitioned`` stores one folder a day: for facts, where a day is many rows; reports are small and go without.
    ``user``: the column of the user whom a row belongs to, if a user's rows read only rows of this user, and nobody's (null)
    only rows of nobody: where an input says whose rows changed on a day, these and nobody's are computed again, and the others
    carried over; days on which nothing of them differs are left alone.
    """

    day: str
    reads: tuple[int, int] = (0, 0)
    partitioned: bool = False
    user: str | None = None


@dataclass(frozen=True)
class Rebuild:
    """Small tables: written whole. ``reads`` = the input days as_of + reads[0] .. as_of + reads[1]; None = all.

    ``day``: computed whole, but only the days whose rows differ are replaced, so that readers redo no more than those;
    ``unread``: columns that no table reads: where only they differ, rows are replaced and no reader has anything to redo;
    ``resolves``: the column of the user whom a row gives rows of nobody to, so that readers redo only the rows of these users.
    ``rest``: the table of all records of the one bronze input that are no row of this one; each run checks per file that
    rows + rest are all of its records.
    """

    reads: tuple[int, int] | None = None
    rest: Table | None = None
    day: str | None = None
    unread: tuple[str, ...] = ()
    resolves: str | None = None


@dataclass(frozen=True)
class Recorded:
    """Operations tables: the engine itself writes their rows, no function computes them."""


Write = AppendFiles | SetAside | Merge | ReplaceDays | Rebuild | Recorded


@dataclass(frozen=True, eq=False)
class Table:
    """A table of the lake. Calling it calls its pure function: data frames in, data frame out."""

    layer: str
    name: str
    description: str
    grain: tuple[str, ...]
    fields: tuple[Field, ...]
    inputs: tuple[Table, ...]
    rules: tuple[Rule, ...]
    write: Write
    function: Callable[..., DataFrame] = field(repr=False)

    def __call__(self, *inputs: DataFrame, **parameters: Any) -> DataFrame:
        return self.function(*inputs, **parameters)

    @property
    def id(self) -> str:
        """Name with layer, e.g. ``gold.fact_user_engagement``."""
        return f"{self.layer}.{self.name}"

    @property
    def day(self) -> str | None:
        """The column that says which day a row belongs to, where the table has one."""
        return getattr(self.write, "day", None)

    @property
    def partition(self) -> str | None:
        """The column of which each value has a folder of its own, where the table is stored so."""
        return self.day if getattr(self.write, "partitioned", False) else None

    @property
    def user(self) -> str | None:
        """The column that says whose a row is, where rows are computed for some users only."""
        return getattr(self.write, "user", None)

    @cached_property
    def _keywords(self) -> dict[str, Any]:
        arguments = inspect.signature(self.function).parameters.values()
        return {a.name: a.default for a in arguments if a.kind is inspect.Parameter.KEYWORD_ONLY}

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Keyword-only arguments with their defaults: what a configuration may override."""
        return {name: value for name, value in self._keywords.items() if name not in RUN_VALUES}

    @cached_property
    def run_values(self) -> tuple[str, ...]:
        """The run's own values that the function asks for (`as_of`, `first_day`)."""
        return tuple(name for name in self._keywords if name in RUN_VALUES)

    @cached_property
    def source_hash(self) -> str:
        """A short hash of the function's source: a change is worth a word in the run record."""
        return hashlib.sha256(inspect.getsource(self.function).encode()).hexdigest()[:12]

    @cached_property
    def contract_hash(self) -> str:
        """A short hash of the names and types of the columns, whatever their order."""
        return hashlib.sha256(repr(sorted((f.name, f.type) for f in self.fields)).encode()).hexdigest()[:12]

    def rules_with_allowed(self) -> tuple[Rule, ...]:
        """The table's rules, and one for each field that lists its allowed values."""
        listed = tuple(
            Rule(f"{f.name}_allowed", " OR ".join([f"{f.name} IS NULL", *(f"{f.name} = '{v}'" for v in f.allowed)]))
            for f in self.fields
            if f.allowed
        )
        return self.rules + listed


def table(
    *, grain: Sequence[str], fields: Sequence[Field], write: Write, inputs: Sequence[Table] = (), rules: Sequence[Rule] = ()
) -> Callable[[Callable[..., DataFrame]], Table]:
    """Make a `Table` of a pure function. What can be wrong in a declaration is an error at import:

    the function is named like its module, its arguments like its inputs (a table without inputs takes ``one_row``,
    one that is set aside takes ``records``), the grain is made of fields, and a docstring says what one row is.
    """

    def declare(function: Callable[..., DataFrame]) -> Table:
        *_, layer, module = function.__module__.split(".")
        declared = Table(
            layer=layer,
            name=function.__name__,
            description=inspect.getdoc(function) or "",
            grain=tuple(grain),
            fields=tuple(fields),
            inputs=tuple(inputs),
            rules=tuple(rules),
            write=write,
            function=function,
        )
        _verify(declared, module)
        return declared

    return declare


def _verify(declared: Table, module: str) -> None:
    def refuse(problem: str) -> None:
        raise ConfigError(f"{declared.id}: {problem}")

    signature = inspect.signature(declared.function).parameters.values()
    positional = tuple(a.name for a in signature if a.kind is not inspect.Parameter.KEYWORD_ONLY)
    names = [f.name for f in declared.fields]
    expected = tuple(i.name for i in declared.inputs)
    if not expected:
        expected = ("records",) if isinstance(declared.write, SetAside) else ("one_row",)
    if declared.name != module:
        refuse(f"the function is named {declared.name}, its module {module}; give both one name")
    if positional != expected:
        refuse(f"the arguments are {positional}, the inputs {expected}; give them the same names")
    if len(set(names)) < len(names):
        refuse("a field is declared twice")
    if missing := [g for g in declared.grain if g not in names]:
        refuse(f"the grain names {missing}, which is no field")
    resolves = getattr(declared.write, "resolves", None)
    if whose := [each for each in (declared.user, resolves) if each and each not in names]:
        refuse(f"{whose} is no field that could say whose a row is")
    if resolves and not declared.day:
        refuse("only a table that replaces the days that differ can say whose rows differ; give it a day")
    if declared.user and declared.run_values:
        refuse(f"days come and go with {declared.run_values}, for all users; such a table is computed for everybody")
    if not declared.description:
        refuse("a docstring must say what one row is")
    if undescribed := [f.name for f in declared.fields if not f.description.strip().endswith(".")]:
        refuse(f"describe {undescribed} in a sentence")


def overridden(declared: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """The table's parameters, with those replaced that the configuration sets."""
    return {name: values.get(name, default) for name, default in declared.parameters.items()}
