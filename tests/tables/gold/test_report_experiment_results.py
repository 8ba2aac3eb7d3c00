"""gold.report_experiment_results: lifts with intervals, and why some cannot be believed."""

import math
import random

import pytest
from pyspark.sql import SparkSession
from scipy import stats

from engagement_lib.tables.gold.dim_experiment import dim_experiment
from engagement_lib.tables.gold.fact_experiment_exposure import fact_experiment_exposure
from engagement_lib.tables.gold.report_experiment_results import METRICS, report_experiment_results
from tests.support import assert_rows, filled, nothing

VARIANTS = """
    experiment_id | variant | weight | is_control | name  | primary_metric
    e             | a       | 50     | true       | Short | content_completions
    e             | b       | 50     | false      | Short | content_completions
"""


def _exposures(spark: SparkSession, arms: dict[str, list[tuple[int, int, int]]]):  # type: ignore[no-untyped-def]
    """Per variant the users' completions, completions before and sessions."""
    lines = [
        f"e | {variant}{n} | {variant} | {done} | {before} | {sessions}"
        for variant, users in arms.items()
        for n, (done, before, sessions) in enumerate(users)
    ]
    head = "experiment_id | user_id | variant | content_completions | content_completions_before | sessions"
    return filled(spark, fact_experiment_exposure, "\n".join([head, *lines]))


@pytest.fixture(scope="module")
def arms() -> dict[str, list[tuple[int, int, int]]]:
    chance = random.Random(7)
    drawn: dict[str, list[tuple[int, int, int]]] = {}
    for variant, size, more in (("a", 60, 0), ("b", 66, 2)):
        habits = [chance.randrange(6) for _ in range(size)]
        drawn[variant] = [(max(0, h + more + chance.randrange(-3, 4)), h, 1 + chance.randrange(4)) for h in habits]
    return drawn


def test_the_numbers_are_those_of_an_independent_computation(spark: SparkSession, arms: dict) -> None:
    found = report_experiment_results(_exposures(spark, arms), filled(spark, dim_experiment, VARIANTS))
    rows = {row.metric: row for row in found.collect()}
    assert list(rows) == [m.name for m in METRICS]
    main = rows["content_completions"]
    assert (main.is_primary, main.experiment_name, main.control, main.variant) == (True, "Short", "a", "b")
    assert not any(row.is_primary for name, row in rows.items() if name != "content_completions")
    assert (main.users_control, main.users_treatment, main.is_usable, main.reason) == (60, 66, True, None)

    done, before = ({arm: [user[place] for user in users] for arm, users in arms.items()} for place in (0, 1))
    means = {arm: sum(values) / len(values) for arm, values in done.items()}
    assert (main.control_mean, main.treatment_mean) == pytest.approx((means["a"], means["b"]))
    slope = stats.linregress(before["a"] + before["b"], done["a"] + done["b"]).slope
    adjusted = {arm: [y - slope * x for x, y in zip(before[arm], done[arm], strict=True)] for arm in arms}
    a, b = adjusted["a"], adjusted["b"]
    difference = stats.tmean(b) - stats.tmean(a)
    variance = stats.tvar(b) / len(b) / means["a"] ** 2 + stats.tvar(a) / len(a) * means["b"] ** 2 / means["a"] ** 4
    assert main.test == "welch with CUPED" and main.lift == pytest.approx(difference / means["a"], rel=1e-6)
    assert (main.lift_upper - main.lift_lower) / 2 == pytest.approx(1.98 * math.sqrt(variance), rel=0.01)

    split = stats.chisquare([60, 66]).pvalue
    assert main.sample_ratio_p_value == pytest.approx(split) and not main.is_sample_ratio_mismatch
    sessions = {arm: sum(user[2] for user in users) for arm, users in arms.items()}
    ratio = rows["completions_per_session"]
    assert ratio.control_mean == pytest.approx(sum(done["a"]) / sessions["a"])
    share = rows["users_with_completion"]
    assert share.treatment_mean == pytest.approx(sum(value > 0 for value in done["b"]) / 66)


