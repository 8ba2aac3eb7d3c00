"""Sums over the users of one experiment arm, and the mean and variance that follow from them."""

import math
from dataclasses import dataclass, fields
from typing import Literal

Kind = Literal["mean", "proportion", "ratio"]


class NotComputable(Exception):
    """The sums hold no answer; the message says why and becomes the ``reason`` of the comparison."""


@dataclass(frozen=True)
class SampleSums:
    """Sufficient statistics of one arm: everything that a comparison needs to know of its users.

    ``n`` users; ``sum`` and ``sum_squares`` over the users' values (``sum_squares`` may be left out for a proportion, whose
    values are 0 and 1). A ratio metric (sum of values over sum of denominators, as in finished items per session) adds
    the denominators' sums and ``cross_sum``, the sum of value times denominator. CUPED adds the sums of each user's value
    before exposure and ``pre_cross_sum``, the sum of value times value before.
    """

    n: int
    sum: float
    sum_squares: float | None = None
    denominator_sum: float | None = None
    denominator_sum_squares: float | None = None
    cross_sum: float | None = None
    pre_sum: float | None = None
    pre_sum_squares: float | None = None
    pre_cross_sum: float | None = None

    def __add__(self, other: "SampleSums") -> "SampleSums":
        """The sums of both arms together."""
        pairs = {field.name: (getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        return SampleSums(**{name: None if None in pair else pair[0] + pair[1] for name, pair in pairs.items()})


@dataclass(frozen=True)
class Moments:
    """One arm: users, observed mean, variance of a user's value, and the mean without what CUPED explains."""

    n: int
    mean: float
    variance: float
    adjusted_mean: float


def arm_moments(arm: SampleSums, kind: Kind, slope: float | None = None) -> Moments:
    """Mean and variance of one arm: n - 1 in a mean's variance, p (1 - p) for a proportion, the delta method for a ratio.

    ``slope`` is CUPED's (see ``cuped_slope``); with it a proportion counts as a mean of 0 and 1.
    Raises NotComputable for an arm of fewer than 2 users, ValueError for sums that are missing or contradict ``kind``.
    """
    if arm.n < 2:
        raise NotComputable("an arm has fewer than 2 users")
    moments = _ratio_moments(arm) if kind == "ratio" else _mean_moments(arm, kind, slope)
    if not (math.isfinite(moments.adjusted_mean) and math.isfinite(moments.variance)):
        raise NotComputable("the sums of an arm are not finite numbers")
    return moments


def varies_before(both: SampleSums) -> bool:
    """Whether the values before exposure differ between users of both arms: only then do they explain anything."""
    if None in (both.pre_sum, both.pre_sum_squares) or both.n < 2:
        return False
    return _variance(both.n, both.pre_sum_squares, both.pre_sum) > 0


def cuped_slope(both: SampleSums) -> float:
    """Slope of the values on the values before exposure over both arms together; 0 where the latter do not vary.

    Deng, Xu, Kohavi and Walker (2013), Improving the Sensitivity of Online Controlled Experiments by Utilizing
    Pre-Experiment Data. One slope for both arms keeps the effect free of bias.
    """
    if None in (both.pre_sum, both.pre_sum_squares, both.pre_cross_sum):
        raise NotComputable("an arm has no values from before exposure")
    if both.n < 2:
        raise NotComputable("an arm has fewer than 2 users")
    pre_variance = _variance(both.n, both.pre_sum_squares, both.pre_sum)
    return _covariance(both.n, both.pre_cross_sum, both.sum, both.pre_sum) / pre_variance if pre_variance > 0 else 0.0


def _mean_moments(arm: SampleSums, kind: Kind, slope: float | None) -> Moments:
    if kind == "proportion" and not 0 <= arm.sum <= arm.n:
        raise ValueError(f"a proportion's sum counts users: it lies between 0 and {arm.n}, not at {arm.sum}")
    squares = arm.sum if kind == "proportion" else arm.sum_squares
    if squares is None:
        raise ValueError("a mean needs the sum of squares of each arm")
    mean = arm.sum / arm.n
    if slope is None:
        variance = mean * (1 - mean) if kind == "proportion" else _variance(arm.n, squares, arm.sum)
        return Moments(arm.n, mean, variance, mean)
    variance = _spread(arm.n, slope, (squares, arm.sum), (arm.pre_sum_squares, arm.pre_sum), cross_sum=arm.pre_cross_sum)
    return Moments(arm.n, mean, variance, mean - slope * arm.pre_sum / arm.n)


def _ratio_moments(arm: SampleSums) -> Moments:
    if None in (arm.sum_squares, arm.denominator_sum, arm.denominator_sum_squares, arm.cross_sum):
        raise ValueError("a ratio needs the sums of squares, of denominators and of cross products")
    if arm.denominator_sum == 0:
        raise NotComputable("the denominators of an arm sum to 0")
    ratio, denominator_mean = arm.sum / arm.denominator_sum, arm.denominator_sum / arm.n
    below = (arm.denominator_sum_squares, arm.denominator_sum)
    spread = _spread(arm.n, ratio, (arm.sum_squares, arm.sum), below, cross_sum=arm.cross_sum)
    return Moments(arm.n, ratio, spread / denominator_mean**2, ratio)


def _spread(n: int, factor: float, of: tuple[float, float], less: tuple[float, float], *, cross_sum: float) -> float:
    """Variance of a value less ``factor`` times another one; of each the sum of squares and the sum are given."""
    own, other = (_variance(n, squares, total) for squares, total in (of, less))
    variance = own + factor**2 * other - 2 * factor * _covariance(n, cross_sum, of[1], less[1])
    return _without_dust(variance, (of[0] + factor**2 * less[0] + 2 * abs(factor * cross_sum)) / n)


def _variance(n: int, sum_squares: float, total: float) -> float:
    return _without_dust(_covariance(n, sum_squares, total, total), abs(sum_squares) / n)


def _without_dust(variance: float, size: float) -> float:
    """What equal values leave behind after rounding is no variation."""
    return variance if abs(variance) > 1e-13 * size else 0.0


def _covariance(n: int, cross_sum: float, sum_a: float, sum_b: float) -> float:
    return (cross_sum - sum_a * sum_b / n) / (n - 1)
