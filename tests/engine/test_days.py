"""engine.days: which days are computed again, and from which days of the inputs."""

from dataclasses import replace
from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.engine.commit import Commit, Version
from engagement_lib.engine.days import days_to_replace, differing, on_days, ranges, reads_of
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.users import NOBODY, Users
from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.gold.report_active_windows import report_active_windows

FIRST, LAST = date(2025, 2, 1), date(2025, 2, 20)


class History:
    """The part of a lake that is asked: each table's versions, newest first."""

    def __init__(self, *commits: Commit) -> None:
        self.commits = [Version(number, 0, commit) for number, commit in enumerate(commits, start=1)][::-1]

    unseen = Lake.unseen

    def versions(self, table, *, after: int):  # type: ignore[no-untyped-def]
        return [version for version in self.commits if version.number > after]


def changed(*days: int) -> Commit:
    return Commit("r", days=tuple(date(2025, 2, day) for day in days))


def built(**inputs: int) -> Commit:
    return Commit(
        "r", inputs={"silver.events": 1, "silver.identity_map": 1, "gold.fact_user_engagement": 1, **inputs}, span=(FIRST, LAST)
    )


def numbers(work) -> list[int] | None:  # type: ignore[no-untyped-def]
    return None if work.days is None else [day.day for day in work.days]


def test_a_session_day_is_computed_again_if_a_day_that_it_reads_changed() -> None:
    work = days_to_replace(History(changed(1), changed(10)), fact_session, built(), (FIRST, LAST))
    assert numbers(work) == [9, 10, 11, 12]
    assert reads_of(fact_session, [date(2025, 2, 10)]) == [(date(2025, 2, 8), date(2025, 2, 11))]


def test_days_of_which_only_some_users_changed_are_computed_again_for_these() -> None:
    some = replace(changed(10, 12), user_days=(date(2025, 2, 10),), users=Users(frozenset({4})))
    work = days_to_replace(History(changed(1), some), fact_session, built(), (FIRST, LAST))
    # Day 12 changed for anybody, so that 11 to 14 are computed whole.
    assert (numbers(work), [day.day for day in work.user_days], work.users) == (
        [9, 10, 11, 12, 13, 14],
        [9, 10],
        Users(frozenset({4})),
    )
    assert "2 changed day(s) (1 for some users) in silver.events" in work.why
    both = History(changed(1), some, replace(some, user_days=(date(2025, 2, 12),), users=Users(frozenset({5}))))
    assert days_to_replace(both, fact_session, built(), (FIRST, LAST)).user_days == (), "each was changed for anybody by one"
    of_a_report = days_to_replace(History(changed(1), some), report_active_windows, built(), (FIRST, LAST))
    assert of_a_report.user_days == () and min(numbers(of_a_report) or ()) == 10, "a report counts all users of a day"


def test_windows_are_computed_again_up_to_the_last_day_that_is_covered() -> None:
    work = days_to_replace(History(changed(1), changed(18)), report_active_windows, built(), (FIRST, LAST))
    assert numbers(work) == [18, 19, 20]


def test_days_that_are_newly_covered_or_no_longer_are_computed_too() -> None:
    later = (FIRST, date(2025, 2, 22))
    assert numbers(days_to_replace(History(changed(1)), report_active_windows, built(), later)) == [21, 22]
    earlier = (FIRST, date(2025, 2, 18))
    assert numbers(days_to_replace(History(changed(1)), report_active_windows, built(), earlier)) == [19, 20]


def test_data_from_before_the_first_day_change_every_window_that_reached_back_to_it() -> None:
    """Windows of 30 days that end up to a month after the first day change: some no longer reach back before the first data."""
    span, last = (date(2025, 1, 25), date(2025, 4, 20)), replace(built(), span=(FIRST, date(2025, 4, 20)))
    days = days_to_replace(History(changed(1)), report_active_windows, last, span).days
    assert days is not None and (min(days), max(days)) == (date(2025, 1, 25), date(2025, 3, 3))
    days = days_to_replace(History(changed(1)), report_active_windows, replace(last, span=span), (FIRST, span[1])).days
    assert days is not None and (min(days), max(days)) == (date(2025, 1, 25), date(2025, 3, 3))


def test_nothing_changed_is_no_work() -> None:
    assert days_to_replace(History(changed(1)), fact_session, built(), (FIRST, LAST)).is_nothing


def test_all_days_are_computed_at_first_after_a_rebuild_of_an_input_and_when_its_history_is_gone() -> None:
    assert numbers(days_to_replace(History(), fact_session, None, None)) is None
    rebuilt = History(changed(1), Commit("r", days=None))
    assert numbers(days_to_replace(rebuilt, fact_session, built(), (FIRST, LAST))) is None
    cleaned = History(changed(1), changed(2), changed(3))
    cleaned.commits = cleaned.commits[:1]
    work = days_to_replace(cleaned, fact_session, built(), (FIRST, LAST))
    assert numbers(work) is None and "no longer reaches back" in work.why


def test_all_days_are_computed_after_an_input_was_deleted_and_made_anew() -> None:
    def work(run_id: str, *commits: Commit):  # type: ignore[no-untyped-def]
        last = replace(built(), input_runs={needed.id: run_id for needed in fact_session.inputs})
        return days_to_replace(History(*commits), fact_session, last, (FIRST, LAST))

    # The newest version is the one that was read, and has its number: the run that wrote it tells the two apart.
    assert work("r", changed(1)).is_nothing
    assert numbers(work("another", changed(1))) is None and "was made anew" in work("another", changed(1)).why
    assert "was made anew" in work("r").why


def test_all_days_are_computed_after_an_input_was_restored() -> None:
    lake = History(changed(3), changed(4))
    assert days_to_replace(lake, fact_session, built(**{"silver.events": 2, "silver.identity_map": 2}), (FIRST, LAST)).is_nothing
    lake.commits.insert(0, Version(3, 0, None, is_reset=True))
    assert (
        days_to_replace(lake, fact_session, built(**{"silver.events": 2, "silver.identity_map": 2}), (FIRST, LAST)).days is None
    )


def test_days_become_as_few_ranges_as_possible() -> None:
    days = [date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 3)]
    assert ranges(days) == [(date(2025, 2, 28), date(2025, 3, 1)), (date(2025, 3, 3), date(2025, 3, 3))]
    assert on_days("day", days[2:]) == "(day >= DATE'2025-03-03' AND day <= DATE'2025-03-03')"
    assert on_days("day", []) == "false"


def test_days_differ_where_a_row_is_new_gone_changed_or_there_more_often(spark: SparkSession) -> None:
    def frame(*rows):  # type: ignore[no-untyped-def]
        return spark.createDataFrame([(date(2025, 2, day), value) for day, value in rows], "day date, value string")

    old = frame((1, "same"), (1, None), (2, "gone"), (3, "before"), (4, "once"))
    new = frame((1, None), (1, "same"), (3, "after"), (4, "once"), (4, "once"), (5, "new"))
    days, users = differing(new, old, "day", "value")
    assert [day.day for day in days] == [2, 3, 4, 5]
    assert users == differing(new.where("day >= '2025-02-03'"), frame((2, "gone"), (3, "before"), (4, "once")), "day", "value")[1]
    whose = frame(*[(1, value) for value in ("gone", "before", "after", "once", "new", "same")])
    assert [row.value for row in whose.where(users.include(F.col("value"))).collect()] == [
        "gone",
        "before",
        "after",
        "once",
        "new",
    ]
    assert differing(old, old, "day", "value") == ((), NOBODY)
