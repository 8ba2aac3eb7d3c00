"""The files of entities: a full export, then every change once."""

from __future__ import annotations

from datetime import date

import pytest

from engagement_lib.generator.entities import COLUMNS, KEY_CELLS, Entities, EntityFile
from engagement_lib.generator.entity_states import EntityStates, instant_of
from engagement_lib.generator.population import Population

POPULATION = Population(7, date(2025, 1, 1), 600)


@pytest.fixture(scope="module")
def files() -> list[EntityFile]:
    return list(Entities(POPULATION).files(0, 89))


def test_there_are_files_of_each_entity_as_wide_as_their_headers(files):
    assert {file.path.partition("/")[0] for file in files} == set(COLUMNS)
    assert all(len(record.cells) == len(file.columns) for file in files for record in file.records)


def test_the_first_file_holds_each_thing_once(files):
    for file in files:
        if "2025-01-01" in file.path:
            keys = [record.cells[: KEY_CELLS.get(file.path.partition("/")[0], 1)] for record in file.records]
            assert len(keys) == len(set(keys)) > 0


def test_a_change_is_in_the_file_that_follows_it(files):
    days = {"2025-01-01": 0, "2025-01-30": 29, "2025-03-01": 59, "2025-03-31": 89}
    before = {0: -10_000, 29: 0, 59: 29, 89: 59}
    for file in files:
        day = days[file.path.partition(".")[0][-10:]]
        for record in file.records:
            assert POPULATION.instant(before[day] + 1) <= record.instant < POPULATION.instant(day + 1), file.path


def test_days_written_alone_hold_what_the_whole_holds(files):
    alone = [file for day in range(90) for file in Entities(POPULATION).files(day, day)]
    assert sorted(alone) == sorted(files)


def test_everybody_who_signed_up_is_exported(files):
    states = EntityStates()
    for file in reversed(files):
        states.add(file.path, file.records)
    users = {row["user_id"]: row for row in states.rows()["users"]}
    assert users.keys() == {POPULATION.profile(number).user_id for number in range(POPULATION.size(89))}
    for number in range(POPULATION.size(89)):
        user = POPULATION.profile(number)
        assert instant_of(users[user.user_id]["signup_at"]) == user.sign_up
    assert any(row["deleted_at"] for row in users.values()) and any(row["is_test"] == "true" for row in users.values())