def test_without_values_from_before_the_test_is_welchs(spark: SparkSession, arms: dict) -> None:
    fresh = {arm: [(done, 0, sessions) for done, _, sessions in users] for arm, users in arms.items()}
    found = report_experiment_results(_exposures(spark, fresh), filled(spark, dim_experiment, VARIANTS))
    row = found.where("metric = 'content_completions'").first()
    a, b = ([user[0] for user in fresh[arm]] for arm in "ab")
    assert row.test == "welch" and row.lift == pytest.approx(stats.tmean(b) / stats.tmean(a) - 1)
    assert row.p_value == pytest.approx(0, abs=0.001) and row.lift_lower > 0


def test_crossovers_and_test_users_are_left_out_and_a_broken_split_is_said(spark: SparkSession) -> None:
    drawn = """
        experiment_id | user_id | variant | is_crossover | is_test | content_completions | sessions
        e             | u1      | a       | false        | false   | 1                   | 1
        e             | u2      | a       | false        | false   | 2                   | 1
        e             | u3      | a       | true         | false   | 90                  | 1
        e             | u4      | b       | false        | false   | 3                   | 1
        e             | u5      | b       | false        | false   | 4                   | 1
        e             | u6      | b       | true         | false   | 90                  | 1
        e             | u7      | b       | false        | true    | 90                  | 1
    """
    fact, variants = filled(spark, fact_experiment_exposure, drawn), filled(spark, dim_experiment, VARIANTS)
    only = "metric = 'content_completions'"
    expected = """
        users_control | users_treatment | users_crossover | control_mean | treatment_mean | lift   | is_sample_ratio_mismatch | is_usable | reason
        2             | 2               | 2               | 1.5          | 3.5            | 1.3333 | false                    | true      |
    """
    assert_rows(report_experiment_results(fact, variants).where(only), report_experiment_results, expected, tolerance=1e-4)
    # Two against two is no odd split, unless any split is said to be one.
    strict = report_experiment_results(fact, variants, sample_ratio_alpha=1.1).where(only)
    expected = """
        lift   | is_sample_ratio_mismatch | is_usable | reason
        1.3333 | true                     | false     | the users are not split as the weights say
    """
    assert_rows(strict, report_experiment_results, expected, tolerance=1e-4)


def test_what_all_users_did_before_exposure_explains_nothing(spark: SparkSession) -> None:
    """Everybody had a completion before: a proportion stays one, and is not taken for a mean without variation."""
    arms = {"a": [(n % 2, 1, 1) for n in range(10)], "b": [(1, 1, 1)] * 10}
    found = report_experiment_results(_exposures(spark, arms), filled(spark, dim_experiment, VARIANTS))
    row = next(row for row in found.collect() if row.metric == "users_with_completion")
    pooled = stats.chi2_contingency([[5, 5], [10, 0]], correction=False)
    assert (row.test, row.lift, row.reason) == ("pooled_z", 1.0, None) and row.p_value == pytest.approx(pooled.pvalue)


def test_what_cannot_be_computed_is_null_with_a_reason(spark: SparkSession) -> None:
    drawn = """
        experiment_id | user_id | variant | content_completions
        e             | u1      | a       | 1
        e             | u2      | a       | 2
        e             | u3      | b       | 2
        unlisted      | u1      | a       | 2
    """
    found = report_experiment_results(filled(spark, fact_experiment_exposure, drawn), filled(spark, dim_experiment, VARIANTS))
    expected = """
        experiment_id | experiment_name | variant | lift | p_value | is_usable | reason
        e             | Short           | b       |      |         | false     | an arm has fewer than 2 users
        unlisted      | unlisted        | a       |      |         | false     | the experiment has 0 controls, not one
    """
    assert_rows(found.where("metric = 'content_completions'"), report_experiment_results, expected)
    nobody = report_experiment_results(nothing(spark, fact_experiment_exposure), filled(spark, dim_experiment, VARIANTS))
    assert {row.reason for row in nobody.collect()} == {"an arm has fewer than 2 users"}
