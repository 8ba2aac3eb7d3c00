"""The fields of one CSV record, as RFC 4180 has them; a quotation mark inside an unquoted field is text (``5" disk``)."""

import re

# The look-behind stands after the mark: with a fixed first byte the search for it is several times faster.
QUOTED_FIELD = re.compile(rb'"(?<![^,]")(?:[^"]++|"")*+"(?![^,])')
QUOTED_START = re.compile(rb'"(?:[^"]++|"")*+"?')
STRAY_QUOTE = re.compile(rb'"(?<![^,]")')
FIELD = re.compile(rb'"((?:[^"]++|"")*+)"(?=,|\Z)|([^,]*+)')

UNCLOSED = "a quoted field is never closed"


def shape_of(text: bytes) -> tuple[int, str]:
    """(number of fields, what breaks RFC 4180 or '') of the text of one record."""
    if b'"' not in text:
        return text.count(b",") + 1, ""
    rest = QUOTED_FIELD.sub(b"", text)
    if not STRAY_QUOTE.search(rest):
        return rest.count(b",") + 1, ""
    return 0, _fault_in(text)


def values_of(text: bytes) -> list[str]:
    """The field values of a record that ``shape_of`` found well-formed. Raises ``UnicodeDecodeError`` if it is not UTF-8."""
    values, at = [], 0
    while at <= len(text):
        match = FIELD.match(text, at)
        quoted, bare = match.groups()
        values.append((bare if quoted is None else quoted.replace(b'""', b'"')).decode())
        at = match.end() + 1
    return values


def has_bare_quote(text: bytes) -> bool:
    """Whether a quotation mark stands inside an unquoted field."""
    return b'"' in QUOTED_FIELD.sub(b"", text)


def _fault_in(text: bytes) -> str:
    at = 0
    while not (start := QUOTED_START.match(text, at)) or QUOTED_FIELD.match(text, at):
        at = FIELD.match(text, at).end() + 1
    if start.end() == len(text):
        return UNCLOSED
    return f"text after the closing quotation mark at byte {start.end()} of the record"
