"""Verdicts of tests against what they mean: a loss as an integral, an interval for every look beside one for one look."""

import pytest
from scipy.integrate import quad
from scipy.stats import norm

from engagement_lib.analytics.statistics import SampleSums, compare_means


@pytest.mark.parametrize("finished", [51, 44])
def test_the_risk_of_an_arm_is_what_choosing_it_loses_on_average(finished: int) -> None:
    found = compare_means(SampleSums(100, 49), SampleSums(100, finished), kind="proportion", test="bayesian")
    lift = norm(found.estimate, found.standard_error)
    far = 12 * found.standard_error
    lost_with_control = quad(lambda x: x * lift.pdf(x), 0, far)[0]
    lost_with_treatment = quad(lambda x: -x * lift.pdf(x), -far, 0)[0]
    assert found.risk_control == pytest.approx(lost_with_control, rel=1e-6)
    assert found.risk_treatment == pytest.approx(lost_with_treatment, rel=1e-6)
    assert found.chance_to_win == pytest.approx(lift.sf(0), rel=1e-9)


def test_an_interval_for_every_look_is_not_much_wider_than_one_for_one_look() -> None:
    arms = SampleSums(2500, 12_500, 72_500), SampleSums(2500, 12_600, 73_500)
    fixed, always = (compare_means(*arms, test=test, lift="absolute") for test in ("welch", "sequential"))
    assert 1.2 < (always.upper - always.lower) / (fixed.upper - fixed.lower) < 1.8
