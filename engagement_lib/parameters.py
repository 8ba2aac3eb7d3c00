"""What each parameter of the tables means and which values it takes; one name means the same in every table that has it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engagement_lib import vocabulary as v
from engagement_lib.errors import ConfigError


@dataclass(frozen=True)
class Values:
    """The values of the right type that make sense: a test, and in words what passes it."""

    words: str
    fit: Callable[[Any], bool]


@dataclass(frozen=True)
class Parameter:
    """``sentence``: what it means, with its unit, for pages; ``values``: None where any of its type will do; ``is_of_texts``:
    whether it maps texts to texts."""

    sentence: str
    values: Values | None = None
    is_of_texts: bool = False

    @property
    def meaning(self) -> str:
        """The sentence and, where not every value makes sense, those that do."""
        return self.sentence + (f" Values: {self.values.words}." if self.values else "")


def verify(name: str, value: Any) -> None:
    """Raises ConfigError for a value that the parameter of that name cannot have; its type was looked at before."""
    parameter = PARAMETERS.get(name, Parameter(""))
    if parameter.is_of_texts:
        verify_texts(f"parameters.{name}", value)
    if parameter.values and not parameter.values.fit(value):
        raise ConfigError(f"parameters.{name} is {value!r}; it can be {parameter.values.words}")


def verify_texts(where: str, given: Mapping[Any, Any]) -> None:
    """Raises ConfigError for keys or values that YAML reads as a number, a day or (on, off, yes, no) as true or false."""
    for pair in given.items():
        if others := [each for each in pair if not isinstance(each, str)]:
            raise ConfigError(f"{where}.{pair[0]}: {others[0]!r} is what YAML reads, and no text; put it in quotes")


def verify_together(values: Mapping[str, Any]) -> None:
    """Raises ConfigError for values that do not fit together; ``values`` of all parameters, as they are in force."""
    gap, most = values.get("session_gap_minutes", 0), values.get("session_max_hours", 24)
    if gap > most * 60:
        raise ConfigError(f"parameters.session_gap_minutes is {gap}: no pause may be longer than session_max_hours, {most}")


def _at_least(least: float) -> Values:
    return Values(f"{least} or more", lambda value: value >= least)


def _between(least: float, most: float) -> Values:
    return Values(f"{least} to {most}", lambda value: least <= value <= most)


def _one_of(*choices: str) -> Values:
    return Values(" or ".join(choices), lambda value: value in choices)


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _are_weekdays(value: Any) -> bool:
    return all(type(day) is int and 1 <= day <= 7 for day in value) and len({*value}) < 7


def _are_events(names: Iterable[Any]) -> bool:
    return all(type(each) is str and each in v.EVENT_NAMES for each in names)


_KNOWN = ", ".join(v.EVENT_NAMES)
_EVENTS = Values(f"known event names: {_KNOWN}", _are_events)
_ABOVE_NOTHING = Values("above 0", lambda value: value > 0)
_DAY = Values("a date as yyyy-mm-dd", _is_day)

#: By name. Defaults are the declared ones, in the signatures of the table functions.
PARAMETERS: Mapping[str, Parameter] = {
    "regions": Parameter(
        "Country codes (ISO 3166-1, two letters, NO in quotes) by region, each in one; replaces the default as a whole."
    ),
    "calendar_first_date": Parameter("First day of the calendar.", _DAY),
    "calendar_last_date": Parameter("Last day of the calendar.", _DAY),
    "report_time_zone": Parameter(
        "Time zone whose dates are the days, weeks and months of facts and reports.",
        Values("an IANA name such as UTC or Europe/Berlin", _is_time_zone),
    ),
    "event_name_aliases": Parameter(
        "Known event name by another name that trackers send for it, e.g. {began: item-started}.",
        Values(f"known event names by other names; known are {_KNOWN}", lambda value: _are_events(value.values())),
        is_of_texts=True,
    ),
    "max_clock_ahead_hours": Parameter(
        "An event dated more than so many hours after its arrival is quarantined: the clock is wrong.", _at_least(0)
    ),
    "max_clock_behind_days": Parameter(
        "An event dated more than so many days before its arrival is quarantined: the clock is wrong. Set it higher to load "
        "history whose arrival is given as the day it was loaded.",
        _at_least(0),
    ),
    "shared_device": Parameter(
        "An anonymous id that several users had: last_known = it stands for the one who was known last before the event, "
        "unresolved = for nobody.",
        _one_of("last_known", "unresolved"),
    ),
    "completion_window_days": Parameter(
        "An attempt at an item is completed if it is finished within so many days of its start.", _at_least(1)
    ),
    "session_gap_minutes": Parameter(
        "A pause of more than so many minutes begins a new session; not longer than a session may be.", _between(1, 1440)
    ),
    "session_max_hours": Parameter("A session is cut after so many hours, from its third day on at midnight.", _between(1, 24)),
    "engaged_gap_seconds": Parameter(
        "Of each pause between two events of a session, at most so many seconds are engaged time.", _at_least(0)
    ),
    "use_tracker_session_id": Parameter(
        "true: a session is what the tracker says it is, and the gap decides only where it says nothing."
    ),
    "content_events": Parameter("Events by which a user counts as a learner and a session as one with content.", _EVENTS),
    "experiment_pre_days": Parameter("Days before the exposure whose activity is the covariate of CUPED.", _at_least(0)),
    "passive_events": Parameter(
        "Known event names that are no activity, e.g. [experiment-exposed]: who did only these is not active.", _EVENTS
    ),
    "funnels": Parameter(
        "By name: steps (an event name each, or a list of which one does), days of the window from the first step on, and "
        "entry (first or every). Added to the declared ones, replacing those of the same name; of the three that are rates "
        "(onboarding_completion, first_content_start, first_content_engagement) only the days may differ."
    ),
    "week_start": Parameter(
        "First day of the weeks of lifecycle and growth. Retention and acquisition have ISO weeks.", _one_of("monday", "sunday")
    ),
    "trial_grace_days": Parameter("A trial that is paid up to so many days after its end has converted.", _at_least(0)),
    "refund_days": Parameter("A payment that is paid back within so many days does not count as a conversion.", _at_least(0)),
    "sample_ratio_alpha": Parameter(
        "A split less probable than this, if assignment worked as meant, makes an experiment unusable.", _between(0, 1)
    ),
    "segment_window_days": Parameter("Days of the window in which segments look, and of the one before it.", _between(1, 63)),
    "at_risk_days_before": Parameter(
        "At risk by fewer days: so many active days in the window before are the least.", _at_least(1)
    ),
    "at_risk_share": Parameter(
        "At risk by fewer days: at most this share of the active days of the window before is left.", _between(0, 1)
    ),
    "at_risk_after_days": Parameter("At risk by silence: the last activity is so many days ago or more.", _at_least(1)),
    "engaged_days": Parameter("Highly engaged: so many active days in the window or more.", _at_least(0)),
    "engaged_completions": Parameter("Highly engaged: so many completions in the window or more.", _at_least(0)),
    "new_for_days": Parameter("A user is new if the first active day is less than so many days ago.", _at_least(0)),
    "drift_threshold": Parameter(
        "An alarm is so many robust standard deviations away from the median of alike days.", _ABOVE_NOTHING
    ),
    "drift_least_history": Parameter("Days before that must have a value, of 28, until a day is judged.", _between(1, 28)),
    "drift_least_alike": Parameter(
        "Days of the same kind (workday or weekend) that must be among them; all of them, where there are fewer.", _at_least(1)
    ),
    "drift_least_count_change": Parameter("Counts that differ by less from the expected are no alarm.", _at_least(0)),
    "drift_least_relative_change": Parameter(
        "Counts that differ by less than this share of the expected are no alarm.", _between(0, 1)
    ),
    "drift_least_share_change": Parameter("Shares that differ by less from the expected are no alarm.", _between(0, 1)),
    "drift_weekend": Parameter(
        "Days of the week that are no workdays.", Values("ISO days, 1 = Monday to 7 = Sunday, not all of them", _are_weekdays)
    ),
}
