"""Where the active users of each day, week and month come from, and how many are lost."""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.lifecycle import growth_accounting
from engagement_lib.analytics.periods import WeekStart
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.fact_user_lifecycle import PERIODS, fact_user_lifecycle


def _users(name: str, description: str) -> Field:
    return Field(name, "bigint", description, required=True)


@table(
    inputs=(fact_user_lifecycle,),
    grain=("period", "period_start"),
    fields=(
        Field("period", "string", "Length of the period.", required=True, allowed=PERIODS),
        Field("period_start", "date", "First day of the period; weeks start on Monday unless configured.", required=True),
        _users("new", "Users whose first observed active day lies in the period, however long ago they signed up."),
        _users("retained", "Users active in this period and in the one before."),
        _users("resurrected", "Users active again after at least one period without activity."),
        _users("churned", "Users active in the period before and not in this one."),
        _users("active", "Users active in the period: new, retained and resurrected. Not additive over periods."),
        _users("active_before", "Users active in the period before."),
        Field("quick_ratio", "double", "(new + resurrected) / churned; null where nobody churned, and until the period is over."),
        Field("is_mature", "boolean", "Whether the period is over; until then the churned may still come.", required=True),
    ),
    rules=(
        Rule("growth_adds_up", "active = active_before + new + resurrected - churned"),
        Rule("active_is_made_of_three", "active = new + retained + resurrected"),
    ),
    write=Rebuild(),
)
def report_growth(
    fact_user_lifecycle: DataFrame,
    *,
    first_day: date | None = None,
    as_of: date = v.NO_DAY,
    week_start: WeekStart = "monday",
) -> DataFrame:
    """One row per day, week and month from the first data to the as-of date: the growth accounting of active users.

    Always active = active_before + new + resurrected - churned. In the first period everybody is new: what was before the
    first data nobody saw, so that users of long standing are new when they are first seen. Test users are in it. Periods
    without anybody active are rows with 0.
    """
    growths = []
    for period in PERIODS:
        states = fact_user_lifecycle.where(F.col("period") == period)
        growth = growth_accounting(states, as_of=as_of, period=period, week_start=week_start, first_date=first_day)
        growths.append(growth.select(F.lit(period).alias("period"), "*"))
    return reduce(DataFrame.unionByName, growths)
