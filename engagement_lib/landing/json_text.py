"""JSON values as the text that was written: numbers keep their digits, nested values stay JSON."""

import json
from collections import Counter
from typing import Any


class Number(str):
    """A JSON number, spelled as in the file."""


def parse(text: str) -> Any:
    """The value of a JSON text, its numbers as ``Number``. Raises ``ValueError`` if it is none or an object has a key twice."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def to_text(value: Any) -> str | None:
    """A column's text for a JSON value: null and '' are None, true is 'true', an object or a list is its JSON.

    Raises ``ValueError`` if it is nested too deeply.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return str(value)
    try:
        return _dump(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _dump(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_dump(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Which of two values is meant is not ours to say; Python would keep the last one without a word.
    held = dict(pairs)
    if len(held) < len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"key {key[:80]!r} is there twice in one object")
    return held


# json.loads would make a decoder per call.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_each_key_once, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant
)
