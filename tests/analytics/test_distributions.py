"""Student's t and chi-square against scipy, and against closed forms where scipy itself rounds."""

import math

import pytest
from scipy import stats

from engagement_lib.analytics.distributions import chi_square_survival, normal_survival, student_t_quantile, student_t_survival

FREEDOMS = (0.5, 1, 1.3, 2, 5, 10, 33.3, 59.9, 100, 999, 6866.3, 1e5, 9.9e5, 1.1e6, 1e9)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_the_t_survival_agrees_with_scipy_far_into_both_tails(freedom):
    for t in (-30, -2.5, -0.3, 0, 1e-3, 0.5, 1, 1.96, 4, 9, 20):
        assert student_t_survival(t, freedom) == pytest.approx(stats.t.sf(t, freedom), rel=1e-8, abs=1e-200)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_the_t_quantile_agrees_with_scipy(freedom):
    for probability in (1e-9, 0.001, 0.025, 0.2, 0.4999, 0.5, 0.8, 0.975, 0.9999):
        assert student_t_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-9, abs=1e-9)


def test_one_degree_of_freedom_is_the_cauchy_distribution():
    for t in (1e-6, 0.1, 1, 50, 1e6):
        assert student_t_survival(t, 1) == pytest.approx(math.atan2(1, t) / math.pi, rel=1e-12)


@pytest.mark.parametrize("freedom", range(1, 12))
def test_the_chi_square_survival_agrees_with_scipy(freedom):
    for statistic in (0, 1e-5, 0.1, 1, 5, 20, 100, 400):
        assert chi_square_survival(statistic, freedom) == pytest.approx(stats.chi2.sf(statistic, freedom), rel=1e-10)


def test_the_normal_tail_does_not_vanish():
    assert normal_survival(20) == pytest.approx(stats.norm.sf(20), rel=1e-12)


def test_a_quantile_of_certainty_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        student_t_quantile(1, 5)
