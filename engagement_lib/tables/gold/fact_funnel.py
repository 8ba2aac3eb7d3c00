"""How far users get through the funnels that are declared here and in the configuration."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any, get_args

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.funnel import Entry, funnel
from engagement_lib.columns.time import local_date
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.errors import ConfigError
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users
from engagement_lib.tables.silver.users import at_signup, users

FIRST_CONTENT = "first_content_engagement"
_BEGIN = [v.SIGN_UP, v.FIRST_ACTIVE]

#: By name: ``steps`` (an event name each, or several of which one does), ``days`` of the window from the first step on, and
#: ``entry``: first (the default) or every. Those of two steps are rates of METRICS; the others say where users stop.
FUNNELS: Mapping[str, Mapping[str, Any]] = {
    "onboarding": {"steps": [v.SIGN_UP, v.ONBOARDING_STEP, v.ONBOARDING_COMPLETED], "days": 7},
    "onboarding_completion": {"steps": [v.SIGN_UP, v.ONBOARDING_COMPLETED], "days": 7},
    "first_content": {"steps": [_BEGIN, v.ITEM_STARTED, v.ITEM_FINISHED], "days": 7},
    "first_content_start": {"steps": [_BEGIN, v.ITEM_STARTED], "days": 7},
    FIRST_CONTENT: {"steps": [_BEGIN, v.ITEM_FINISHED], "days": 7},
}


@table(
    inputs=(events, identity_map, users, fact_user_engagement),
    grain=("funnel", "user_id", "entry"),
    fields=(
        Field("funnel", "string", "Name of the funnel, as declared.", required=True),
        v.USER_ID.but(required=True, description="The user, after identities are resolved."),
        Field("entry", "int", "Number of the user's entry into the funnel, from 1.", required=True),
        Field("entered_at", "timestamp", "Time of the first step.", required=True),
        Field("entry_date", "date", "Local date of the first step.", required=True),
        Field("entry_event", "string", "What the first step was: sign-up, first-active, or the event's name.", required=True),
        v.PLATFORM.but(required=False, allowed=(), description="Platform of the sign-up or of the entering event."),
        v.COUNTRY_CODE.but(description="Country of the account at the sign-up, or of the entering event; null = unknown."),
        Field("acquisition_channel", "string", "Channel that brought the user, as known at the sign-up; null = unknown."),
        Field("is_test", "boolean", "Whether the account is a tester's or a robot's.", required=True),
        Field("steps", "int", "How many steps the funnel has.", required=True),
        Field(
            "step_times", "array<timestamp>", "When each step was reached within the window; null = it was not.", required=True
        ),
        Field("furthest_step", "int", "The last step that was reached, from 1.", required=True),
        Field("is_converted", "boolean", "Whether the last step was reached within the window.", required=True),
        Field("seconds_to_convert", "bigint", "Seconds from the first to the last step; null = not converted."),
        Field("window_open", "boolean", "The window is not over at the end of the as-of day, converted or not.", required=True),
    ),
    rules=(
        Rule("steps_are_counted", "furthest_step BETWEEN 1 AND steps AND size(step_times) = steps"),
        Rule("converted_at_the_last_step", "is_converted = (furthest_step = steps)"),
    ),
    write=Rebuild(),
)
def fact_funnel(
    events: DataFrame,
    identity_map: DataFrame,
    users: DataFrame,
    fact_user_engagement: DataFrame,
    *,
    first_day: date | None = None,
    as_of: date = v.NO_DAY,
    report_time_zone: str = "UTC",
    funnels: Mapping[str, Mapping[str, Any]] = FUNNELS,
) -> DataFrame:
    """One row per funnel, known user and entry: when the user reached each step within the window from the first one.

    Steps are taken in order, whatever happens between. ``sign-up`` is the sign-up of the users source; ``first-active`` the
    first activity of users whom it lacks (all of them before a first export). Who signed up before the first day with data is in
    no funnel, since nobody saw the steps. Test users are in it, marked. ``funnels`` of the configuration are added to the
    declared ones; one of the same name replaces it, of a rate with other days only.
    """
    funnels = with_declared(funnels)
    places = _places(funnels)
    known = at_signup(users)
    happened = with_resolved_users(events.where(F.col("event_name").isin(*places)), identity_map).select(
        F.col("resolved_user_id").alias("user_id"),
        "event_name",
        F.col("event_timestamp").alias("_at"),
        "platform",
        "country_code",
    )
    begun = _beginnings(known, fact_user_engagement)
    everything = _within_reach(happened, begun, funnels).unionByName(begun)
    placed = everything.select("*", F.inline(_either("event_name", {name: F.array(*at) for name, at in places.items()})))
    longest = max(len(each["steps"]) for each in funnels.values())
    passed = [
        funnel(
            placed.where((F.col("_days") == days) & (F.col("_entry") == entry)),
            [str(step) for step in range(1, longest + 1)],
            user=("funnel", "user_id"),
            timestamp="_at",
            event_name="_step",
            window_seconds=days * 86_400,
            as_of=as_of,
            entry=entry,
            entry_range=(first_day, as_of) if first_day else None,
            time_zone=report_time_zone,
            by=("event_name", "platform", "country_code"),
        )
        for days, entry in sorted({(each["days"], each.get("entry", "first")) for each in funnels.values()})
    ]
    who = known.select("user_id", "acquisition_channel", "is_test")
    steps = _either("funnel", {name: F.lit(len(each["steps"])) for name, each in funnels.items()})
    entries = reduce(DataFrame.unionByName, passed).join(who, "user_id", "left").withColumn("steps", steps)
    return _with_meaning(entries, report_time_zone)


def with_declared(funnels: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The given funnels beside the declared ones. Raises ConfigError for those that mean nothing, and for other steps or another
    entry of a rate that METRICS names; its window may be another one."""
    for name, each in funnels.items():
        if not isinstance(name, str):
            raise ConfigError(f"funnels.{name}: give the funnel's name as text; in YAML, put it in quotes")
        if problem := _problem(each) or _problem_of_rate(name, each):
            raise ConfigError(f"funnels.{name}: {problem}")
    return {**FUNNELS, **funnels}


