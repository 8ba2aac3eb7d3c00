"""What the first line of a file says: which contract column each file column feeds, or why the file cannot be read by name."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engagement_lib.landing.delivery import Unreadable

OTHER_DELIMITERS = {";": "';'", "\t": "a tab", "|": "'|'"}
BLANKS_AND_DASHES = re.compile(r"[-_\s]+")


@dataclass(frozen=True)
class Layout:
    """How the columns of one file feed the contract.

    ``columns`` holds for each file column the contract column that it feeds, or None. ``unknown`` are the names of the others,
    ``missing`` the contract columns that the file does not have.
    """

    header: tuple[str, ...]
    columns: tuple[str | None, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


class ColumnNames:
    """The names that mean a contract's columns: their own and their aliases, whatever the case, dashes and blanks."""

    def __init__(self, columns: Sequence[str], required: Collection[str], aliases: Mapping[str, str]) -> None:
        self.columns = tuple(columns)
        self.required = tuple(column for column in columns if column in required)
        self._known = {canonical(alias): column for alias, column in aliases.items() if column in columns}
        self._known |= {canonical(column): column for column in columns}

    def column(self, name: str) -> str | None:
        """The contract column that a name in a file means, None if unknown."""
        return self._known.get(canonical(name))

    def absent(self, header: Iterable[str]) -> list[str]:
        """The required columns that none of the names means."""
        given = {self.column(name) for name in header}
        return [column for column in self.required if column not in given]

    def layout(self, header: Sequence[str], *, may_repeat: bool = False) -> Layout:
        """Maps a header to the contract. Raises ``Unreadable`` for a missing required column.

        The same holds for two names of one column unless they ``may_repeat``, as keys of different objects do.
        """
        columns = tuple(self.column(name) for name in header)
        if not may_repeat:
            _refuse_repeats(header, columns)
        missing = tuple(column for column in self.columns if column not in columns)
        absent = self.absent(header)
        if absent and not any(columns):
            raise Unreadable(f"first line is not a header, column(s) {', '.join(absent)} missing{_other_delimiter(header, self)}")
        if absent:
            raise Unreadable(f"required column(s) {', '.join(absent)} missing; the header has {', '.join(header)[:300]}")
        if not any(columns):
            raise Unreadable(f"first line is not a header: none of its names is a known column{_other_delimiter(header, self)}")
        unknown = tuple(label(name, at) for at, (name, column) in enumerate(zip(header, columns, strict=True)) if column is None)
        return Layout(tuple(header), columns, unknown, missing)


def canonical(name: str) -> str:
    """A column name without what people spell differently."""
    return BLANKS_AND_DASHES.sub("_", name.strip("\ufeff\u200b \t\xa0").casefold())


def label(name: str, at: int) -> str:
    """The name to keep an unknown column under; ``at`` is its position from 0."""
    return name.strip("\ufeff\u200b \t\xa0") or f"column {at + 1}"


def _other_delimiter(header: Sequence[str], names: ColumnNames) -> str:
    text = ",".join(header)
    for delimiter, spoken in OTHER_DELIMITERS.items():
        # Python's csv module has a limit for a field, and what is no header may be one long text.
        if any(names.column(name.strip('"')) for name in text.split(delimiter)):
            return f"; the columns are separated by {spoken} instead of a comma"
    return ""


def _refuse_repeats(header: Sequence[str], columns: Sequence[str | None]) -> None:
    for column, times in Counter(column for column in columns if column is not None).items():
        if times > 1:
            names = [repr(name) for name, fed in zip(header, columns, strict=True) if fed == column]
            raise Unreadable(f"column {column} is there {times} times in the header: {', '.join(names)}")
    kept_as = Counter(label(name, at) for at, (name, fed) in enumerate(zip(header, columns, strict=True)) if fed is None)
    for name, times in kept_as.items():
        # Without any known name the line is no header, which is the better thing to say.
        if times > 1 and any(columns):
            raise Unreadable(f"column name {name!r} is there {times} times in the header")
