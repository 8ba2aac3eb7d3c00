"""Who saw which variant of an experiment since when, and what each of them did before and after."""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.exposures import OutcomeMetric, exposure_outcomes, first_exposures
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_content_consumption import fact_content_consumption
from engagement_lib.tables.gold.fact_session import fact_session
from engagement_lib.tables.silver.assignments import assignments
from engagement_lib.tables.silver.events import events
from engagement_lib.tables.silver.experiments import experiments
from engagement_lib.tables.silver.identity_map import identity_map, with_resolved_users
from engagement_lib.tables.silver.users import at_signup, users

#: What is summed for each user, from the first exposure on and over the days before it.
OUTCOMES = tuple(OutcomeMetric(name, name) for name in ("content_completions", "attempts_started", "sessions"))
_KEY = {"experiment": "experiment_id", "user": "user_id"}


@table(
    inputs=(events, identity_map, experiments, assignments, users, fact_session, fact_content_consumption),
    grain=("experiment_id", "user_id"),
    fields=(
        Field("experiment_id", "string", "The experiment.", required=True),
        v.USER_ID.but(required=True),
        Field("variant", "string", "Variant of the first exposure.", required=True),
        Field("first_exposed_at", "timestamp", "First exposure, UTC.", required=True),
        Field("is_crossover", "boolean", "Whether the user saw several variants: no part of any comparison.", required=True),
        Field("is_assumed", "boolean", "Exposure at the assignment, as no exposure is tracked in the experiment.", required=True),
        Field("is_test", "boolean", "Whether the user is an account for tests: no part of any comparison.", required=True),
        v.count("content_completions", "Items finished from the first exposure to the end of the experiment or the as-of date."),
        v.count("content_completions_before", "Items finished in the days before the first exposure."),
        v.count("attempts_started", "Attempts at items begun from the first exposure on."),
        v.count("attempts_started_before", "Attempts at items begun in the days before the first exposure."),
        v.count("sessions", "Sessions that last until after the first exposure, that with the exposure among them."),
        v.count("sessions_before", "Sessions that were over in the days before the first exposure."),
    ),
    rules=(Rule("counts_not_negative", "least(content_completions, attempts_started, sessions) >= 0"),),
    write=Rebuild(),
)
def fact_experiment_exposure(
    events: DataFrame,
    identity_map: DataFrame,
    experiments: DataFrame,
    assignments: DataFrame,
    users: DataFrame,
    fact_session: DataFrame,
    fact_content_consumption: DataFrame,
    *,
    as_of: date = v.NO_DAY,
    report_time_zone: str = "UTC",
    experiment_pre_days: int = 14,
) -> DataFrame:
    """One row per experiment and known user who saw a variant of it up to the as-of date: the first one.

    Beside it stands what the user did since and in the 14 times 24 hours before. An experiment in which no exposure is
    tracked takes its assignments for them. Exposures without a variant, before the start and from the end of the experiment
    on do not count, nor does what users do after its end. Test users are marked.
    """
    asked = {**_KEY, "variant": "variant", "timestamp": "at", "as_of": as_of, "time_zone": report_time_zone}
    running = experiments.where("is_current").select("experiment_id", "started_at", "ended_at")
    tracked = with_resolved_users(events.where(F.col("event_name") == v.EXPERIMENT_EXPOSED), identity_map).select(
        F.col("properties")["experiment_id"].alias("experiment_id"),
        F.col("resolved_user_id").alias("user_id"),
        F.col("properties")["variant"].alias("variant"),
        F.col("event_timestamp").alias("at"),
    )
    given = assignments.select("experiment_id", "user_id", "variant", F.col("assigned_at").alias("at"))
    firsts = [
        first_exposures(_while_running(rows, running), **asked).withColumn("is_assumed", F.lit(is_assumed))
        for rows, is_assumed in ((tracked, False), (given, True))
    ]
    # both are a row per user by now: the window is over few rows
    only_assigned = F.min("is_assumed").over(Window.partitionBy("experiment_id"))
    exposed = firsts[0].unionByName(firsts[1]).withColumn("_only_assigned", only_assigned)
    exposed = exposed.where("is_assumed = _only_assigned").drop("_only_assigned")
    test_users = at_signup(users).where("is_test").select("user_id", F.lit(True).alias("is_test"))
    known = exposed.join(running.select("experiment_id", "ended_at"), "experiment_id", "left").join(test_users, "user_id", "left")
    return exposure_outcomes(
        known.withColumn("is_test", F.coalesce("is_test", F.lit(False))),
        _outcomes(fact_session, fact_content_consumption),
        OUTCOMES,
        **_KEY,
        timestamp="at",
        as_of=as_of,
        pre_days=experiment_pre_days,
        ended_at="ended_at",
        begun_at="begun_at",
        time_zone=report_time_zone,
    ).drop("ended_at", "is_mature")


def _while_running(rows: DataFrame, running: DataFrame) -> DataFrame:
    known = rows.join(F.broadcast(running), "experiment_id", "left")
    has_begun = F.col("started_at").isNull() | (F.col("at") >= F.col("started_at"))
    goes_on = F.col("ended_at").isNull() | (F.col("at") < F.col("ended_at"))
    return known.where(has_begun & goes_on).select(*rows.columns)


def _outcomes(sessions: DataFrame, attempts: DataFrame) -> DataFrame:
    """One row per finish, start and session (at its last event, so that the session with the exposure is one after it)."""

    def outcome(name: str, at: Column, begun_at: Column | None = None) -> Column:
        begun = at if begun_at is None else begun_at
        return F.struct(
            at.alias("at"), begun.alias("begun_at"), *[F.lit(int(name == each.name)).alias(each.name) for each in OUTCOMES]
        )

    # an attempt is a start and a finish, each at its own time; exploding reads the attempts once
    begun, finished = outcome("attempts_started", F.col("started_at")), outcome("content_completions", F.col("finished_at"))
    tried = attempts.select("user_id", F.inline(F.array(begun, finished)))
    session = outcome("sessions", F.col("ended_at"), F.col("started_at"))
    visited = sessions.where("user_id IS NOT NULL").select("user_id", F.inline(F.array(session)))
    return tried.where("at IS NOT NULL").unionByName(visited)
