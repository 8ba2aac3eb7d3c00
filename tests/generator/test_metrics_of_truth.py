"""The session rule of truth, on events drawn by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engagement_lib.generator.clock import DAY, date_text
from engagement_lib.generator.facts import Fact, session_starts
from engagement_lib.generator.truth import Truth


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def _event(at: str, who: str = "u", platform: str = "mobile", arrived: str = "2025-01-09", name: str = "app-open") -> Fact:
    return Fact(platform, who, True, "s", name, _ms(at), "", "DE", _ms(arrived))


def _sessions(*events: Fact) -> dict[str, int]:
    return {date_text(day): count for day, count in session_starts(list(events)).items()}


@pytest.mark.parametrize(("second", "sessions"), [("2025-01-01 10:30:00.000", 1), ("2025-01-01 10:30:00.001", 2)])
def test_a_gap_of_exactly_thirty_minutes_is_the_same_session(second, sessions):
    assert _sessions(_event("2025-01-01 10:00:00"), _event(second)) == {"2025-01-01": sessions}


def test_a_session_across_midnight_belongs_to_the_day_on_which_it_starts():
    assert _sessions(_event("2025-01-01 23:50"), _event("2025-01-02 00:10")) == {"2025-01-01": 1}


def test_two_platforms_are_two_sessions():
    assert _sessions(_event("2025-01-01 10:00"), _event("2025-01-01 10:05", platform="web")) == {"2025-01-01": 2}


def test_a_chain_is_cut_after_24_hours_and_at_each_midnight_from_its_third_day_on():
    start = _ms("2025-01-01 05:10")
    chain = [_event("2025-01-01")._replace(instant=start + step * 1_200_001) for step in range(80 * 3)]
    assert _sessions(*chain) == {"2025-01-01": 1, "2025-01-02": 1, "2025-01-03": 1, "2025-01-04": 1}
    assert chain[-1].day == start // DAY + 3


def test_the_delivery_that_loses_is_the_duplicate_wherever_it_lies():
    truth = Truth()
    late, early = (_event("2025-01-01 10:00", arrived=arrived) for arrived in ("2025-01-01 11:00", "2025-01-01 10:01"))
    truth.add("a.csv", [late, late, "unparsable_record"])
    truth.add("b.csv", [early, early])
    files = truth.answers()["files"]
    assert files["a.csv"] == {
        "records": 3,
        "events": 0,
        "duplicates": 2,
        "quarantined": 1,
        "quarantine_reasons": {"unparsable_record": 1},
    }
    assert (files["b.csv"]["events"], files["b.csv"]["duplicates"]) == (1, 1)
