"""Declarations in words, the same on all pages about tables."""

from __future__ import annotations

from engagement_lib.engine.table import AppendFiles, Field, Merge, Rebuild, Recorded, ReplaceDays, SetAside, Table


def rules_in_words(field: Field) -> str:
    """What each value of a column keeps, and whether it is personal."""
    words = ["required"] if field.required else []
    words += ["personal"] if field.pii else []
    words += ["one of " + ", ".join(field.allowed)] if field.allowed else []
    return "; ".join(words)


def write_in_words(table: Table, writer: Table | None) -> str:
    """How rows get into the table; ``writer``: the table whose merge puts them there, if any."""
    write = table.write
    if isinstance(write, AppendFiles):
        return "each landed file is appended once"
    if isinstance(write, SetAside):
        return f"together with {writer.id if writer else 'another table'}"
    if isinstance(write, Merge):
        return f"new records are merged by {', '.join(write.keys)}; the first by {', '.join(write.order)} stays"
    if isinstance(write, ReplaceDays):
        back, ahead = write.reads
        window = "that day" if write.reads == (0, 0) else f"days d{back:+d} to d{ahead:+d}" if ahead else f"days d{back:+d} to d"
        some = (
            f"; where identities change, only the rows of the users concerned ({write.user}) and of nobody" if write.user else ""
        )
        return f"whole days by {write.day}; day d is computed from {window} of its inputs{some}"
    if isinstance(write, Rebuild) and write.day:
        return f"computed whole; the days by {write.day} that differ are replaced"
    if isinstance(write, Rebuild):
        return "whole" if write.reads is None else f"whole, from the {1 - write.reads[0]} dates that end at the as-of day"
    assert isinstance(write, Recorded)
    return "by the runs themselves"
