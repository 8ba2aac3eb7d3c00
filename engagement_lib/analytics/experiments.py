"""Experiments: what each variant did against control, from frames of exposures and outcomes.

The sums are Spark's; the tests are those of ``statistics``, run where the sums are: one plain Python call per experiment,
because SQL has no t distribution. It sees one row per experiment, never users.
"""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from engagement_lib.analytics.comparison_tests import Alternative, NormalPrior, Test
from engagement_lib.analytics.exposures import OutcomeMetric, exposure_outcomes, first_exposures
from engagement_lib.analytics.samples import SampleSums, varies_before
from engagement_lib.analytics.statistics import Comparison, Lift, compare_means, sample_ratio_mismatch

_TEXTS = ("kind", "lift", "test", "null_hypothesis", "alternative", "reason")
_COMPARED = [field.name for field in fields(Comparison)]
_RESULT = ", ".join(
    [
        "metric string, variant string, control string, users_control bigint, users_treatment bigint",
        "users_crossover bigint, users_immature bigint, sample_ratio_p_value double",
        *[f"{name} {'string' if name in _TEXTS else 'double'}" for name in _COMPARED],
    ]
)


def experiment_summary(
    exposures: DataFrame,
    outcomes: DataFrame,
    variants: DataFrame,
    metrics: Sequence[OutcomeMetric],
    *,
    experiment: str,
    user: str,
    variant: str,
    exposed_at: str,
    timestamp: str,
    as_of: date | datetime,
    pre_days: int | None = None,
    post_days: int | None = None,
    time_zone: str = "UTC",
    test: Test | None = None,
    lift: Lift = "relative",
    alternative: Alternative = "two_sided",
    alpha: float = 0.05,
    power: float = 0.8,
    tuning: float = 5000,
    prior: NormalPrior | None = None,
) -> DataFrame:
    """One row per ``experiment``, ``metric`` and ``variant`` that is not the control, straight from events: what
    ``first_exposures`` (``exposed_at`` is its timestamp), ``exposure_outcomes`` (``timestamp`` is that of ``outcomes``) and
    ``compare_variants`` do after each other, with their arguments. With ``pre_days`` CUPED is used.
    """
    exposed = first_exposures(
        exposures, experiment=experiment, user=user, variant=variant, timestamp=exposed_at, as_of=as_of, time_zone=time_zone
    )
    users = exposure_outcomes(
        exposed, outcomes, metrics, experiment=experiment, user=user, timestamp=timestamp, as_of=as_of, pre_days=pre_days,
        post_days=post_days, time_zone=time_zone,
    )  # fmt: skip
    return compare_variants(
        users, variants.withColumnRenamed(variant, "variant"), metrics, experiment=experiment, cuped=pre_days is not None,
        test=test, lift=lift, alternative=alternative, alpha=alpha, power=power, tuning=tuning, prior=prior,
    )  # fmt: skip


def compare_variants(
    users: DataFrame,
    variants: DataFrame,
    metrics: Sequence[OutcomeMetric],
    *,
    experiment: str,
    cuped: bool = False,
    test: Test | None = None,
    lift: Lift = "relative",
    alternative: Alternative = "two_sided",
    alpha: float = 0.05,
    power: float = 0.8,
    tuning: float = 5000,
    prior: NormalPrior | None = None,
) -> DataFrame:
    """One row per ``experiment``, ``metric`` and ``variant`` that is not the ``control``.

    Columns: ``users_control`` and ``users_treatment`` compared; ``users_crossover`` (saw several variants) and
    ``users_immature`` (time after exposure not over) of the whole experiment, who are left out; ``sample_ratio_p_value`` of
    the users without crossovers against the weights; then those of ``statistics.Comparison``. Where nothing can be
    computed the numbers are null and ``reason`` says why, also for an experiment without one control or with a weight below 0,
    and for a variant without a weight.

    ``users``: rows of ``exposure_outcomes`` for these ``metrics``; ``variants``: one row per experiment and variant with
    ``weight`` and ``is_control``; a variant that only users have is no part of the split. ``cuped`` uses ``<metric>_before``
    where it varies, not for ratios and pooled_z. The other arguments are those of ``statistics.compare_means``; those that do
    not fit the metrics raise its ValueError.
    """
    asked = {
        "test": test, "lift": lift, "alternative": alternative, "alpha": alpha, "power": power, "tuning": tuning, "prior": prior,
    }  # fmt: skip
    kinds = {metric.name: metric.kind for metric in metrics}
    for kind in kinds.values():
        # refuses arguments that do not fit here and not in a task
        compare_means(SampleSums(0, 0), SampleSums(0, 0), kind=kind, **asked)
    arms = variant_sums(users, variants, metrics, experiment=experiment, cuped=cuped and test != "pooled_z")
    arm = F.struct(*[column for column in arms.columns if column != experiment])
    experiments = arms.groupBy(experiment).agg(F.collect_list(arm).alias("_arms"))

    def compared(arms: list[Row]) -> list[tuple]:
        return _results(arms, kinds, asked)

    results = F.udf(compared, f"array<struct<{_RESULT}>>", useArrow=False)
    return experiments.select(experiment, F.inline(results("_arms")))


