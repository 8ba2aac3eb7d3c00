"""Two arms compared: published answers, scipy as a second way, hand-made sums, and what cannot be computed."""

import json
import math
import random

import pytest
from scipy import stats

from engagement_lib.analytics.statistics import NormalPrior, SampleSums, compare_means, sample_ratio_mismatch


def sums(values, pre=None, denominators=None):
    """The sums of listed values: what a frame would be aggregated to."""
    more = {}
    if pre is not None:
        more |= {"pre_sum": sum(pre), "pre_sum_squares": sum(x * x for x in pre)}
        more["pre_cross_sum"] = sum(x * y for x, y in zip(values, pre, strict=True))
    if denominators is not None:
        more |= {"denominator_sum": sum(denominators), "denominator_sum_squares": sum(x * x for x in denominators)}
        more["cross_sum"] = sum(x * y for x, y in zip(values, denominators, strict=True))
    return SampleSums(len(values), sum(values), sum(x * x for x in values), **more)


def arm_of(case):
    names = {"den_sum": "denominator_sum", "den_sum_squares": "denominator_sum_squares"}
    return SampleSums(**{names.get(name, name): value for name, value in case.items() if name != "type"})


# published cases ------------------------------------------------------------------------------------------------


def test_published_growthbook_and_posthog_comparisons(shared):
    tests = {"welch_t": "welch", "sequential": "sequential", "bayes_gaussian": "bayesian"}
    named = {"lift": "estimate", "se": "standard_error"}
    for case in json.loads((shared / "cases/growthbook_stats/cases.json").read_text()):
        got = compare_means(
            arm_of(case["control"]),
            arm_of(case["treatment"]),
            kind=case["control"]["type"],
            test=tests[case["engine"]],
            lift=case["diff"],
            alpha=case["alpha"],
            tuning=case.get("tuning", 5000),
        )
        tolerance = {"dim_one": 5e-10, "ratio_welch": 5e-10, "posthog_proportion_relative": 5e-5}.get(case["id"], 5e-6)
        for name, expected in case["expected"].items():
            if name == "ci":
                assert (got.lower, got.upper) == pytest.approx(expected, abs=tolerance), case["id"]
            elif name == "risk":
                assert (got.risk_control, got.risk_treatment) == pytest.approx(expected, abs=tolerance), case["id"]
            else:
                assert getattr(got, named.get(name, name)) == pytest.approx(expected, abs=tolerance), (case["id"], name)


def test_published_sample_ratio_p_values(shared):
    for case in json.loads((shared / "cases/growthbook_stats/srm_cases.json").read_text()):
        p_value = sample_ratio_mismatch(case["users"], case["weights"]).p_value
        assert p_value == pytest.approx(case["p_value"], abs=5e-10), case


def test_textbook_examples(shared):
    cases = {case["id"]: case for case in json.loads((shared / "cases/textbook_stats/expected.json").read_text())["cases"]}
    case = cases["proportions_ztest_doc"]
    first, second = (SampleSums(n, x) for n, x in zip(case["n"], case["x"], strict=True))
    got = compare_means(second, first, kind="proportion", test="pooled_z")
    assert (got.statistic, got.p_value) == pytest.approx((case["z"], case["p_value"]), rel=1e-12)
    for name in ("student_from_stats_doc", "binary_from_stats_doc"):
        case = cases[name]
        first, second = (
            SampleSums(n, n * mean, (n - 1) * variance + n * mean**2)
            for n, mean, variance in zip(case["n"], case["mean"], case["var"], strict=True)
        )
        got = compare_means(second, first, test="pooled_t")
        assert (got.statistic, got.p_value) == pytest.approx((case["t"], case["p_value"]), rel=1e-9), name
    for name in ("chisquare_doc", "chisquare_exp_doc"):
        observed = cases[name]["observed"]
        got = sample_ratio_mismatch(observed, cases[name].get("expected", [1] * len(observed)))
        assert (got.statistic, got.p_value) == pytest.approx((cases[name]["chi2"], cases[name]["p_value"]), rel=1e-9), name


# hand-computed and second ways ----------------------------------------------------------------------------------


