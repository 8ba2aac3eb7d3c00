"""engine.commit: what a write remembers survives the way through Delta's log."""

from datetime import date

from engagement_lib.engine.commit import Commit, plain


def test_a_commit_is_the_same_after_json() -> None:
    commit = Commit(
        "run1",
        inputs={"silver.events": 3},
        input_runs={"silver.events": "run0"},
        parameters={"gap": 30},
        days=(date(2025, 2, 1),),
        span=(date(2025, 2, 1), date(2025, 2, 5)),
        load=4,
        source_hash="abc",
        demoted_files=("f.csv",),
    )
    assert Commit.from_json(commit.to_json()) == commit


def test_what_others_wrote_is_no_commit_of_ours() -> None:
    assert Commit.from_json(None) is None
    assert Commit.from_json("optimize") is None
    assert Commit.from_json('{"run": 1}') is None


def test_a_tuple_in_code_equals_the_list_that_comes_back() -> None:
    assert plain({"regions": {"DACH": ("DE", "AT")}}) == {"regions": {"DACH": ["DE", "AT"]}}
