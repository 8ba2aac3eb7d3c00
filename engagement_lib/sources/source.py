"""What a source is: the files that land in one folder, and their columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engagement_lib.engine.table import Field


@dataclass(frozen=True)
class Source:
    """Files of one kind. A ``required`` column must stand in a file's header, else the file is refused by name.

    ``aliases`` maps other header names to ours (a renamed column). Columns that it ``may_lack`` are not worth a word where
    they are missing.
    """

    name: str
    columns: tuple[Field, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    may_lack: tuple[str, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def required_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)
