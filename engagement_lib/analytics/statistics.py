"""Comparison of two experiment arms from their sums, in plain Python: no rows, no Spark, no scipy."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from engagement_lib.analytics.comparison_tests import (
    Alternative,
    Effect,
    NormalPrior,
    Test,
    Verdict,
    bayesian_verdict,
    classical_verdict,
    sequential_verdict,
)
from engagement_lib.analytics.distributions import chi_square_survival
from engagement_lib.analytics.samples import Kind, Moments, NotComputable, SampleSums, arm_moments, cuped_slope

__all__ = ["Comparison", "NormalPrior", "SampleRatio", "SampleSums", "compare_means", "sample_ratio_mismatch"]

Lift = Literal["relative", "absolute"]


@dataclass(frozen=True)
class Comparison:
    """What treatment did against control. Numbers that cannot be computed are null, and ``reason`` says why.

    ``estimate``, its ``standard_error``, the interval ``lower`` to ``upper`` (the open side of a one-sided interval is null)
    and ``minimum_detectable_effect`` are on the scale of ``lift``: relative = treatment mean / control mean - 1,
    absolute = difference of means. ``p_value`` and ``statistic`` (z or t) belong to ``null_hypothesis``, which names its
    scale. A Bayesian comparison has ``chance_to_win`` and the expected losses ``risk_control`` (of staying with control)
    and ``risk_treatment`` instead. Means are as observed, without CUPED. ``minimum_detectable_effect`` is the smallest
    true effect that samples of this size and spread would show with the wanted power.
    """

    kind: Kind
    lift: Lift
    test: str
    null_hypothesis: str
    alternative: Alternative
    alpha: float
    control_mean: float | None = None
    treatment_mean: float | None = None
    estimate: float | None = None
    standard_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    chance_to_win: float | None = None
    risk_control: float | None = None
    risk_treatment: float | None = None
    minimum_detectable_effect: float | None = None
    degrees_of_freedom: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class SampleRatio:
    """Pearson's chi-square test of the users per arm against the weights; a small ``p_value`` means a broken split."""

    statistic: float
    degrees_of_freedom: int
    p_value: float


def compare_means(
    control: SampleSums,
    treatment: SampleSums,
    *,
    kind: Kind = "mean",
    test: Test | None = None,
    lift: Lift = "relative",
    alternative: Alternative = "two_sided",
    alpha: float = 0.05,
    power: float = 0.8,
    cuped: bool = False,
    tuning: float = 5000,
    prior: NormalPrior | None = None,
) -> Comparison:
    """Compares two arms of independent users.

    ``kind`` says what a user's value is: any number (mean), 0 or 1 (proportion), or a pair whose sums are divided (ratio,
    variance by the delta method). ``test`` (default: pooled_z for proportions without CUPED, else welch):

    - ``welch``: t test with a variance per arm; p-value and interval are on the scale of ``lift``;
    - ``pooled_z`` (proportions), ``pooled_t`` (means): the p-value is that of equal means under one common variance;
    - ``sequential``: p-value and interval that stand however often one looks, narrowest near ``tuning`` users;
    - ``bayesian``: normal posterior of the lift under a normal ``prior`` on the scale of ``lift`` (None: flat).

    ``alternative`` greater = treatment above control. The interval has the level 1 - ``alpha``; that of ``pooled_z`` uses a
    variance per arm. The variance of a relative lift, with the control mean's own: var_c mean_t^2 / (mean_c^4 n_c) +
    var_t / (mean_c^2 n_t). ``cuped`` takes out what values before exposure explain (a proportion is then a mean of 0 and 1).

    Raises ValueError for arguments that do not fit together; data that hold no answer give nulls and a ``reason``.
    """
    test = test or ("pooled_z" if kind == "proportion" and not cuped else "welch")
    _refuse_misfits(kind, test, lift, alternative, cuped, prior)
    if not (0 < alpha < 0.5 and 0 < power < 1 and tuning > 0):
        raise ValueError(f"alpha {alpha} must lie in (0, 0.5), power {power} in (0, 1) and tuning {tuning} above 0")
    question: dict[str, Any] = {
        "kind": kind,
        "lift": lift,
        "test": f"{test} with CUPED" if cuped else test,
        "null_hypothesis": _null_hypothesis(test, kind, lift, alternative),
        "alternative": alternative,
        "alpha": alpha,
    }
    try:
        slope = cuped_slope(control + treatment) if cuped else None
        arms = arm_moments(control, kind, slope), arm_moments(treatment, kind, slope)
    except NotComputable as refusal:
        return Comparison(**question, reason=str(refusal))
    question |= {"control_mean": arms[0].mean, "treatment_mean": arms[1].mean}
    try:
        effect = _effect(*arms, test, lift)
    except NotComputable as refusal:
        return Comparison(**question, reason=str(refusal))
    return Comparison(**question, **asdict(_verdict(effect, test, alternative, alpha, power, tuning, prior)))


