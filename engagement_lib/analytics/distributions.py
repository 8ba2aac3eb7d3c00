"""The distribution functions that the standard library lacks: Student's t and chi-square.

They are written here and not taken from scipy because comparisons of experiment arms run inside Spark tasks: a job's
wheel or zip carries these lines to every executor, where a compiled library of 190 MB would have to be installed.
scipy is the oracle in the tests. Formulas: Abramowitz and Stegun, Handbook of Mathematical Functions, sections 26.4
and 26.5; the asymptotic series of the ratio of gamma functions, section 6.1.47.
"""

import math
from statistics import NormalDist

_NORMAL = NormalDist()
_MAX_STEPS = 20_000
_TINY = 1e-300


def normal_survival(z: float) -> float:
    """Probability that a standard normal value lies above ``z``; exact far into the tail."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def normal_density(z: float) -> float:
    """Density of the standard normal distribution at ``z``."""
    return _NORMAL.pdf(z)


def normal_quantile(probability: float) -> float:
    """Value below which a standard normal value lies with ``probability`` (0 < probability < 1)."""
    return _NORMAL.inv_cdf(probability)


def student_t_survival(t: float, degrees_of_freedom: float) -> float:
    """Probability that a value of Student's t distribution lies above ``t``.

    ``degrees_of_freedom`` is any number above 0, whole or not (Welch's are not). The relative error is below 1e-8
    for 0.5 to 1e9 degrees of freedom and ``t`` up to 20, mostly below 1e-12.
    """
    if t < 0:
        return 1.0 - student_t_survival(-t, degrees_of_freedom)
    if degrees_of_freedom > 1e6:
        # D. L. Wallace (1959): a normal deviate with an error of the order of 1 / degrees_of_freedom**2
        deviate = math.sqrt(degrees_of_freedom * math.log1p(t * t / degrees_of_freedom))
        return normal_survival(deviate * (8 * degrees_of_freedom + 1) / (8 * degrees_of_freedom + 3))
    spread = degrees_of_freedom + t * t
    near, far = degrees_of_freedom / spread, t * t / spread
    a = degrees_of_freedom / 2
    log_front = -a * math.log1p(t * t / degrees_of_freedom) + 0.5 * math.log(far or _TINY) - _log_beta_half(a)
    if near < (a + 1) / (a + 2.5):
        return 0.5 * math.exp(log_front) * _beta_fraction(near, a, 0.5) / a
    return 0.5 - 0.5 * math.exp(log_front) * _beta_fraction(far, 0.5, a) / 0.5


def student_t_quantile(probability: float, degrees_of_freedom: float) -> float:
    """Value below which a value of Student's t distribution lies with ``probability`` (0 < probability < 1)."""
    if not 0 < probability < 1:
        raise ValueError(f"a quantile needs a probability between 0 and 1, not {probability}")
    tail, sign = (probability, -1) if probability < 0.5 else (1 - probability, 1)
    low, high = 0.0, 2.0
    while student_t_survival(high, degrees_of_freedom) > tail:
        low, high = high, high * 4
    guess = min(max(-normal_quantile(tail), low), high) if tail < 0.5 else 0.0
    for _ in range(200):
        error = student_t_survival(guess, degrees_of_freedom) - tail
        low, high = (guess, high) if error > 0 else (low, guess)
        step = guess + error / _student_t_density(guess, degrees_of_freedom)
        following = step if low < step < high else (low + high) / 2
        if abs(following - guess) <= 1e-14 * max(1.0, guess):
            return sign * following
        guess = following
    return sign * guess


def chi_square_survival(statistic: float, degrees_of_freedom: int) -> float:
    """Probability that a chi-square value with a whole number of degrees of freedom lies above ``statistic``."""
    if statistic <= 0:
        return 1.0
    half = statistic / 2
    odd = degrees_of_freedom % 2
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    # each two degrees of freedom add one term half**k e**-half / Gamma(k + 1), with k = 0, 1, ... or 1/2, 3/2, ...
    for step in range(degrees_of_freedom // 2):
        power = step + odd / 2
        total += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
    return min(total, 1.0)


def _student_t_density(t: float, degrees_of_freedom: float) -> float:
    a = degrees_of_freedom / 2
    log_density = -(a + 0.5) * math.log1p(t * t / degrees_of_freedom) - _log_beta_half(a) - 0.5 * math.log(degrees_of_freedom)
    return math.exp(log_density)


def _log_beta_half(a: float) -> float:
    """Logarithm of the beta function B(a, 1/2); the series avoids the cancellation of two large lgamma values."""
    if a < 30:
        ratio = math.lgamma(a + 0.5) - math.lgamma(a)
    else:
        ratio = 0.5 * math.log(a) - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)
    return 0.5 * math.log(math.pi) - ratio


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Continued fraction of the incomplete beta function (A&S 26.5.8), evaluated from the front by Lentz's method."""
    c, d = 1.0, 1.0 / _away_from_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _MAX_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _away_from_zero(1 + even * d)
        c = _away_from_zero(1 + even / c)
        fraction *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _away_from_zero(1 + odd * d)
        c = _away_from_zero(1 + odd / c)
        fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            return fraction
    return fraction


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
