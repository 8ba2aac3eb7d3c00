"""The files of entities: a full export, then every change once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from engagement_lib.generator.entities import COLUMNS, KEY_CELLS, Entities
from engagement_lib.generator.entity_states import EntityStates, instant_of
from engagement_lib.generator.population import Population
from engagement_lib.generator.records import Record

POPULATION = Population(7, date(2025, 1, 1), 600)


@pytest.fixture(scope="module")
def files() -> dict[str, list[Record]]:
    return _files(0, 89)


def _files(first: int, last: int) -> dict[str, list[Record]]:
    found = defaultdict(list)
    for path, record in Entities(POPULATION).records(first, last):
        found[path].append(record)
    return found


def test_there_are_files_of_each_entity_as_wide_as_their_headers(files):
    assert {path.partition("/")[0] for path in files} == set(COLUMNS)
    assert files.keys() <= Entities(POPULATION).paths(0, 89)
    for path, records in files.items():
        assert {len(record.cells) for record in records} == {len(COLUMNS[path.partition("/")[0]])}


def test_the_first_file_holds_each_thing_once(files):
    for path, records in files.items():
        if "2025-01-01" in path:
            keys = [record.cells[: KEY_CELLS.get(path.partition("/")[0], 1)] for record in records]
            assert len(keys) == len(set(keys)) > 0


def test_a_change_is_in_the_file_that_follows_it(files):
    days = {"2025-01-01": 0, "2025-01-30": 29, "2025-03-01": 59, "2025-03-31": 89}
    before = {0: -10_000, 29: 0, 59: 29, 89: 59}
    for path, records in files.items():
        day = days[path.partition(".")[0][-10:]]
        for record in records:
            assert POPULATION.instant(before[day] + 1) <= record.instant < POPULATION.instant(day + 1), path


def test_days_written_alone_hold_what_the_whole_holds(files):
    alone = {path: records for day in range(90) for path, records in _files(day, day).items()}
    assert alone == files


def test_malformed_records_are_told_apart(files):
    reasons = [record.reason for records in files.values() for record in records if record.reason]
    assert sorted(reasons) == [
        "amount_invalid",
        "country_code_invalid",
        "paid_at_missing",
        "signup_at_invalid",
        "status_unknown",
        "user_id_missing",
        "word_count_invalid",
    ]


def test_everybody_who_signed_up_is_exported(files):
    states = EntityStates()
    for path, records in reversed(files.items()):
        states.add(path, records)
    users = {row["user_id"]: row for row in states.rows()["users"]}
    assert users.keys() == {POPULATION.profile(number).user_id for number in range(POPULATION.size(89))}
    for number in range(POPULATION.size(89)):
        user = POPULATION.profile(number)
        assert instant_of(users[user.user_id]["signup_at"]) == user.sign_up
    assert any(row["deleted_at"] for row in users.values()) and any(row["is_test"] == "true" for row in users.values())
