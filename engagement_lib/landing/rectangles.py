"""Counting the records of a chunk at the speed of C, where each of them is well-formed."""

import re

from engagement_lib.landing.records import MAX_RECORD_BYTES, MAX_RECORD_LINES, Grammar, is_sound

ALL_BUT_COMMA_AND_LF = bytes(byte for byte in range(256) if byte not in b",\n")
BLANK_LINE = re.compile(rb"^\n", re.MULTILINE)
FIELD_EDGES = {b"", b",", b"\n"}


def count_rectangular(chunk: bytes, grammar: Grammar) -> int | None:
    """The number of records of a chunk of blank lines and well-formed records, None where it is not certain to be one.

    What remains of such a chunk without its quoted fields, when all bytes but commas and line ends are deleted, is the same short
    text again and again.
    """
    # In a file of one column a line of blanks looks like a record.
    if grammar.fields == 1 or not is_sound(chunk, grammar):
        return None
    text = _with_lf(chunk, grammar)
    if text is None or _has_long_line(text):
        return None
    outside = _outside_quotes(text, grammar.fields) if b'"' in text else text
    if outside is None:
        return None
    shape = outside.translate(None, ALL_BUT_COMMA_AND_LF)
    if not text.endswith(b"\n"):
        shape += b"\n"
    row = b"," * (grammar.fields - 1) + b"\n"
    rows = len(shape) // len(row)
    if shape == row * rows:
        return rows
    others = shape.replace(row, b"")
    if others.strip(b"\n") or len(others) != len(BLANK_LINE.findall(text)):
        return None
    return (len(shape) - len(others)) // len(row)


def _with_lf(chunk: bytes, grammar: Grammar) -> bytes | None:
    """The chunk with LF at the end of its lines, None if its line ends are mixed."""
    if b"\r" not in chunk:
        return None if grammar.has_cr_lines and b"\n" in chunk else chunk
    if grammar.has_cr_lines:
        return None if b"\n" in chunk else chunk.replace(b"\r", b"\n")
    text = chunk.replace(b"\r\n", b"\n")
    return None if b"\r" in text else text


def _has_long_line(text: bytes) -> bool:
    at = 0
    while at + MAX_RECORD_BYTES < len(text):
        end = text.rfind(b"\n", at, at + MAX_RECORD_BYTES + 1)
        if end < 0:
            return True
        at = end + 1
    return False


def _outside_quotes(text: bytes, fields: int) -> bytes | None:
    """The text without its quoted fields, None where a quotation mark is not at a field's edge, or a field with a line break is
    not certain to be one."""
    parts = text.split(b'"')
    outside, quoted = parts[0::2], parts[1::2]
    if len(outside) == len(quoted):
        return None
    edges = {part[:1] for part in outside[1:]} | {part[-1:] for part in outside[:-1]}
    if not edges <= FIELD_EDGES:
        return None
    if b"\n" in b"".join(quoted) and not _spans_are_fields(text, parts, fields):
        return None
    return b"".join(outside)


def _spans_are_fields(text: bytes, parts: list[bytes], fields: int) -> bool:
    """Whether the record rule takes each quoted part with a line break for a field, with room to spare: none of its later lines
    has the commas of a record, and even with all fields like it the record would not be too long."""
    at = 0
    for number, part in enumerate(parts):
        if number % 2 and b"\n" in part:
            start, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at + len(part))
            whole = text[start : end if end >= 0 else len(text)]
            is_small = whole.count(b"\n") * fields < MAX_RECORD_LINES and len(whole) * fields < MAX_RECORD_BYTES
            # Doubled marks cut a field into many parts, and a blank line in quotes would be counted as one between records.
            is_whole = (number == 1 or parts[number - 1]) and (number + 2 == len(parts) or parts[number + 1])
            is_plain = is_whole and b"\n\n" not in part
            if not (is_small and is_plain) or any(line.count(b",") >= fields - 1 for line in whole.split(b"\n")[1:]):
                return False
        at += len(part) + 1
    return True