def sample_ratio_mismatch(users: Sequence[int], weights: Sequence[float]) -> SampleRatio:
    """Whether the users per arm fit the planned weights (of any sum), by Pearson's chi-square test.

    An arm of weight 0 is left out; an arm with a weight and 0 users stays in; weights at the end without a user count are
    arms that do not report and are left out. Fewer than 2 arms or no users give p = 1.
    Raises ValueError for more user counts than weights and for negative numbers.
    """
    if len(users) > len(weights) or min((*users, *weights), default=0) < 0:
        raise ValueError(f"each user count needs a weight and none is negative: users {list(users)}, weights {list(weights)}")
    arms = [(count, weight) for count, weight in zip(users, weights, strict=False) if weight > 0]
    total, total_weight = sum(count for count, _ in arms), sum(weight for _, weight in arms)
    if len(arms) < 2 or total == 0:
        return SampleRatio(0.0, max(len(arms) - 1, 0), 1.0)
    expected = [total * weight / total_weight for _, weight in arms]
    statistic = math.fsum((count - wanted) ** 2 / wanted for (count, _), wanted in zip(arms, expected, strict=True))
    return SampleRatio(statistic, len(arms) - 1, chi_square_survival(statistic, len(arms) - 1))


def _refuse_misfits(kind: Kind, test: Test, lift: Lift, alternative: Alternative, cuped: bool, prior: NormalPrior | None) -> None:
    choices = {"kind": (kind, Kind), "test": (test, Test), "lift": (lift, Lift), "alternative": (alternative, Alternative)}
    for argument, (value, allowed) in choices.items():
        if value not in get_args(allowed):
            raise ValueError(f"{argument} is {value!r}; it can be {', '.join(get_args(allowed))}")
    if test == "pooled_z" and (kind != "proportion" or cuped):
        raise ValueError("pooled_z compares plain proportions; take pooled_t or welch for means, welch for ratios and CUPED")
    if test == "pooled_t" and kind != "mean":
        raise ValueError(f"pooled_t compares means; take welch for a {kind}")
    if kind == "ratio" and cuped:
        raise ValueError("CUPED is for means and proportions; compare the ratio without cuped")
    if prior is not None and (test != "bayesian" or prior.standard_deviation <= 0):
        raise ValueError(f"a prior belongs to the bayesian test and has a deviation above 0: {prior} with {test}")


def _null_hypothesis(test: Test, kind: Kind, lift: Lift, alternative: Alternative) -> str:
    if test == "bayesian":
        return "none (posterior probabilities)"
    sign = {"two_sided": "=", "greater": "<=", "less": ">="}[alternative]
    if test.startswith("pooled"):
        return f"treatment {kind} {sign} control {kind}, with a common variance"
    return f"treatment / control - 1 {sign} 0" if lift == "relative" else f"treatment - control {sign} 0"


def _effect(control: Moments, treatment: Moments, test: Test, lift: Lift) -> Effect:
    is_pooled = test.startswith("pooled")
    common = _common_variance(control, treatment, test) if is_pooled else None
    if common == 0 or (not is_pooled and min(control.variance, treatment.variance) <= 0):
        raise NotComputable("the values of an arm do not vary" if not is_pooled else "the values do not vary")
    if lift == "relative" and control.mean <= 0:
        raise NotComputable("a relative lift needs a control mean above 0")
    control_share = (common if test == "pooled_t" else control.variance) / control.n
    treatment_share = (common if test == "pooled_t" else treatment.variance) / treatment.n
    difference = treatment.adjusted_mean - control.adjusted_mean
    null_error = math.sqrt(common / control.n + common / treatment.n if is_pooled else control_share + treatment_share)
    scale, inflation = (control.mean, (treatment.mean / control.mean) ** 2) if lift == "relative" else (1.0, 1.0)
    error = math.sqrt(control_share * inflation + treatment_share) / scale
    if error <= 0:
        raise NotComputable("the values of an arm do not vary")
    return Effect(
        users=control.n + treatment.n,
        estimate=difference / scale,
        standard_error=error,
        statistic=difference / null_error if is_pooled else difference / scale / error,
        null_standard_error=null_error / scale,
        degrees_of_freedom=_degrees_of_freedom(control, treatment, test),
    )


def _common_variance(control: Moments, treatment: Moments, test: Test) -> float:
    if test == "pooled_z":
        share = (control.mean * control.n + treatment.mean * treatment.n) / (control.n + treatment.n)
        return share * (1 - share)
    squares = control.variance * (control.n - 1) + treatment.variance * (treatment.n - 1)
    return squares / (control.n + treatment.n - 2)


def _degrees_of_freedom(control: Moments, treatment: Moments, test: Test) -> float | None:
    """Those of a t test; Welch's by B. L. Welch (1947) and F. E. Satterthwaite (1946), on the scale of the means."""
    if test == "pooled_t":
        return float(control.n + treatment.n - 2)
    if test != "welch":
        return None
    shares = [(arm.variance / arm.n, arm.n - 1) for arm in (control, treatment)]
    return sum(share for share, _ in shares) ** 2 / sum(share**2 / freedom for share, freedom in shares)


def _verdict(
    effect: Effect, test: Test, alternative: Alternative, alpha: float, power: float, tuning: float, prior: NormalPrior | None
) -> Verdict:
    if test == "bayesian":
        return bayesian_verdict(effect, alternative=alternative, alpha=alpha, prior=prior)
    if test == "sequential":
        return sequential_verdict(effect, alternative=alternative, alpha=alpha, power=power, tuning=tuning)
    return classical_verdict(effect, alternative=alternative, alpha=alpha, power=power)
