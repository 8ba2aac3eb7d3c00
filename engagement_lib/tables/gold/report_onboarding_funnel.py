"""How many new users get through onboarding and to their first content."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import metrics as m
from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_funnel import FUNNELS, fact_funnel, with_declared

SPLITS = (v.TOTAL, "platform", "country_code", "acquisition_channel", "entry_week")


@table(
    inputs=(fact_funnel,),
    grain=("funnel", "step", "split", "split_value"),
    fields=(
        Field("funnel", "string", "Name of the funnel, as declared.", required=True),
        Field("step", "int", "Number of the step, from 1.", required=True),
        Field("step_name", "string", "The step's event; several names of which one does are joined by a bar.", required=True),
        v.SPLIT.but(allowed=SPLITS),
        v.SPLIT_VALUE.but(
            description="The platform, country, channel or week (its Monday) at the first step; total or unknown.",
        ),
        v.count("entered", "Users who took the first step (entries, where a funnel can be entered again)."),
        v.count("open", "Of these, whose window is not over: they may get further yet."),
        v.count("decided", "Of these, whose window is over."),
        v.count("reached", "Of the decided, who reached the step within the window."),
        Field("conversion_rate", "double", "Reached / decided; null while nobody's window is over."),
        Field("step_conversion_rate", "double", "Reached / reached the step before; null for the first step and after nobody."),
        Field("median_seconds", "double", "Median seconds from the first step to this one; null where nobody reached it."),
        Field("is_mature", "boolean", "No window is open.", required=True),
    ),
    rules=(
        Rule("open_and_decided_add_up", "entered = open + decided"),
        Rule("reached_within_decided", "reached <= decided"),
        Rule("all_reached_the_first_step", "step > 1 OR reached = decided"),
    ),
    write=Rebuild(),
)
def report_onboarding_funnel(fact_funnel: DataFrame, *, funnels: Mapping[str, Mapping[str, Any]] = FUNNELS) -> DataFrame:
    """One row per funnel, step and split value: how many users get to each step within the window of the first one.

    Onboarding completion rate: the conversion rate of the last step of ``onboarding_completion``; first content engagement
    rate: of ``first_content_engagement`` (finished) and ``first_content_start`` (started). Users whose window is open are in
    neither numerator nor denominator, however far they got. Test users do not count. Values of a split add up.
    """
    funnels = with_declared(funnels)
    week = F.date_trunc("week", "entry_date").cast("date").cast("string")
    users = m.by_split(fact_funnel.where("NOT is_test").withColumn("entry_week", week), SPLITS)
    longest = max(len(each["steps"]) for each in funnels.values())
    is_decided = ~F.col("window_open")
    by = ("funnel", "split", "split_value")
    counts = users.groupBy(*by, "steps").agg(
        F.count("*").alias("entered"),
        F.count_if("window_open").alias("open"),
        F.count_if(is_decided).alias("decided"),
        *[F.count_if(is_decided & (F.col("furthest_step") > n)).alias(f"_reached_{n}") for n in range(longest)],
        *[F.median(F.when(is_decided, _seconds_to(n))).alias(f"_seconds_{n}") for n in range(longest)],
    )
    names = [F.when(F.col("funnel") == name, F.array(*_names(each))) for name, each in funnels.items()]
    steps = [
        F.struct(
            F.lit(n + 1).alias("step"),
            F.get(F.coalesce(*names), n).alias("step_name"),
            F.col(f"_reached_{n}").alias("reached"),
            (F.col(f"_reached_{n - 1}") if n else F.lit(None)).cast("bigint").alias("_before"),
            F.col(f"_seconds_{n}").alias("median_seconds"),
        )
        for n in range(longest)
    ]
    each_step = counts.select(*by, "steps", "entered", "open", "decided", F.inline(F.array(*steps))).where("step <= steps")
    return each_step.select(
        *by,
        "step",
        "step_name",
        "entered",
        "open",
        "decided",
        "reached",
        F.try_divide("reached", "decided").alias("conversion_rate"),
        F.try_divide("reached", "_before").alias("step_conversion_rate"),
        "median_seconds",
        (F.col("open") == 0).alias("is_mature"),
    )


def _seconds_to(n: int) -> Column:
    """Whole seconds from the first step to step n + 1."""
    return ((F.unix_micros(F.get("step_times", F.lit(n))) - F.unix_micros("entered_at")) / 1_000_000).cast("bigint")


def _names(declared: Mapping[str, Any]) -> list[Column]:
    return [F.lit(step if isinstance(step, str) else "|".join(step)) for step in declared["steps"]]
