"""Who is new, stays, comes back or falls silent in each day, week and month."""

from datetime import date
from functools import reduce
from typing import get_args

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.lifecycle import STATES, lifecycle
from engagement_lib.analytics.periods import Period, WeekStart
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_engagement import fact_user_engagement

PERIODS: tuple[Period, ...] = get_args(Period)


@table(
    inputs=(fact_user_engagement,),
    grain=("user_id", "period", "period_start"),
    fields=(
        v.USER_ID.but(required=True),
        Field("period", "string", "Length of the period.", required=True, allowed=PERIODS),
        Field("period_start", "date", "First day of the period; weeks start on Monday unless configured.", required=True),
        Field(
            "state",
            "string",
            "new (not seen active before), retained (active in the period before, too), resurrected (active again after a silent "
            "period) or dormant (the first silent period: churned).",
            required=True,
            allowed=STATES,
        ),
        Field(
            "days_since_last",
            "int",
            "Days from the last active day of an earlier period to the first of this one, for dormant to its end or the as-of "
            "date; null for new.",
        ),
        Field("is_mature", "boolean", "Whether the period is over; until then a dormant user may still come.", required=True),
    ),
    rules=(Rule("only_new_has_no_past", "(state = 'new') = (days_since_last IS NULL)"),),
    write=Rebuild(),
)
def fact_user_lifecycle(
    fact_user_engagement: DataFrame, *, as_of: date = v.NO_DAY, week_start: WeekStart = "monday"
) -> DataFrame:
    """One row per known user and day, week or month in which the user was active or fell silent.

    Silence has a row in its first period only: who is churned at a time is whoever was dormant last. New is
    who was first seen active then, also who signed up before the first data. Test users are in it.
    """
    active = fact_user_engagement.where("is_active")
    states = [
        lifecycle(active, user="user_id", date="activity_date", as_of=as_of, period=period, week_start=week_start).withColumn(
            "period", F.lit(period)
        )
        for period in PERIODS
    ]
    return reduce(DataFrame.unionByName, states)
