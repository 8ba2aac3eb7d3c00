"""Who was in which variant since when, and what each of them did before and after. The per-user half of experiments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from engagement_lib.analytics.periods import last_day, local_date, observed_until
from engagement_lib.analytics.samples import Kind

_DAY_MICROS = 86_400_000_000


@dataclass(frozen=True)
class OutcomeMetric:
    """What a user did, as a sum over the rows of the outcomes: ``value`` is the column summed.

    ``kind``: mean (of the users' sums), proportion (of users whose sum is above 0) or ratio (all users' sums over all
    users' sums of ``denominator``).
    """

    name: str
    value: str
    kind: Kind = "mean"
    denominator: str | None = None

    def __post_init__(self) -> None:
        if (self.kind == "ratio") != (self.denominator is not None):
            raise ValueError(f"metric {self.name} is a {self.kind}: a ratio has a denominator, the others have none")


def first_exposures(
    exposures: DataFrame,
    *,
    experiment: str,
    user: str,
    variant: str,
    timestamp: str,
    as_of: date | datetime,
    time_zone: str = "UTC",
) -> DataFrame:
    """One row per ``experiment`` and ``user``: the ``variant`` and time ``first_exposed_at`` of the first exposure up to
    ``as_of`` (of several at one instant the smallest variant), and ``is_crossover``: the user saw several variants.

    ``exposures``: any number of rows per user; those without experiment, user, variant or time do not count.
    """
    until = observed_until(as_of, time_zone)
    seen = exposures.dropna(subset=[experiment, user, variant, timestamp]).where(F.unix_micros(timestamp) < until)
    first = F.min(F.struct(F.col(timestamp).alias("at"), F.col(variant).alias("variant")))
    firsts = seen.groupBy(experiment, user).agg(first.alias("_first"), (F.min(variant) != F.max(variant)).alias("is_crossover"))
    return firsts.select(
        experiment, user, F.col("_first.variant").alias("variant"), F.col("_first.at").alias("first_exposed_at"), "is_crossover"
    )


def exposure_outcomes(
    exposed: DataFrame,
    outcomes: DataFrame,
    metrics: Sequence[OutcomeMetric],
    *,
    experiment: str,
    user: str,
    timestamp: str,
    as_of: date | datetime,
    pre_days: int | None = None,
    post_days: int | None = None,
    ended_at: str | None = None,
    begun_at: str | None = None,
    time_zone: str = "UTC",
) -> DataFrame:
    """The rows of ``first_exposures`` with the users' outcomes: per metric ``<name>`` from the first exposure on,
    ``<name>_denominator`` for a ratio, and with ``pre_days`` ``<name>_before`` over so many days before it; 0 without rows.
    A proportion is 1 or 0. ``is_mature``: ``post_days``, to which the time after exposure is then limited, are over.

    ``outcomes``: any number of rows per user at ``timestamp`` with the metrics' columns. Days are 24 hours from the
    exposure; where ``timestamp`` is a date, the day of the exposure (on the clocks of ``time_zone``) is the first one
    after. ``ended_at``: a column of ``exposed``; what happens from then on does not count, nor what is after ``as_of``. Of what
    lasts, such as a session, ``begun_at`` (a column of ``outcomes``) says when it began, which is what must be in time.
    """
    columns = dict.fromkeys(column for metric in metrics for column in (metric.value, metric.denominator) if column)
    values = [F.col(column).alias(f"_of_{column}") for column in columns]
    begun = F.col(begun_at or timestamp).alias("_begun")
    done = outcomes.select(F.col(user).alias("_user"), F.col(timestamp).alias("_at"), begun, *values)
    joined = exposed.join(done, exposed[user] == done["_user"], "left")
    end, exposure = observed_until(as_of, time_zone), local_date(exposed, "first_exposed_at", time_zone)
    if outcomes.schema[timestamp].dataType.typeName() == "date":
        today, unit = F.lit(last_day(as_of, time_zone)), 1
        age, age_now = F.datediff("_at", exposure), F.datediff(today, exposure) + 1
        is_seen = F.col("_begun") <= today
        is_running = F.lit(True) if ended_at is None else F.col("_begun") <= local_date(exposed, ended_at, time_zone)
    else:
        unit, since = _DAY_MICROS, F.unix_micros("first_exposed_at")
        age, age_now = F.unix_micros("_at") - since, F.lit(end) - since
        is_seen = F.unix_micros("_begun") < end
        is_running = F.lit(True) if ended_at is None else F.col("_begun") < F.col(ended_at)
    is_after = (age >= 0) & is_seen & F.coalesce(is_running, F.lit(True))
    is_after = is_after if post_days is None else is_after & (age < post_days * unit)
    is_before = F.lit(False) if pre_days is None else age.between(-pre_days * unit, -1)
    sums = [total for metric in metrics for total in _sums(metric, is_after, is_before, with_before=pre_days is not None)]
    is_mature = F.lit(True) if post_days is None else age_now >= post_days * unit
    return joined.groupBy(*exposed.columns).agg(*sums).select("*", is_mature.alias("is_mature"))


def _sums(metric: OutcomeMetric, is_after: Column, is_before: Column, *, with_before: bool) -> list[Column]:
    def total(column: str, condition: Column) -> Column:
        summed = F.coalesce(F.sum(F.when(condition, F.col(f"_of_{column}"))), F.lit(0))
        return (summed > 0).cast("bigint") if metric.kind == "proportion" else summed

    sums = [total(metric.value, is_after).alias(metric.name)]
    if metric.denominator:
        sums.append(total(metric.denominator, is_after).alias(f"{metric.name}_denominator"))
    elif with_before:
        sums.append(total(metric.value, is_before).alias(f"{metric.name}_before"))
    return sums
