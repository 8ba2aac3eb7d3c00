"""The ways of testing a difference between two arms, each from an estimate and its standard error."""

import math
from dataclasses import dataclass
from typing import Literal

from engagement_lib.analytics.distributions import (
    normal_density,
    normal_quantile,
    normal_survival,
    student_t_quantile,
    student_t_survival,
)

Test = Literal["welch", "pooled_z", "pooled_t", "sequential", "bayesian"]
Alternative = Literal["two_sided", "greater", "less"]


@dataclass(frozen=True)
class NormalPrior:
    """What is believed of the lift before the data: a normal distribution on the scale of the lift."""

    mean: float
    standard_deviation: float


@dataclass(frozen=True)
class Effect:
    """What a test judges. ``statistic`` is the estimate in standard errors under the null hypothesis; ``null_standard_error``
    is the estimate's standard error if there were no effect; ``degrees_of_freedom`` None stands for the normal distribution."""

    users: int
    estimate: float
    standard_error: float
    statistic: float
    null_standard_error: float
    degrees_of_freedom: float | None


@dataclass(frozen=True)
class Verdict:
    """The part of a comparison that depends on the test; the fields are those of ``statistics.Comparison``."""

    estimate: float
    standard_error: float
    lower: float | None
    upper: float | None
    statistic: float | None = None
    p_value: float | None = None
    chance_to_win: float | None = None
    risk_control: float | None = None
    risk_treatment: float | None = None
    minimum_detectable_effect: float | None = None
    degrees_of_freedom: float | None = None


def classical_verdict(effect: Effect, *, alternative: Alternative, alpha: float, power: float) -> Verdict:
    """Student's t test, or the z test where the effect has no degrees of freedom."""
    freedom = effect.degrees_of_freedom
    above, below = (
        normal_survival(statistic) if freedom is None else student_t_survival(statistic, freedom)
        for statistic in (effect.statistic, -effect.statistic)
    )
    p_value = {"two_sided": 2 * min(above, below), "greater": above, "less": below}[alternative]
    critical, reach = (
        normal_quantile(level) if freedom is None else student_t_quantile(level, freedom)
        for level in (1 - _tail(alpha, alternative), power)
    )
    lower, upper = _interval(effect.estimate, critical * effect.standard_error, alternative)
    return Verdict(
        effect.estimate,
        effect.standard_error,
        lower,
        upper,
        statistic=effect.statistic,
        p_value=p_value,
        minimum_detectable_effect=(critical + reach) * effect.null_standard_error,
        degrees_of_freedom=freedom,
    )


def sequential_verdict(effect: Effect, *, alternative: Alternative, alpha: float, power: float, tuning: float) -> Verdict:
    """Asymptotic confidence sequence: valid at every look, narrowest relative to a fixed test near ``tuning`` users.

    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), Time-uniform central limit theory and asymptotic confidence
    sequences: theorem 2.2 for both sides, proposition B.2 for one side; the p-value is the level whose bound touches 0.
    """
    is_two_sided = alternative == "two_sided"
    level = alpha if is_two_sided else 2 * alpha
    mixing = (math.log(1 - 2 * math.log(level)) - 2 * math.log(level)) / tuning
    growth = effect.users * mixing + 1
    bound = math.sqrt(growth) / alpha if is_two_sided else 1 + math.sqrt(growth) / (2 * alpha)
    errors_wide = math.sqrt(2 * growth / (growth - 1) * math.log(bound))
    evidence = effect.statistic**2 * (growth - 1) / (2 * growth)
    if is_two_sided:
        p_value = math.sqrt(growth) * math.exp(-evidence)
    elif (effect.statistic > 0) == (alternative == "greater") and evidence > 0:
        p_value = math.sqrt(growth) / (2 * math.expm1(evidence)) if evidence < 700 else 0.0
    else:
        p_value = 1.0
    lower, upper = _interval(effect.estimate, errors_wide * effect.standard_error, alternative)
    return Verdict(
        effect.estimate,
        effect.standard_error,
        lower,
        upper,
        statistic=effect.statistic,
        p_value=min(p_value, 1.0),
        minimum_detectable_effect=(errors_wide + normal_quantile(power)) * effect.null_standard_error,
    )


def bayesian_verdict(effect: Effect, *, alternative: Alternative, alpha: float, prior: NormalPrior | None) -> Verdict:
    """Normal posterior of the lift: its mean, deviation and credible interval, the chance that it is above 0, and what
    choosing wrongly would cost on average (the expected loss, on the scale of the lift)."""
    mean, deviation = effect.estimate, effect.standard_error
    if prior is not None:
        precision = 1 / deviation**2 + 1 / prior.standard_deviation**2
        mean = (mean / deviation**2 + prior.mean / prior.standard_deviation**2) / precision
        deviation = 1 / math.sqrt(precision)
    lower, upper = _interval(mean, normal_quantile(1 - _tail(alpha, alternative)) * deviation, alternative)
    chance = normal_survival(-mean / deviation)
    risk_control = deviation * normal_density(mean / deviation) + mean * chance
    return Verdict(
        mean, deviation, lower, upper, chance_to_win=chance, risk_control=risk_control, risk_treatment=risk_control - mean
    )


def _tail(alpha: float, alternative: Alternative) -> float:
    return alpha / 2 if alternative == "two_sided" else alpha


def _interval(estimate: float, width: float, alternative: Alternative) -> tuple[float | None, float | None]:
    return (
        None if alternative == "less" else estimate - width,
        None if alternative == "greater" else estimate + width,
    )