def variant_sums(
    users: DataFrame, variants: DataFrame, metrics: Sequence[OutcomeMetric], *, experiment: str, cuped: bool = False
) -> DataFrame:
    """One row per ``experiment`` and ``variant`` that was planned or seen: ``weight``, ``is_control``, ``users_split`` (without
    crossovers), ``n`` (of them those that are mature), ``users_crossover``, ``users_immature`` and ``sums``: an array with a
    struct per ``metric`` and the sums over the n users that ``SampleSums`` names. Arguments as in ``compare_variants``.
    """
    is_split = ~F.col("is_crossover")
    is_compared = is_split & F.col("is_mature")
    sums = [F.struct(F.lit(m.name).alias("metric"), *_sums(users, m, is_compared, cuped)) for m in metrics]
    tallies = users.groupBy(experiment, "variant").agg(
        F.count_if(is_split).alias("users_split"),
        F.count_if(is_compared).alias("n"),
        F.count_if("is_crossover").alias("users_crossover"),
        F.count_if(is_split & ~F.col("is_mature")).alias("users_immature"),
        F.array(*sums).alias("sums"),
    )
    planned = variants.select(experiment, "variant", "weight", "is_control")
    return planned.join(tallies, [experiment, "variant"], "full")


def _sums(users: DataFrame, metric: OutcomeMetric, is_compared: Column, cuped: bool) -> list[Column]:
    """The sums of one arm that ``SampleSums`` names; null where the metric has none."""

    def term(name: str) -> Column:
        # whole numbers are summed exactly, so that no result depends on the order of the rows
        is_whole = users.schema[name].dataType.typeName() in ("byte", "short", "integer", "long")
        return F.col(name).cast("decimal(18,0)" if is_whole else "double")

    def total(product: Column | None) -> Column:
        return F.lit(None).cast("double") if product is None else F.sum(F.when(is_compared, product)).cast("double")

    value = term(metric.name)
    under = term(f"{metric.name}_denominator") if metric.kind == "ratio" else None
    before = term(f"{metric.name}_before") if cuped and metric.kind != "ratio" else None
    products = {
        "sum": value,
        "sum_squares": value * value,
        "denominator_sum": under,
        "denominator_sum_squares": None if under is None else under * under,
        "cross_sum": None if under is None else value * under,
        "pre_sum": before,
        "pre_sum_squares": None if before is None else before * before,
        "pre_cross_sum": None if before is None else value * before,
    }
    return [total(product).alias(name) for name, product in products.items()]


def _results(arms: list[Row], kinds: dict[str, Any], asked: dict[str, Any]) -> list[tuple]:
    arms = sorted(arms, key=lambda arm: arm.variant)
    weights = [float(arm.weight or 0) for arm in arms]
    chance = None if min(weights) < 0 else sample_ratio_mismatch([arm.users_split or 0 for arm in arms], weights).p_value
    controls = [arm for arm in arms if arm.is_control]
    control = controls[0] if len(controls) == 1 else None
    left_out = [sum(getattr(arm, name) or 0 for arm in arms) for name in ("users_crossover", "users_immature")]
    results = []
    for metric, kind in kinds.items():
        for arm in (arm for arm in arms if not arm.is_control):
            problem = _problem(len(controls), min(weights), arm)
            numbers = {"reason": problem} if problem else asdict(_compared(control, arm, metric, kind, asked))
            who = (metric, arm.variant, control and control.variant, (control and control.n) or 0, arm.n or 0)
            results.append((*who, *left_out, chance, *[numbers.get(name) for name in _COMPARED]))
    return results


def _problem(controls: int, least_weight: float, arm: Row) -> str:
    """Why the arm cannot be compared, whatever its users did; empty if it can."""
    if controls != 1:
        return f"the experiment has {controls} controls, not one"
    if least_weight < 0:
        return "a variant has a weight below 0"
    return "the variant is in no plan, or has no weight" if arm.weight is None else ""


def _compared(control: Row, treatment: Row, metric: str, kind: Any, asked: dict[str, Any]) -> Comparison:
    samples = [_sample(arm, metric) for arm in (control, treatment)]
    has_before = all(sample.pre_sum_squares for sample in samples) and varies_before(samples[0] + samples[1])
    return compare_means(*samples, kind=kind, cuped=has_before, **asked)


def _sample(arm: Row, metric: str) -> SampleSums:
    found = next((row.asDict() for row in arm.sums or () if row.metric == metric), {})
    found.pop("metric", None)
    return SampleSums(arm.n or 0, **{"sum": 0.0, **{name: value for name, value in found.items() if value is not None}})
