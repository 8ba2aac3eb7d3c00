"""From exposures and outcomes to a comparison of variants."""

import math
import random
from datetime import UTC, date, datetime, timedelta

import pytest

from engagement_lib.analytics.experiments import compare_variants, experiment_summary
from engagement_lib.analytics.exposures import OutcomeMetric
from engagement_lib.analytics.statistics import SampleSums, compare_means, sample_ratio_mismatch
from tests.support import rows

EXPOSURES = "experiment_id string, user_id string, variant string, at timestamp"
VARIANTS = "experiment_id string, variant string, weight double, is_control boolean"
EXPOSED = "experiment_id string, user_id string, variant string, first_exposed_at timestamp, is_crossover boolean"
FINISHED = OutcomeMetric("finished", "finished")
HAS_FINISHED = OutcomeMetric("has_finished", "finished", kind="proportion")
RATE = OutcomeMetric("rate", "finished", kind="ratio", denominator="visits")
W = date(2025, 2, 28)
TWO_ARMS = """
    experiment_id | variant | weight | is_control
    new-home      | a       | 0.5    | true
    new-home      | b       | 0.5    | false
"""


def test_frames_give_what_the_listed_values_give(spark):
    """Sixty users; crossovers are left out of the comparison and of the split, and counted."""
    draw = random.Random(12)
    start = datetime(2025, 2, 1, tzinfo=UTC)
    values = {f"u{n}": (draw.choice("ab"), draw.randrange(5), draw.randrange(5), 1 + draw.randrange(4)) for n in range(60)}
    exposures = [("new-home", user, variant, start) for user, (variant, *_) in values.items()]
    exposures += [("new-home", f"x{n}", variant, start) for n in range(3) for variant in "ab"]
    outcomes = [(user, start + timedelta(days=1), finished, visits) for user, (_, finished, _, visits) in values.items()]
    outcomes += [(user, start - timedelta(days=1), before, 1) for user, (_, _, before, _) in values.items()]
    outcomes += [(f"x{n}", start, 1000, 1) for n in range(3)]
    got = experiment_summary(
        spark.createDataFrame(exposures, EXPOSURES),
        spark.createDataFrame(outcomes, "user_id string, at timestamp, finished bigint, visits bigint"),
        rows(spark, VARIANTS, TWO_ARMS),
        [FINISHED, HAS_FINISHED, RATE],
        experiment="experiment_id",
        user="user_id",
        variant="variant",
        exposed_at="at",
        timestamp="at",
        as_of=W,
        pre_days=7,
    ).collect()

    def sums(arm, kind):
        listed = [rest for variant, *rest in values.values() if variant == arm]
        x, y, d = ([row[column] for row in listed] for column in range(3))
        if kind == "proportion":
            x, y = [int(v > 0) for v in x], [int(v > 0) for v in y]
        dot = lambda a, b: sum(v * w for v, w in zip(a, b, strict=True))  # noqa: E731
        return SampleSums(len(x), sum(x), dot(x, x), sum(d), dot(d, d), dot(x, d), sum(y), dot(y, y), dot(x, y))

    by_metric = {row.metric: row for row in got}
    for metric in (FINISHED, HAS_FINISHED, RATE):
        expected = compare_means(sums("a", metric.kind), sums("b", metric.kind), kind=metric.kind, cuped=metric.kind != "ratio")
        row = by_metric[metric.name]
        for name, value in vars(expected).items():
            assert row[name] == (pytest.approx(value) if isinstance(value, float) else value), (metric.name, name)
        assert (row.variant, row.control, row.users_crossover, row.users_immature) == ("b", "a", 3, 0)
        assert row.users_control + row.users_treatment == 60
        split = sample_ratio_mismatch([row.users_control, row.users_treatment], [1, 1])
        assert row.sample_ratio_p_value == pytest.approx(split.p_value)
    assert by_metric["finished"].test == "welch with CUPED"


def compared(users, variants, **asked):
    return compare_variants(users, variants, [FINISHED], experiment="experiment_id", **asked)


USERS = EXPOSED + ", finished bigint, finished_before bigint, is_mature boolean"


def test_users_who_are_still_on_the_way_are_counted_and_not_compared(spark):
    users = """
        experiment_id | user_id | variant | is_crossover | is_mature | finished
        new-home      | u1      | a       | false        | true      | 1
        new-home      | u2      | a       | false        | true      | 3
        new-home      | u3      | b       | false        | true      | 2
        new-home      | u4      | b       | false        | true      | 6
        new-home      | u5      | b       | false        | false     | 900
    """
    got = compared(rows(spark, USERS, users), rows(spark, VARIANTS, TWO_ARMS)).first()
    assert (got.users_control, got.users_treatment, got.users_immature) == (2, 2, 1)
    assert (got.control_mean, got.treatment_mean, got.estimate) == (2, 4, 1)
    assert got.sample_ratio_p_value == pytest.approx(sample_ratio_mismatch([2, 3], [1, 1]).p_value)


