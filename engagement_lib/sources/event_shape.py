"""The shape that every event source is mapped into, and the step that types it and judges each record.

A source's select says where a value comes from; what a valid value is, is said here once for all sources.
"""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.columns import ids, text, time, values
from engagement_lib.engine.table import Field
from engagement_lib.errors import ConfigError

_HOUR = 3_600_000_000  # microseconds

#: Columns that only newer trackers send; a file without them is as good as any.
NEWER = (
    Field("content_format", "string", "text or audio: how the item was taken in."),
    Field("progress_pct", "string", "How far the item was read or heard, 0 to 100."),
    Field("feature_id", "string", "Feature that was used."),
    Field("step_name", "string", "Step of the onboarding that was taken."),
    Field("experiment_id", "string", "Experiment that the user was exposed to."),
    Field("variant", "string", "Variant that the user saw."),
    Field("event_id", "string", "The tracker's own id of the event; where it is given, it makes the event's key."),
)
#: Those of them without a column in silver.
NEWER_REST = ("step_name", "experiment_id", "variant")


def provenance(columns: Sequence[str]) -> list[Column]:
    """Where a record came from, and what it was: the whole text where it could not be parsed, else its columns as given."""
    return [
        F.col("_corrupt_reason").alias("_unparsable"),
        F.col("_corrupt"),
        F.struct(*columns, "_rescued").alias("_given"),
        F.col("_file").alias("source_file"),
        F.col("_record").alias("source_record"),
        F.col("_load"),
    ]


def properties(columns: Sequence[str]) -> Column:
    """The columns without a place of their own as a map of cleaned texts; columns that the contract does not know are added
    by name, as they are. A column that the contract learnt later is null in older records, which have it among the unknown ones:
    of two values of one name the last is taken (``session.RESULTS``)."""
    known = F.create_map(*[part for name in columns for part in (F.lit(name), text.given(F.col(name)))])
    unknown = F.from_json(F.col("_rescued"), "map<string,string>")
    return F.when(F.col("_rescued").isNull(), known).otherwise(F.map_concat(known, unknown))


def newer() -> list[Column]:
    """The newer columns that silver has, typed, and of what the key is made: what the event is about where that is no item, and
    the tracker's own id."""
    form = F.lower(text.given(F.col("content_format")))
    return [
        F.when(form.isin(*v.CONTENT_FORMATS), form).alias("content_format"),
        progress_pct().alias("progress_pct"),
        given_text("feature_id"),
        F.coalesce(*map(text.given, map(F.col, ("feature_id", "experiment_id", "step_name")))).alias("_subject"),
        text.given(F.col("experiment_id")).alias("_experiment"),
        text.given(F.col("event_id")).alias("_given_id"),
    ]


def progress_pct() -> Column:
    """How far the item was read or heard; null for what is no number from 0 to 100."""
    number = values.number(text.given(F.col("progress_pct")))
    return F.when(number.between(0, 100), number)


def is_progress_unread() -> Column:
    """Whether a progress was given that cannot be one."""
    return text.given(F.col("progress_pct")).isNotNull() & progress_pct().isNull()


def flags(**conditions: Column) -> Column:
    """Names of the conditions that hold, as an array: what was repaired in the record."""
    # Not array_compact, which Spark interprets for each record, with all that the conditions need.
    names = [F.when(holds, F.lit(name)).otherwise(F.lit("")) for name, holds in conditions.items()]
    return F.array_remove(F.array(*names), "")


def typed(
    given: DataFrame,
    *,
    event_name_aliases: Mapping[str, str],
    report_time_zone: str,
    max_clock_ahead_hours: int,
    max_clock_behind_days: int,
) -> DataFrame:
    """One row per record with typed values, event_id, event_date and the verdict (_rule, _reason; null = valid).

    ``_raw`` of a record that broke a rule is its whole text where it could not be parsed, else its columns as JSON.
    """
    named = given.withColumns(
        {
            "event_name": _canonical_name(F.col("event_name"), event_name_aliases),
            "event_timestamp": time.instant(F.col("event_time_text")),
            "arrival_timestamp": time.instant(F.col("arrival_time_text")),
        }
    )
    rules = _rules(max_clock_ahead_hours, max_clock_behind_days)
    event_date = time.local_date(F.col("event_timestamp"), report_time_zone)
    judged = named.withColumns({"_rule": _first_broken(rules, 0), "_reason": _first_broken(rules, 1)})
    records = judged.withColumns(
        {
            "event_id": _key(event_date),
            "resolved_user_id": F.col("user_id"),
            # Made for the few that need it: a tenth of what typing costs, were it made for each.
            "_raw": F.when(F.col("_rule").isNotNull(), F.coalesce("_corrupt", F.to_json("_given"))),
            "event_date": event_date,
            "lateness_seconds": time.seconds_between(F.col("event_timestamp"), F.col("arrival_timestamp")),
        }
    )
    # Records are kept while they are merged; what was only needed to judge them is not kept with them.
    return records.drop(
        "_unparsable", "_corrupt", "_given", "_subject", "_experiment", "_given_id", "event_time_text", "arrival_time_text"
    )


