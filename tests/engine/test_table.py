"""engine.table: what can be wrong in a declaration is an error when it is made."""

import pytest

from engagement_lib.engine.table import Field, Rebuild, ReplaceDays, Table, overridden, table
from engagement_lib.errors import ConfigError
from engagement_lib.tables.gold.fact_session import fact_session

ID = Field("id", "string", "An id.", required=True)


def declare(function, **changes):  # type: ignore[no-untyped-def]
    function.__module__ = changes.pop("module", "lake.gold." + function.__name__)
    return table(**{"grain": ("id",), "fields": (ID,), "write": Rebuild(), **changes})(function)


def things(one_row):  # type: ignore[no-untyped-def]
    """One row per thing."""


def undescribed(one_row):  # type: ignore[no-untyped-def]
    pass


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"module": "lake.gold.others"}, "the function is named things, its module others"),
        ({"grain": ("day",)}, "the grain names"),
        ({"fields": (ID, ID)}, "declared twice"),
        ({"fields": (ID.but(description="An id"),)}, "describe"),
        ({"inputs": (fact_session,)}, "give them the same names"),
        ({"write": ReplaceDays("day", user="whose")}, r"\['whose'\] is no field"),
        ({"write": Rebuild(resolves="id")}, "give it a day"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(changes: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        declare(things, **changes)


def test_a_table_without_a_docstring_is_refused() -> None:
    with pytest.raises(ConfigError, match="docstring"):
        declare(undescribed)


def test_a_table_is_called_like_its_function() -> None:
    declared = declare(things)
    assert isinstance(declared, Table)
    assert declared.id == "gold.things"
    assert declared("rows") is None


def test_keyword_arguments_are_parameters_and_a_run_provides_its_own_values() -> None:
    assert fact_session.parameters["session_gap_minutes"] == 30
    assert overridden(fact_session, {"session_gap_minutes": 45, "unrelated": 1})["session_gap_minutes"] == 45
    from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement

    assert report_daily_engagement.run_values == ("first_day", "as_of")
    assert report_daily_engagement.parameters == {}


def test_a_table_of_the_days_of_a_run_is_not_computed_for_some_users() -> None:
    def things(one_row, *, as_of=None):  # type: ignore[no-untyped-def]
        """One row per thing."""

    with pytest.raises(ConfigError, match="computed for everybody"):
        declare(things, write=ReplaceDays("id", user="id"))
