"""The right answers about people: who comes back, who takes to the product, and what experiments did to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from engagement_lib.generator.clock import DAY, date_text
from engagement_lib.generator.entity_states import Row, instant_of
from engagement_lib.generator.facts import Fact, session_days

RETURN_DAYS = (1, 7, 30)
FIRST_DAYS = 7 * DAY  # in which an onboarding and a first item count
_MONDAY = -3  # 1969-12-29, counted in days since 1970


def retention_by_week(known: Iterable[Fact], last: int) -> dict[str, dict]:
    """By week of the first active day: users, and of those whose day n has begun, how many were active on it."""
    days: defaultdict[str, set[int]] = defaultdict(set)
    for event in known:
        days[event.who].add(event.day)
    cohorts: defaultdict[int, list[set[int]]] = defaultdict(list)
    for active in days.values():
        cohorts[(min(active) - _MONDAY) // 7 * 7 + _MONDAY].append(active)
    return {date_text(week): _returns(members, last) for week, members in sorted(cohorts.items())}


def _returns(members: list[set[int]], last: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"users": len(members)}
    for n in RETURN_DAYS:
        eligible = [days for days in members if min(days) + n <= last]
        answer[f"day_{n}"] = {"eligible": len(eligible), "retained": sum(min(days) + n in days for days in eligible)}
    return answer


def onboarding(known: Iterable[Fact], users: Iterable[Row], first: int, last: int) -> dict[str, int]:
    """The newcomers whose first seven days are over, and what they did in these days."""
    times: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for event in known:
        times[event.who, event.name].append(event.instant)
    signed = {row["user_id"]: instant_of(row["signup_at"]) for row in users}
    new = {who: instant for who, instant in signed.items() if first <= instant // DAY <= last}
    mature = {who: instant for who, instant in new.items() if instant + FIRST_DAYS <= (last + 1) * DAY}

    def did(name: str) -> int:
        return sum(any(start <= at < start + FIRST_DAYS for at in times[who, name]) for who, start in mature.items())

    return {
        "new_users": len(new),
        "users_whose_7_days_are_over": len(mature),
        "took_a_step": did("onboarding-step"),
        "completed": did("onboarding-completed"),
        "started_an_item": did("item-started"),
        "finished_an_item": did("item-finished"),
    }


def feature_adoption(known: list[Fact], features: Iterable[Row]) -> dict[str, dict]:
    """By feature, since its launch: who used it, on several days, and who could have."""
    answer = {}
    for row in features:
        launched, eligible = instant_of(row["launched_at"]), row["eligible_access_types"].split(";")
        since = [event for event in known if event.instant >= launched]
        uses = [event for event in since if event.newer.feature_id == row["feature_id"]]
        days = Counter(who for who, _ in {(event.who, event.day) for event in uses})
        could = {event.who for event in since if eligible == [""] or event.access in eligible}
        answer[row["feature_id"]] = {
            "uses": len(uses),
            "users": len(days),
            "users_on_2_or_more_days": sum(count > 1 for count in days.values()),
            "eligible_active_users": len(could),
        }
    return answer


def experiments(known: list[Fact], rows: Mapping[str, list[Row]]) -> dict[str, dict]:
    """By experiment: who was assigned, exposed and saw both variants; by variant the completions from the first
    exposure to the end of the experiment.
    """
    finished: defaultdict[str, list[int]] = defaultdict(list)
    for event in known:
        if event.name == "item-finished":
            finished[event.who].append(event.instant)
    answer = {}
    for experiment in rows["experiments"]:
        name = experiment["experiment_id"]
        exposures = [event for event in known if event.newer.experiment_id == name]
        end = instant_of(experiment["ended_at"]) if experiment["ended_at"] else inf
        seen: defaultdict[str, set[str]] = defaultdict(set)
        first: dict[str, int] = {}
        for event in exposures:
            seen[event.who].add(event.newer.variant)
            first[event.who] = min(event.instant, first.get(event.who, event.instant))
        assigned = [row for row in rows["assignments"] if row["experiment_id"] == name]
        answer[name] = {
            "assignments": dict(Counter(row["variant"] for row in assigned)),
            "exposures": len(exposures),
            "exposed_users": len(seen),
            "crossovers": sum(len(variants) > 1 for variants in seen.values()),
            "variants": _arms(seen, first, end, finished),
        }
    return answer


def _arms(
    seen: Mapping[str, set[str]], first: Mapping[str, int], end: float, finished: Mapping[str, list[int]]
) -> dict[str, dict]:
    values: defaultdict[str, list[int]] = defaultdict(list)
    for who, variants in seen.items():
        if len(variants) == 1:
            values[next(iter(variants))].append(sum(first[who] <= at < end for at in finished.get(who, ())))
    return {
        variant: {"users": len(n), "completions": sum(n), "squares": sum(value * value for value in n)}
        for variant, n in values.items()
    }


def segments(known: Iterable[Fact], last: int) -> dict[str, int]:
    """Users by how engaged they are in the 28 days that end at the last one."""
    days: defaultdict[str, set[int]] = defaultdict(set)
    finished: Counter[str] = Counter()
    for event in known:
        days[event.who].add(last - event.day)
        finished[event.who] += event.name == "item-finished" and last - event.day < 28
    return dict(Counter(_segment(ago, finished[who]) for who, ago in days.items()))


def _segment(ago: set[int], finished: int) -> str:
    now, before = sum(day < 28 for day in ago), sum(28 <= day < 56 for day in ago)
    if now == 0:
        return "dormant"
    if (before >= 4 and 2 * now <= before) or min(ago) >= 14:
        return "at_risk"
    return "highly_engaged" if now >= 12 and finished >= 4 else "casual"


def fewer_sessions(known: list[Fact], last: int) -> dict[str, int]:
    """Of the users with 56 days of history and 4 or more sessions in the 28 days before: who had at most half as many since."""
    begun: defaultdict[str, int] = defaultdict(lambda: last + 1)
    for event in known:
        begun[event.who] = min(begun[event.who], event.day)
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for _, who, day in session_days(known):
        now[who] += last - 28 < day <= last
        before[who] += last - 56 < day <= last - 28
    judged = [who for who, count in before.items() if count >= 4 and begun[who] <= last - 55]
    return {"judged": len(judged), "at_most_half": sum(2 * now[who] <= before[who] for who in judged)}


def fewer_feature_uses(known: list[Fact], last: int) -> dict[str, int]:
    """Of the users with 56 days of history and 4 or more feature uses in the 28 days before: who had at most half since."""
    begun: defaultdict[str, int] = defaultdict(lambda: last + 1)
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for event in known:
        begun[event.who] = min(begun[event.who], event.day)
        if event.newer.feature_id:
            now[event.who] += last - 28 < event.day
            before[event.who] += last - 56 < event.day <= last - 28
    judged = [who for who, count in before.items() if count >= 4 and begun[who] <= last - 55]
    return {"judged": len(judged), "at_most_half": sum(2 * now[who] <= before[who] for who in judged)}