def test_welch_of_two_tiny_arms_by_hand():
    """Means 2 and 4, variances 1 and 4, three users each: difference 2, error sqrt(1/3 + 4/3), freedom (5/3)^2 / (17/18)."""
    got = compare_means(sums([1, 2, 3]), sums([2, 4, 6]), lift="absolute")
    assert (got.control_mean, got.treatment_mean, got.estimate) == (2, 4, 2)
    assert got.standard_error == pytest.approx(math.sqrt(5 / 3))
    assert got.degrees_of_freedom == pytest.approx((5 / 3) ** 2 / (17 / 18))
    assert (got.test, got.null_hypothesis) == ("welch", "treatment - control = 0")


def test_the_relative_lift_knows_that_the_control_mean_is_uncertain():
    """var_c mean_t^2 / (mean_c^4 n_c) + var_t / (mean_c^2 n_t) = 1 * 16 / (16 * 3) + 4 / (4 * 3) = 2/3."""
    got = compare_means(sums([1, 2, 3]), sums([2, 4, 6]))
    assert (got.estimate, got.standard_error) == pytest.approx((1, math.sqrt(2 / 3)))
    assert got.null_hypothesis == "treatment / control - 1 = 0"


@pytest.mark.parametrize("alternative", ["two_sided", "greater", "less"])
@pytest.mark.parametrize("test", ["welch", "pooled_t"])
def test_absolute_differences_agree_with_scipy(test, alternative):
    draw = random.Random(7)
    control, treatment = [draw.gauss(5, 2) for _ in range(40)], [draw.gauss(5.5, 3) for _ in range(55)]
    oracle = stats.ttest_ind(treatment, control, equal_var=test == "pooled_t", alternative=alternative.replace("_", "-"))
    interval = oracle.confidence_interval(0.9)
    got = compare_means(sums(control), sums(treatment), test=test, lift="absolute", alternative=alternative, alpha=0.1)
    assert (got.statistic, got.p_value) == pytest.approx((oracle.statistic, oracle.pvalue), rel=1e-9)
    assert got.degrees_of_freedom == pytest.approx(oracle.df)
    for side, expected in ((got.lower, interval.low), (got.upper, interval.high)):
        assert side == (pytest.approx(expected) if math.isfinite(expected) else None)


def test_the_pooled_z_test_and_the_welch_test_of_a_proportion_differ_and_say_so():
    control, treatment = SampleSums(28, 14), SampleSums(30, 16)
    pooled = compare_means(control, treatment, kind="proportion")
    welch = compare_means(control, treatment, kind="proportion", test="welch")
    assert (pooled.test, welch.test) == ("pooled_z", "welch")
    assert (pooled.p_value, welch.p_value) == pytest.approx((0.79960, 0.80707), abs=5e-6)
    assert pooled.null_hypothesis == "treatment proportion = control proportion, with a common variance"


def test_the_minimum_detectable_effect_is_found_with_the_wanted_power():
    """The noncentral t distribution is the exact way; the closed form is within half a percent of it from 50 users on."""
    draw = random.Random(3)
    arms = [sums([draw.gauss(10, 3) for _ in range(60)]) for _ in range(2)]
    got = compare_means(*arms, test="pooled_t", lift="absolute", power=0.8)
    noncentrality = got.minimum_detectable_effect / got.standard_error
    freedom = got.degrees_of_freedom
    assert stats.nct.sf(stats.t.ppf(0.975, freedom), freedom, noncentrality) == pytest.approx(0.8, abs=0.005)
    relative = compare_means(*arms, test="pooled_t", lift="relative", power=0.8)
    assert relative.minimum_detectable_effect == pytest.approx(got.minimum_detectable_effect / got.control_mean)


@pytest.mark.parametrize("alternative", ["two_sided", "greater", "less"])
def test_the_sequential_p_value_is_the_level_whose_interval_touches_zero(alternative):
    control, treatment = SampleSums(400, 120), SampleSums(420, 180 if alternative != "less" else 80)
    ask = {"kind": "proportion", "test": "sequential", "alternative": alternative, "tuning": 1000}
    level = compare_means(control, treatment, **ask).p_value
    assert 0 < level < 0.5
    # the tuning depends on the level, so the touching interval is looked for with the mixing of the first one
    mixing = 0.05 if alternative == "two_sided" else 0.1
    same_mixing = 1000 * _mixing(level if alternative == "two_sided" else 2 * level) / _mixing(mixing)
    touching = compare_means(control, treatment, **{**ask, "alpha": level, "tuning": same_mixing})
    side = touching.upper if alternative == "less" else touching.lower
    assert side == pytest.approx(0, abs=1e-9)