def _key(event_date: Column) -> Column:
    """The key that the tracker's own id makes, else what can be seen of the event."""
    seen = ids.event_key(
        F.col("platform"),
        F.coalesce("user_id", "anonymous_id"),
        *map(F.col, ("session_id", "event_name")),
        F.unix_micros("event_timestamp"),
        F.when(F.col("event_name") == v.EXPERIMENT_EXPOSED, F.col("_experiment")).otherwise(F.coalesce("item_id", "_subject")),
    )
    # Two trackers may both count from 1, so the platform is in it. So is the day: deliveries of one key are only looked for on
    # the days of what arrives, and an id that comes again on another day could take the place of an event that nobody reads.
    given = ids.event_key(F.col("platform"), F.col("_given_id"), event_date)
    return F.when(F.col("_given_id").isNotNull(), given).otherwise(seen)


def _canonical_name(name: Column, aliases: Mapping[str, str]) -> Column:
    """The name, or what it is an alias of; a known name is none, so that a new alias never changes a kept event."""
    pairs = [F.lit(part) for pair in sorted(aliases.items()) if pair[0] not in v.EVENT_NAMES for part in pair]
    if not pairs:
        return name
    return F.coalesce(F.create_map(*pairs)[name], name)


def _rules(max_clock_ahead_hours: int, max_clock_behind_days: int) -> list[tuple[str, Column, Column]]:
    """(rule, reason, broken) in the order of judgement: the first broken rule is the record's reason."""

    def lacks(name: str, *of_events: str) -> Column:
        return F.col("event_name").isin(*of_events) & F.col(name).isNull()

    nobody = F.col("user_id").isNull() & F.col("anonymous_id").isNull()
    return [
        ("unparsable_record", F.col("_unparsable"), F.col("_unparsable").isNotNull()),
        ("event_name_missing", F.lit("event_name is empty"), F.col("event_name").isNull()),
        (
            "event_name_unknown",
            _about("event_name", "event_name", "is not a known event"),
            ~F.col("event_name").isin(*v.EVENT_NAMES),
        ),
        *_time_rules("event_timestamp", "event_time_text"),
        *_time_rules("arrival_timestamp", "arrival_time_text"),
        *_clock_rules(max_clock_ahead_hours, max_clock_behind_days),
        ("user_missing", F.lit("neither a user id nor an anonymous id"), nobody),
        ("item_missing", F.lit("an item event without item_id"), lacks("item_id", *v.CONTENT_EVENTS, v.ITEM_PROGRESS)),
        ("feature_missing", F.lit("a feature-used event without feature_id"), lacks("feature_id", v.FEATURE_USED)),
        ("experiment_missing", F.lit("an exposure without experiment_id"), lacks("_experiment", v.EXPERIMENT_EXPOSED)),
    ]


def _time_rules(column: str, text_column: str) -> list[tuple[str, Column, Column]]:
    unread = F.col(text_column).isNotNull() & F.col(column).isNull()
    return [
        (f"{column}_missing", F.lit(f"{column} is empty"), F.col(text_column).isNull()),
        (f"{column}_invalid", _about(column, text_column, f"is not {time.TIME_FORM}"), unread),
    ]


def _clock_rules(most_hours_ahead: int, most_days_behind: int) -> list[tuple[str, Column, Column]]:
    """One device whose clock is years off would move the last day with data, where windows end, or the first, where days and
    windows begin, and put years without events into all reports."""
    if most_hours_ahead < 0 or most_days_behind < 0:
        raise ConfigError("max_clock_ahead_hours and max_clock_behind_days must be 0 or more")
    hours_ahead = (F.unix_micros("event_timestamp") - F.unix_micros("arrival_timestamp")) / _HOUR

    def reason(problem: str) -> Column:
        arrival = F.concat(F.lit(problem + " its arrival at "), F.left("arrival_time_text", F.lit(80)))
        return F.concat(_about("event_timestamp", "event_time_text", ""), arrival)

    return [
        ("event_timestamp_ahead", reason(f"is more than {most_hours_ahead} hours after"), hours_ahead > most_hours_ahead),
        (
            "event_timestamp_behind",
            reason(f"is more than {most_days_behind} days before"),
            -hours_ahead / 24 > most_days_behind,
        ),
    ]


def _about(name: str, column: str, problem: str) -> Column:
    return F.concat(F.lit(f"{name} '"), F.left(F.col(column), F.lit(80)), F.lit(f"' {problem}"))


def _first_broken(rules: list[tuple[str, Column, Column]], part: int) -> Column:
    return F.coalesce(*[F.when(broken, F.lit(name) if part == 0 else reason) for name, reason, broken in rules])


def given_text(name: str) -> Column:
    """A text column under its own name, null where it only says that there is no value."""
    return text.given(F.col(name)).alias(name)
