"""What the inspection of a file's content finds, whatever its format."""

from dataclasses import dataclass, field

from engagement_lib.landing.layout import Layout
from engagement_lib.landing.segments import OVERSIZE, Segment


@dataclass
class Faults:
    """How many records cannot be parsed, and where the first of them stands and why."""

    count: int = 0
    first: str = ""

    def add(self, place_and_reason: str) -> None:
        """Counts one more."""
        self.first = self.first or place_and_reason
        self.count += 1


@dataclass(frozen=True)
class Findings:
    """The content of one readable file.

    ``compression`` is 'gzip' or None. ``has_cr_lines``: its lines end with a lone CR. ``header_line``: the header as written, ''
    where the format has none.
    """

    compression: str | None
    layout: Layout
    segments: tuple[Segment, ...]
    faults: Faults = field(default_factory=Faults)
    has_cr_lines: bool = False
    header_line: str = ""

    @property
    def records(self) -> int:
        """Records in the file, those included that cannot be parsed."""
        return sum(segment.records for segment in self.segments)

    @property
    def unparsable(self) -> int:
        """Records that are known not to be parsable."""
        return self.faults.count + len(self._oversize)

    @property
    def note(self) -> str:
        """One sentence about a readable file that somebody should look at, else ''."""
        if self.records == 0:
            return "no records in the file"
        if self.unparsable:
            first = self.faults.first or f"line {self._oversize[0].first_line}: {self._oversize[0].length} bytes in one line"
            return f"{self.unparsable} of {self.records} records cannot be parsed, for example {first}"
        return ""

    @property
    def _oversize(self) -> list[Segment]:
        return [segment for segment in self.segments if segment.kind == OVERSIZE]