def _mixing(level):
    return math.log(1 - 2 * math.log(level)) - 2 * math.log(level)


def test_looking_every_day_keeps_the_promised_error_rate_only_sequentially():
    """300 experiments without an effect, looked at 40 times each: the t test cries wolf far too often."""
    draw = random.Random(11)
    alarms = {"welch": 0, "sequential": 0}
    for _ in range(300):
        arms = [[0, 0.0, 0.0], [0, 0.0, 0.0]]
        alarmed = set()
        for _ in range(40):
            for arm in arms:
                values = [draw.gauss(1, 1) for _ in range(10)]
                arm[:] = arm[0] + 10, arm[1] + sum(values), arm[2] + sum(x * x for x in values)
            for test in alarms:
                ask = {"test": test, "lift": "absolute", "tuning": 400}
                if compare_means(SampleSums(*arms[0]), SampleSums(*arms[1]), **ask).p_value < 0.05:
                    alarmed.add(test)
        for test in alarmed:
            alarms[test] += 1
    assert alarms["sequential"] <= 0.05 * 300 < 0.15 * 300 < alarms["welch"]


def test_a_strong_prior_pulls_the_posterior_towards_itself():
    """Equal precisions meet in the middle; the deviation shrinks by the square root of 2."""
    flat = compare_means(SampleSums(100, 49), SampleSums(100, 51), kind="proportion", test="bayesian")
    prior = NormalPrior(0, flat.standard_error)
    held = compare_means(SampleSums(100, 49), SampleSums(100, 51), kind="proportion", test="bayesian", prior=prior)
    assert held.estimate == pytest.approx(flat.estimate / 2)
    assert held.standard_error == pytest.approx(flat.standard_error / math.sqrt(2))
    assert flat.risk_control - flat.risk_treatment == pytest.approx(flat.estimate)


def test_the_delta_variance_of_a_ratio_is_that_of_its_linearised_values():
    """Variance of (value - ratio * denominator) / mean denominator over users: the textbook's second way."""
    values, denominators = [3, 0, 2, 5, 1], [4, 1, 2, 6, 3]
    ratio, mean = sum(values) / sum(denominators), sum(denominators) / 5
    linear = [(x - ratio * y) / mean for x, y in zip(values, denominators, strict=True)]
    variance = sum(x * x for x in linear) / 4
    arm = sums(values, denominators=denominators)
    got = compare_means(arm, arm, kind="ratio", lift="absolute")
    assert (got.control_mean, got.standard_error) == pytest.approx((ratio, math.sqrt(2 * variance / 5)))


def test_cuped_is_the_regression_on_the_values_before():
    """With one slope over both arms the adjusted difference is the difference of the residuals."""
    draw = random.Random(5)
    pre = [[draw.gauss(10, 3) for _ in range(80)] for _ in range(2)]
    post = [[x * 0.8 + draw.gauss(2 + 0.4 * arm, 1) for x in pre[arm]] for arm in range(2)]
    every_pre, every_post = pre[0] + pre[1], post[0] + post[1]
    center = sum(every_pre) / 160, sum(every_post) / 160
    slope = sum((x - center[0]) * (y - center[1]) for x, y in zip(every_pre, every_post, strict=True))
    slope /= sum((x - center[0]) ** 2 for x in every_pre)
    residuals = [[y - slope * x for x, y in zip(pre[arm], post[arm], strict=True)] for arm in range(2)]
    oracle = compare_means(sums(residuals[0]), sums(residuals[1]), lift="absolute")
    arms = [sums(post[arm], pre=pre[arm]) for arm in range(2)]
    got, plain = compare_means(*arms, cuped=True, lift="absolute"), compare_means(*arms, lift="absolute")
    for name in ("estimate", "standard_error", "lower", "upper", "p_value", "degrees_of_freedom", "minimum_detectable_effect"):
        assert getattr(got, name) == pytest.approx(getattr(oracle, name), rel=1e-9), name
    assert (got.control_mean, got.test) == (pytest.approx(sum(post[0]) / 80), "welch with CUPED")
    assert got.standard_error < 0.5 * plain.standard_error


