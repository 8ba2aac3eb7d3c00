"""Every metric once: name, meaning, unit, and the SQL that computes it from a fact.

A metric is a value; contracts, docs, dashboards and sample SQL are made from it. Reports compute it with `summarise`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.engine.table import Field
from engagement_lib.errors import ConfigError


@dataclass(frozen=True)
class Users:
    """Distinct known users with at least one row for which the boolean column ``where`` holds. Not additive."""

    where: str

    @property
    def sql(self) -> str:
        return "count(DISTINCT user_id) FILTER (WHERE " + self.where + ")"


@dataclass(frozen=True)
class Total:
    """Sum of a column of counts. Additive over days and over values that exclude each other."""

    column: str

    @property
    def sql(self) -> str:
        return "sum(" + self.column + ")"


@dataclass(frozen=True)
class Rate:
    """Numerator / denominator, two columns of a report that are summed over its rows ``where``; null without a denominator.

    ``table``: the report's id. Not additive: a rate of several rows is the quotient of their sums, never a mean of rates.
    """

    table: str
    numerator: str
    denominator: str
    where: str

    @property
    def sql(self) -> str:
        return "sum(" + self.numerator + ") / nullif(sum(" + self.denominator + "), 0)"


@dataclass(frozen=True)
class Stored:
    """A value that each row ``where`` of a report holds in ``column``: of the row's period and split, and of no other.

    ``table``: the report's id. Not additive: distinct users, medians and tests of several rows cannot be made of the rows'.
    """

    table: str
    column: str
    where: str = "true"

    @property
    def sql(self) -> str:
        return self.column


@dataclass(frozen=True)
class Metric:
    """A number with a name: what it means in one sentence, its unit, and whether more of it is better."""

    name: str
    measure: Users | Total | Rate | Stored
    description: str
    unit: str
    better: Literal["up", "down", ""] = "up"

    @property
    def sql(self) -> str:
        """The metric as a SQL aggregate over rows of its fact or report, for a warehouse or a notebook."""
        return self.measure.sql

    @property
    def is_additive(self) -> bool:
        """Whether values of several days may be added up; distinct users and rates may not."""
        return isinstance(self.measure, Total)

    @property
    def table(self) -> str:
        """The id of the table that the SQL is over."""
        return getattr(self.measure, "table", "gold.fact_user_engagement")

    @property
    def grain(self) -> str:
        """What the metric has one value for."""
        return "row" if isinstance(self.measure, Stored) else "any group of rows"

    @property
    def version(self) -> str:
        """A short hash of the definition: a value that was computed under another one is another metric."""
        return hashlib.sha256(repr((self.name, self.measure, self.description, self.unit)).encode()).hexdigest()[:12]

    def summed_over_days(self) -> str:
        """SQL that adds up the metric's daily values in a report. Raises ConfigError where such a sum has no meaning."""
        if not self.is_additive:
            raise ConfigError(
                f"{self.name} must not be summed over days: {self.unit} of several days are not the sum of the days'; "
                f"compute it anew over {self.table}: {self.sql}"
            )
        return "sum(" + self.name + ")"

    @property
    def field(self) -> Field:
        """The metric as a column of a report. Raises ValueError for a value that a report declares itself."""
        if isinstance(self.measure, Stored):
            raise ValueError(f"{self.name} is a column of {self.table}, which says what it is")
        note = "" if self.is_additive else " Not additive over days or splits."
        if isinstance(self.measure, Rate):
            return Field(self.name, "double", self.description + note)
        return Field(self.name, "bigint", self.description + note, required=True)


DAU = Metric(
    "daily_active_users",
    Users("is_active"),
    "Distinct resolved users with at least one active event on the day (all events but the passive ones).",
    "users",
)
DAL = Metric(
    "daily_active_learners",
    Users("is_learner"),
    "Distinct resolved users with at least one item started or finished on the day; never more than the active users.",
    "users",
)
EVENTS = Metric("events", Total("events"), "Events, deduplicated.", "events")
ITEMS_STARTED = Metric("items_started", Total("items_started"), "Item-started events, deduplicated.", "events")
CONTENT_COMPLETIONS = Metric("content_completions", Total("items_finished"), "Item-finished events, deduplicated.", "events")
SESSIONS = Metric("sessions", Total("sessions_started"), "Sessions that start on the day.", "sessions")

#: Over gold.fact_user_engagement.
ALL = (DAU, DAL, EVENTS, ITEMS_STARTED, CONTENT_COMPLETIONS, SESSIONS)

