"""What a source is: the files that land in one folder, their columns, and their mapping into a silver shape."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.sql import DataFrame

from engagement_lib.engine.table import Field


@dataclass(frozen=True)
class Source:
    """Files of one kind. A ``required`` column must stand in a file's header, else the file is refused by name.

    ``aliases`` maps other header names to ours (a renamed column). Columns that it ``may_lack`` are not worth a word where
    they are missing. ``to_shape`` is one select: the text columns of
    bronze in, the columns of the silver shape out.
    """

    name: str
    columns: tuple[Field, ...]
    to_shape: Callable[[DataFrame], DataFrame]
    aliases: Mapping[str, str] = field(default_factory=dict)
    may_lack: tuple[str, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def required_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)
