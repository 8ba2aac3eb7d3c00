"""Tables as text, for summaries that people read in a terminal or a log."""

from collections.abc import Sequence
from typing import Any


def text_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """The rows under a header, columns aligned: numbers to the right with thousands separated, None as an empty cell."""
    cells = [[_text(value) for value in row] for row in rows]
    is_number = [
        all(isinstance(row[n], int | float) or row[n] is None for row in rows) and rows != [] for n in range(len(header))
    ]
    widths = [max(len(line[n]) for line in [list(header), *cells]) for n in range(len(header))]

    def line(values: Sequence[str]) -> str:
        aligned = (v.rjust(w) if number else v.ljust(w) for v, w, number in zip(values, widths, is_number, strict=True))
        return "  ".join(aligned).rstrip()

    return "\n".join([line(header), line(["-" * w for w in widths]), *map(line, cells)])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.1f}"
    return str(value).replace("\n", " ")
