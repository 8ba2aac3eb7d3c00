"""Where sessions end that start an item and finish none."""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.columns.windows import is_partial_window, within_window
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_session import fact_session

WINDOW_DAYS = 30
PLACES = ("exit_event", "exit_screen", "last_progress")


@table(
    inputs=(fact_session,),
    grain=("place", "place_value", "split", "split_value"),
    fields=(
        Field(
            "place",
            "string",
            "What the row names: the session's last event, its last screen, or its last progress mark.",
            required=True,
            allowed=PLACES,
        ),
        Field(
            "place_value",
            "string",
            "Name of that event or screen, or the quarter of the item that the mark lies in (0-24, 25-49, 50-74, 75-100); "
            "unknown where the tracker does not say.",
            required=True,
        ),
        v.SPLIT,
        v.SPLIT_VALUE.but(description="The platform, country or access type at the session's first event; total or unknown."),
        Field("dropped_sessions", "bigint", "Sessions with a start and no finish that end here.", required=True),
        Field("all_dropped_sessions", "bigint", "All sessions of the split value with a start and no finish.", required=True),
        Field("drop_off_share", "double", "Dropped sessions / all dropped sessions.", required=True),
        v.IS_PARTIAL_WINDOW,
    ),
    rules=(Rule("part_of_all", "dropped_sessions <= all_dropped_sessions"),),
    write=Rebuild(reads=(1 - WINDOW_DAYS, 0)),
)
def report_drop_off(fact_session: DataFrame, *, first_day: date | None = None, as_of: date = v.NO_DAY) -> DataFrame:
    """One row per place (last event, last screen or last progress mark), its value and split value, of dropped sessions.

    Dropped are sessions that start an item and finish none, those of anonymous visitors and test users included, of those
    that start in the 30 dates that end at the as-of date. Shares of one place and split value add up to 1. The item may be
    finished in a later session: what became of it in the end is in `report_content_funnel`.
    """
    recent = fact_session.where(within_window("session_date", WINDOW_DAYS, as_of))
    dropped = m.by_split(recent.where("items_started > 0 AND items_finished = 0"))
    named = {"exit_event": F.col("exit_event"), "exit_screen": F.col("exit_screen"), "last_progress": _quarter()}
    places = [
        F.struct(F.lit(place).alias("place"), F.coalesce(value, F.lit("unknown")).alias("place_value"))
        for place, value in named.items()
    ]
    by = ("place", "place_value", "split", "split_value")
    counts = dropped.select("*", F.inline(F.array(*places))).groupBy(*by).agg(F.count("*").alias("dropped_sessions"))
    everything = F.sum("dropped_sessions").over(Window.partitionBy("place", "split", "split_value"))
    return counts.select("*", everything.alias("all_dropped_sessions")).select(
        "*",
        (F.col("dropped_sessions") / F.col("all_dropped_sessions")).alias("drop_off_share"),
        F.lit(is_partial_window(WINDOW_DAYS, first_day, as_of)).alias("is_partial_window"),
    )


def _quarter() -> Column:
    mark = F.col("last_progress_pct")
    return F.when(mark < 25, "0-24").when(mark < 50, "25-49").when(mark < 75, "50-74").when(mark >= 75, "75-100")