def test_no_answer_is_null_with_a_reason_for_each_kind_of_gap(spark):
    """An arm without users, an experiment without a control, and a variant that nobody planned."""
    users = """
        experiment_id | user_id | variant | is_crossover | is_mature | finished
        new-home      | u1      | a       | false        | true      | 1
        new-home      | u2      | a       | false        | true      | 3
        unplanned     | u1      | x       | false        | true      | 3
    """
    got = compared(rows(spark, USERS, users), rows(spark, VARIANTS, TWO_ARMS)).collect()
    answers = {row.experiment_id: (row.variant, row.users_treatment, row.estimate, row.p_value, row.reason) for row in got}
    assert answers == {
        "new-home": ("b", 0, None, None, "an arm has fewer than 2 users"),
        "unplanned": ("x", 1, None, None, "the experiment has 0 controls, not one"),
    }
    assert {row.sample_ratio_p_value < 1 for row in got if row.experiment_id == "new-home"} == {True}


def test_one_experiment_whose_weights_mean_nothing_does_not_cost_the_others_their_answer(spark):
    users = "experiment_id | user_id | variant | is_crossover | is_mature | finished\n" + "\n".join(
        f"{experiment} | u{n} | {arm} | false | true | {n}" for experiment in ("odd", "sound") for n, arm in enumerate("aabb")
    )
    variants = """
        experiment_id | variant | weight | is_control
        odd           | a       | 50     | true
        odd           | b       | -1     | false
        sound         | a       | 50     | true
        sound         | b       | 50     | false
    """
    got = {row.experiment_id: row for row in compared(rows(spark, USERS, users), rows(spark, VARIANTS, variants)).collect()}
    assert (got["odd"].estimate, got["odd"].sample_ratio_p_value) == (None, None)
    assert got["odd"].reason == "a variant has a weight below 0"
    assert (got["sound"].estimate, got["sound"].sample_ratio_p_value) == (4, 1)


def test_a_variant_that_nobody_planned_has_no_result(spark):
    users = "experiment_id | user_id | variant | is_crossover | is_mature | finished\n" + "\n".join(
        f"new-home | u{n} | {arm} | false | true | {n}" for n, arm in enumerate("aabb")
    )
    variants = "experiment_id | variant | weight | is_control\nnew-home | a | 50 | true"
    (found,) = compared(rows(spark, USERS, users), rows(spark, VARIANTS, variants)).collect()
    assert (found.variant, found.estimate, found.reason) == ("b", None, "the variant is in no plan, or has no weight")


def split_p_value(spark, users, weights):
    """``weights`` of the first variants, of which the first is the control; the other variants are in no plan."""
    seen = [("e", f"{arm}{n}", arm, None, False, n % 3, True) for arm, count in users.items() for n in range(count)]
    plan = [f"e | {arm} | {weight} | {str(arm == 'a').lower()}" for arm, weight in zip(users, weights, strict=False)]
    variants = "\n".join(["experiment_id | variant | weight | is_control", *plan])
    found = compared(
        spark.createDataFrame(seen, EXPOSED + ", finished bigint, is_mature boolean"), rows(spark, VARIANTS, variants)
    )
    (p_value,) = {row.sample_ratio_p_value for row in found.collect()}
    return p_value


@pytest.mark.parametrize(("weights", "is_as_planned"), [((0.9, 0.1), True), ((0.5, 0.5), False)])
def test_a_split_is_judged_by_the_planned_weights(spark, weights, is_as_planned):
    assert (split_p_value(spark, {"a": 900, "b": 100}, weights) > 0.001) == is_as_planned


def test_users_of_a_variant_without_a_weight_are_no_part_of_the_split(spark):
    users = {"a": 900, "b": 100, "c": 50}
    assert split_p_value(spark, users, (0.9, 0.1, "null")) == split_p_value(spark, users, (0.9, 0.1)) == 1
    assert split_p_value(spark, users, (0.9, 0.1, 0.5)) < 0.001


def test_each_variant_is_compared_with_the_one_control(spark):
    visits = {"a": range(4), "b": range(4), "c": range(0, 8, 2)}
    users = [("e", f"{arm}{n}", arm, None, False, n, True) for arm, numbers in visits.items() for n in numbers]
    schema = EXPOSED + ", finished bigint, is_mature boolean"
    variants = """
        experiment_id | variant | weight | is_control
        e             | a       | 1      | false
        e             | b       | 1      | true
        e             | c       | 1      | false
    """
    frames = spark.createDataFrame(users, schema), rows(spark, VARIANTS, variants)
    lifts = compared(*frames, lift="absolute").collect()
    assert {(row.control, row.variant): row.estimate for row in lifts} == {("b", "a"): 0, ("b", "c"): 1.5}
    bayes = compared(*frames, test="bayesian").where("variant = 'c'").first()
    assert bayes.chance_to_win > 0.7 and math.isfinite(bayes.risk_treatment) and bayes.p_value is None


def test_arguments_that_do_not_fit_the_metrics_are_refused_before_anything_runs(spark):
    users = rows(spark, USERS, "experiment_id | user_id | variant | is_crossover | is_mature | finished")
    with pytest.raises(ValueError, match="pooled_z compares plain proportions"):
        compared(users, rows(spark, VARIANTS, TWO_ARMS), test="pooled_z")
    with pytest.raises(ValueError, match="metric rate is a ratio: a ratio has a denominator"):
        OutcomeMetric("rate", "finished", kind="ratio")