# what holds for all ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", ["welch", "pooled_t", "sequential", "bayesian"])
def test_changing_places_turns_the_difference_round_and_keeps_the_rest(test):
    draw = random.Random(9)
    arms = [sums([draw.expovariate(1 / mean) for _ in range(30)]) for mean in (3, 5)]
    there = compare_means(*arms, test=test, lift="absolute")
    back = compare_means(*reversed(arms), test=test, lift="absolute")
    assert (there.estimate, there.lower, there.upper) == pytest.approx((-back.estimate, -back.upper, -back.lower))
    assert (there.p_value, there.standard_error) == pytest.approx((back.p_value, back.standard_error))
    assert there.risk_control == pytest.approx(back.risk_treatment)


@pytest.mark.parametrize("test", ["welch", "sequential"])
def test_an_interval_leaves_zero_out_exactly_when_p_is_below_alpha(test):
    draw = random.Random(2)
    for _ in range(200):
        arms = [sums([draw.gauss(mean, 1) for _ in range(20)]) for mean in (3, 3 + draw.random())]
        got = compare_means(*arms, test=test, alpha=0.1)
        assert (got.p_value < 0.1) == (got.lower > 0 or got.upper < 0)


NO_VISITS = sums([0, 0], denominators=[0, 0])
SAME_RATIO = sums([1, 1, 2], denominators=[3, 3, 6])


# no answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("control", "treatment", "asked", "reason"),
    [
        (sums([1]), sums([1, 2, 3]), {}, "an arm has fewer than 2 users"),
        (sums([1, 2]), SampleSums(0, 0, 0), {}, "an arm has fewer than 2 users"),
        (sums([0.1] * 7), sums([1, 2, 3]), {}, "the values of an arm do not vary"),
        (SampleSums(50, 0), SampleSums(60, 0), {"kind": "proportion"}, "the values do not vary"),
        (SampleSums(20, 2), SampleSums(20, 0), {"kind": "proportion"}, "the values of an arm do not vary"),
        (SampleSums(9, 9), SampleSums(9, 0), {"kind": "proportion", "lift": "absolute"}, "the values of an arm do not vary"),
        (sums([-1, 0, 1]), sums([1, 2, 3]), {}, "a relative lift needs a control mean above 0"),
        (SampleSums(9, 0), SampleSums(9, 3), {"kind": "proportion"}, "a relative lift needs a control mean above 0"),
        (sums([1, 2]), sums([1, 3]), {"cuped": True}, "an arm has no values from before exposure"),
        (sums([1, math.nan]), sums([1, 3]), {}, "the sums of an arm are not finite numbers"),
        (SAME_RATIO, sums([1, 1, 2], denominators=[5, 5, 10]), {"kind": "ratio"}, "the values of an arm do not vary"),
        (NO_VISITS, sums([0, 1], denominators=[1, 2]), {"kind": "ratio"}, "the denominators of an arm sum to 0"),
    ],
)
def test_what_cannot_be_computed_is_null_with_a_reason(control, treatment, asked, reason):
    got = compare_means(control, treatment, **asked)
    assert (got.estimate, got.p_value, got.lower, got.upper, got.minimum_detectable_effect) == (None,) * 5
    assert got.reason == reason


def test_values_before_exposure_that_never_vary_explain_nothing():
    plain, same = sums([1, 2, 4]), sums([1, 2, 4], pre=[0, 0, 0])
    got = compare_means(same, sums([2, 3, 7], pre=[0, 0, 0]), cuped=True)
    assert got.p_value == compare_means(plain, sums([2, 3, 7])).p_value


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "median"}, "kind is 'median'; it can be mean, proportion, ratio"),
        ({"test": "pooled_z"}, "pooled_z compares plain proportions"),
        ({"kind": "ratio", "test": "pooled_t"}, "pooled_t compares means"),
        ({"kind": "ratio", "cuped": True}, "without cuped"),
        ({"alpha": 5}, "alpha 5"),
        ({"prior": NormalPrior(0, 1)}, "a prior belongs to the bayesian test"),
        ({"kind": "proportion"}, "a proportion's sum counts users"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_by_name(asked, message):
    with pytest.raises(ValueError, match=message):
        compare_means(sums([1, 2, 9]), sums([2, 3, 4]), **asked)


def test_a_user_count_without_a_weight_is_refused():
    with pytest.raises(ValueError, match="needs a weight"):
        sample_ratio_mismatch([10, 12, 9], [1, 1])


def test_an_arm_that_lost_all_its_users_is_a_broken_split():
    assert sample_ratio_mismatch([1000, 0], [1, 1]).p_value < 1e-200
    assert sample_ratio_mismatch([1000, 0], [1, 0]).p_value == 1