ONBOARDING_COMPLETION_RATE = Metric(
    "onboarding_completion_rate",
    Rate(
        "gold.report_onboarding_funnel",
        "reached",
        "decided",
        "funnel = 'onboarding_completion' AND step = 2 AND split = 'total'",
    ),
    "Users with onboarding completed within 7 days of the sign-up / users whose 7 days have passed.",
    "share of users",
)
FIRST_CONTENT_ENGAGEMENT_RATE = Metric(
    "first_content_engagement_rate",
    Rate(
        "gold.report_onboarding_funnel",
        "reached",
        "decided",
        "funnel = 'first_content_engagement' AND step = 2 AND split = 'total'",
    ),
    "New users who finished an item within 7 days of the sign-up (or first activity) / new users whose 7 days have passed.",
    "share of users",
)
FIRST_CONTENT_START_RATE = Metric(
    "first_content_start_rate",
    Rate(
        "gold.report_onboarding_funnel",
        "reached",
        "decided",
        "funnel = 'first_content_start' AND step = 2 AND split = 'total'",
    ),
    "New users who started an item within 7 days of the sign-up (or first activity) / new users whose 7 days have passed.",
    "share of users",
)
COMPLETION_RATE = Metric(
    "completion_rate",
    Rate(
        "gold.report_content_funnel",
        "completed_attempts",
        "decided_attempts",
        "split = 'total' AND mature_attempts > 0",
    ),
    "Attempts finished within 30 days of their start / attempts old enough or finished; finishes without a start apart.",
    "share of attempts",
)
TRIAL_TO_PAID_RATE = Metric(
    "trial_to_paid_rate",
    Rate("gold.report_subscription_funnel", "converted_trials", "decided_trials", "split = 'total'"),
    "Trials paid for until 7 days after their end and not refunded within 14 days / trials whose 7 days have passed.",
    "share of trials",
)
NEW_USER_D7_RATE = Metric(
    "new_user_d7_rate",
    Rate("gold.report_acquisition", "d7_retained", "d7_eligible", "cohort_week IS NULL AND acquisition_channel = 'total'"),
    "New users active on exactly the 7th day after the sign-up (or first activity) / new users whose day 7 is over.",
    "share of users",
)
#: Over the reports that they name.
RATES = (
    ONBOARDING_COMPLETION_RATE,
    FIRST_CONTENT_ENGAGEMENT_RATE,
    FIRST_CONTENT_START_RATE,
    COMPLETION_RATE,
    TRIAL_TO_PAID_RATE,
    NEW_USER_D7_RATE,
)


def summarise(fact: DataFrame, by: Sequence[str], metrics: Sequence[Metric], *, user: str = "user_id") -> DataFrame:
    """One row per combination of ``by`` with a column for each metric (users and totals, no rates).

    Equal to ``GROUP BY`` with each metric's SQL; folding each user's rows first spares the engine one expansion of all
    rows for every distinct count.
    """
    folded = fact.groupBy(*by, user).agg(*[_folded(m.measure, m.name) for m in metrics])
    return folded.groupBy(*by).agg(*[_summed(m, F.col(user)).alias(m.name) for m in metrics])


def _folded(measure: Users | Total | Rate | Stored, name: str) -> Column:
    if isinstance(measure, Rate | Stored):
        raise ValueError(f"{name} is computed from {measure.table}, not from facts")
    if isinstance(measure, Users):
        return F.bool_or(measure.where).alias(name)
    return F.sum(measure.column).alias(name)


def _summed(metric: Metric, user: Column) -> Column:
    if metric.is_additive:
        return F.sum(metric.name)
    return F.count_if(user.isNotNull() & F.col(metric.name))


def told_from_total(value: Column) -> Column:
    """A text for a column in which ``total`` stands for all values: unknown where there is none, quoted where it says total."""
    return F.when(value == v.TOTAL, F.lit(f"'{v.TOTAL}'")).otherwise(F.coalesce(value, F.lit("unknown")))


def by_split(fact: DataFrame, splits: Sequence[str] = v.SPLITS) -> DataFrame:
    """Each row once for every split (total, or the name of a text column), with ``split`` and ``split_value``; unknown values
    are named."""
    values = [
        F.struct(
            F.lit(split).alias("split"),
            (F.lit(v.TOTAL) if split == v.TOTAL else F.coalesce(split, F.lit("unknown"))).alias("split_value"),
        )
        for split in splits
    ]
    return fact.select("*", F.inline(F.array(*values)))
