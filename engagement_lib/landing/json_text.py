"""JSON values as the text that was written: numbers keep their digits, nested values stay JSON."""

import json
from typing import Any


class Number(str):
    """A JSON number, spelled as in the file."""


def parse(text: str) -> Any:
    """The value of a JSON text, its numbers as ``Number``. Raises ``ValueError`` if it is none."""
    try:
        return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant)
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
