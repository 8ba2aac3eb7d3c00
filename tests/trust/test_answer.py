"""Two answers are the same only if all their names are, and what is unknown on one side is so on the other."""

import pytest

from tests.trust.answer import Value, differs, in_short


@pytest.mark.parametrize(
    ("value", "truth", "distance"),
    [
        (3, 5, 2),
        (0.1 + 0.2, 0.3, 0),
        ({"a": 1, "b": None}, {"b": None, "a": 1}, 0),
        ({"a": 0, "b": 2}, {"b": 2}, 1),
        ({"b": 2}, {"a": 0, "b": 2}, 1),
        ({"a": None}, {"a": 0}, 1),
        ({"a": 0}, {"a": None}, 1),
        ({"a": None}, {}, 1),
        ({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "d": 3}, 3),
    ],
)
def test_a_missing_name_an_unknown_number_and_zero_are_three_things(value: Value, truth: Value, distance: float) -> None:
    assert differs(value, truth) == distance


def test_unknown_numbers_are_told_apart_in_the_page() -> None:
    assert in_short({"a": None, "b": 0}) == "a unknown, b 0"
    assert in_short({**dict.fromkeys("abcdefgh", 2), "i": None}) == "8 numbers and 1 unknown, sum 16"