def _problem(each: Any) -> str:
    """What is wrong with a funnel, in words; empty if nothing is."""
    if not isinstance(each, Mapping) or each.keys() - {"steps", "days", "entry"}:
        return f"give steps, days and entry, and nothing else, not {each!r}"
    steps = each.get("steps") if isinstance(each.get("steps"), list | tuple) else ()
    listed = _events_of(steps)
    if len(steps) < 2 or not all(steps) or len(set(map(str, listed))) < len(listed):
        return "give two steps or more, and no event in two of them"
    if unknown := [event for event in listed if event not in (*v.EVENT_NAMES, *_BEGIN)]:
        return f"there is no event {unknown[0]!r}; there are {', '.join((*_BEGIN, *v.EVENT_NAMES))}"
    if type(each.get("days")) is not int or each["days"] < 1:
        return f"days must be a whole number from 1 on, not {each.get('days')!r}"
    if each.get("entry", "first") not in get_args(Entry):
        return f"entry is {each['entry']!r}; it can be {' or '.join(get_args(Entry))}"
    return ""


def _problem_of_rate(name: str, each: Mapping[str, Any]) -> str:
    if name not in FUNNELS or len(FUNNELS[name]["steps"]) > 2:
        return ""
    meant, given = ([{*_events_of([step])} for step in funnel["steps"]] for funnel in (FUNNELS[name], each))
    is_kept = given == meant and each.get("entry", "first") == "first"
    return "" if is_kept else f"it is a rate of two steps ({FUNNELS[name]['steps']}), entered once; take another name"


def _with_meaning(entries: DataFrame, report_time_zone: str) -> DataFrame:
    """A funnel shorter than the longest has its own last step."""
    is_converted = F.col("furthest_step") == F.col("steps")
    taken = F.unix_micros(F.get("step_times", F.col("steps") - 1)) - F.unix_micros("entered_at")
    return entries.select(
        "funnel",
        "user_id",
        "entry",
        "entered_at",
        local_date(F.col("entered_at"), report_time_zone).alias("entry_date"),
        F.col("event_name").alias("entry_event"),
        "platform",
        "country_code",
        "acquisition_channel",
        F.coalesce("is_test", F.lit(False)).alias("is_test"),
        "steps",
        F.slice("step_times", 1, F.col("steps")).alias("step_times"),
        "furthest_step",
        is_converted.alias("is_converted"),
        F.when(is_converted, taken / 1_000_000).cast("bigint").alias("seconds_to_convert"),
        "window_open",
    )


def _beginnings(known: DataFrame, fact_user_engagement: DataFrame) -> DataFrame:
    """Each user's sign-up, else first activity, as an event."""
    columns = ("user_id", "event_name", "_at", "platform", "country_code")
    signed_up = known.select(
        "user_id",
        F.lit(v.SIGN_UP).alias("event_name"),
        F.col("signup_at").alias("_at"),
        F.col("signup_platform").alias("platform"),
        "country_code",
    )
    active = fact_user_engagement.where("is_active").join(known.select("user_id"), "user_id", "left_anti")
    first = active.groupBy("user_id").agg(F.min(F.struct("first_active_at", "platform", "country_code")).alias("_first"))
    first_active = first.select(
        "user_id",
        F.lit(v.FIRST_ACTIVE).alias("event_name"),
        F.col("_first.first_active_at").alias("_at"),
        "_first.platform",
        "_first.country_code",
    )
    return signed_up.select(*columns).unionByName(first_active)


def _within_reach(happened: DataFrame, begun: DataFrame, funnels: Mapping[str, Mapping[str, Any]]) -> DataFrame:
    """The events without those that no funnel can count: where all funnels of an event begin with the user's sign-up or first
    activity, most events come long after the window, and need not be sorted."""
    later = [each for each in funnels.values() if not {*_events_of(each["steps"][:1])} <= {*_BEGIN}]
    at_any_time = {event for each in later for event in _events_of(each["steps"])}
    window_micros = max((each["days"] for each in funnels.values() if each not in later), default=0) * 86_400_000_000
    begins = begun.select("user_id", F.unix_micros("_at").alias("_begun"))
    is_near = (F.unix_micros("_at") - F.col("_begun")).between(0, window_micros)
    known_begin = happened.join(begins, "user_id", "left")
    return known_begin.where(F.col("event_name").isin(*at_any_time) | is_near).drop("_begun")


def _events_of(steps: Sequence[str | Sequence[str]]) -> list[str]:
    return [event for step in steps for event in (step if isinstance(step, list | tuple) else [step])]


def _places(funnels: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Column]]:
    """By event name: where it stands in which funnels."""
    found: dict[str, list[Column]] = {}
    for name, each in funnels.items():
        for number, step in enumerate(each["steps"], start=1):
            labels = {"funnel": name, "_step": str(number), "_entry": each.get("entry", "first")}
            place = F.struct(F.lit(each["days"]).alias("_days"), *[F.lit(value).alias(key) for key, value in labels.items()])
            for event in _events_of([step]):
                found.setdefault(event, []).append(place)
    return found


def _either(column: str, values: Mapping[str, Column]) -> Column:
    """The value that belongs to the column's text."""
    return F.coalesce(*[F.when(F.col(column) == name, value) for name, value in values.items()])
