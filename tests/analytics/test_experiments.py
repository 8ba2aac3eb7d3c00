"""From exposures and outcomes to a comparison of variants."""

import math
import random
from datetime import UTC, date, datetime, timedelta

import pytest

from engagement_lib.analytics.experiments import compare_variants, experiment_summary
from engagement_lib.analytics.exposures import OutcomeMetric, exposure_outcomes, first_exposures
from engagement_lib.analytics.statistics import SampleSums, compare_means, sample_ratio_mismatch
from tests.support import assert_rows, rows

EXPOSURES = "experiment_id string, user_id string, variant string, at timestamp"
OUTCOMES = "user_id string, at timestamp, day date, finished bigint, visits bigint"
VARIANTS = "experiment_id string, variant string, weight double, is_control boolean"
EXPOSED = "experiment_id string, user_id string, variant string, first_exposed_at timestamp, is_crossover boolean"
VALUES = (
    "user_id string, finished bigint, finished_before bigint, has_finished bigint, rate bigint, rate_denominator bigint, "
    "is_mature boolean"
)
FINISHED = OutcomeMetric("finished", "finished")
HAS_FINISHED = OutcomeMetric("has_finished", "finished", kind="proportion")
RATE = OutcomeMetric("rate", "finished", kind="ratio", denominator="visits")
W = date(2025, 2, 28)
TWO_ARMS = """
    experiment_id | variant | weight | is_control
    new-home      | a       | 0.5    | true
    new-home      | b       | 0.5    | false
"""


def exposed(exposures):
    names = {"experiment": "experiment_id", "user": "user_id", "variant": "variant", "timestamp": "at"}
    return first_exposures(exposures, **names, as_of=W)


def test_a_user_belongs_to_the_first_variant_seen_and_is_known_to_have_seen_others(spark):
    exposures = """
        experiment_id | user_id | variant | at
        new-home      | ana     | b       | 2025-02-01 10:00
        new-home      | ana     | b       | 2025-02-03 10:00
        new-home      | bob     | b       | 2025-02-02 10:00
        new-home      | bob     | a       | 2025-02-01 10:00
        other         | bob     | b       | 2025-02-01 10:00
        new-home      | kim     | a       | 2025-03-01 00:00
        new-home      |         | a       | 2025-02-01 10:00
    """
    assert_rows(
        exposed(rows(spark, EXPOSURES, exposures)),
        EXPOSED,
        """
        experiment_id | user_id | variant | first_exposed_at | is_crossover
        new-home      | ana     | b       | 2025-02-01 10:00 | false
        new-home      | bob     | a       | 2025-02-01 10:00 | true
        other         | bob     | b       | 2025-02-01 10:00 | false
        """,
    )


EXPOSED_ANA_AND_BOB = """
    experiment_id | user_id | variant | first_exposed_at    | is_crossover
    new-home      | ana     | a       | 2025-02-10 10:00:00 | false
    new-home      | bob     | b       | 2025-02-26 10:00:00 | false
"""


def test_outcomes_count_from_the_exposure_on_and_before_it_in_another_column(spark):
    outcomes = """
        user_id | at                  | finished | visits
        ana     | 2025-02-03 09:59:59 | 100      | 1
        ana     | 2025-02-03 10:00:00 | 1        | 1
        ana     | 2025-02-10 09:59:59 | 2        | 1
        ana     | 2025-02-10 10:00:00 | 4        | 2
        ana     | 2025-02-13 09:59:59 | 8        | 4
        ana     | 2025-02-13 10:00:00 | 16       | 8
        eve     | 2025-02-13 10:00:00 | 16       | 8
    """
    asked = {"experiment": "experiment_id", "user": "user_id", "timestamp": "at", "as_of": W}
    frames = rows(spark, EXPOSED, EXPOSED_ANA_AND_BOB), rows(spark, OUTCOMES, outcomes), [FINISHED, HAS_FINISHED, RATE]
    assert_rows(
        exposure_outcomes(*frames, **asked, pre_days=7),
        VALUES,
        """
        user_id | finished | finished_before | has_finished | rate | rate_denominator | is_mature
        ana     | 28       | 3               | 1            | 28   | 14               | true
        bob     | 0        | 0               | 0            | 0    | 0                | true
        """,
    )
    assert_rows(
        exposure_outcomes(*frames, **asked, post_days=3),
        VALUES,
        """
        user_id | finished | is_mature
        ana     | 12       | true
        bob     | 0        | false
        """,
    )


def test_of_daily_outcomes_the_day_of_the_exposure_is_the_first_one_after(spark):
    outcomes = """
        user_id | day        | finished
        ana     | 2025-02-08 | 100
        ana     | 2025-02-09 | 1
        ana     | 2025-02-10 | 2
        ana     | 2025-02-12 | 4
        ana     | 2025-02-13 | 8
    """
    asked = {"experiment": "experiment_id", "user": "user_id", "timestamp": "day", "as_of": W, "pre_days": 1, "post_days": 3}
    assert_rows(
        exposure_outcomes(rows(spark, EXPOSED, EXPOSED_ANA_AND_BOB), rows(spark, OUTCOMES, outcomes), [FINISHED], **asked),
        VALUES,
        """
        user_id | finished | finished_before | is_mature
        ana     | 6        | 1               | true
        bob     | 0        | 0               | true
        """,
    )


def test_what_happens_after_the_end_of_the_experiment_does_not_count(spark):
    exposed_until = rows(spark, EXPOSED, EXPOSED_ANA_AND_BOB).selectExpr(
        "*", "if(user_id = 'ana', timestamp '2025-02-11', null) as ended_at"
    )
    outcomes = """
        user_id | at               | finished
        ana     | 2025-02-10 23:59 | 1
        ana     | 2025-02-11 00:00 | 2
        bob     | 2025-02-27 00:00 | 4
        bob     | 2025-03-01 00:00 | 8
    """
    asked = {"experiment": "experiment_id", "user": "user_id", "timestamp": "at", "as_of": W, "ended_at": "ended_at"}
    got = exposure_outcomes(exposed_until, rows(spark, OUTCOMES, outcomes), [FINISHED], **asked).collect()
    assert {row.user_id: row.finished for row in got} == {"ana": 1, "bob": 4}


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
