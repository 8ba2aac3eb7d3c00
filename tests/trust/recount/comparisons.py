"""Experiments judged by scipy from the values of single users."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
from scipy import stats

#: By metric its value of a user, its value before the exposure (None: not used), and what it is divided by.
METRICS = {
    "content_completions": ("content_completions", "content_completions_before", "1"),
    "attempts_started": ("attempts_started", "attempts_started_before", "1"),
    "sessions": ("sessions", "sessions_before", "1"),
    "users_with_completion": ("(content_completions > 0)::integer", "(content_completions_before > 0)::integer", "1"),
    "completions_per_session": ("content_completions", None, "sessions"),
}
COLUMNS = ("lift", "lift_lower", "lift_upper", "p_value", "minimum_detectable_effect", "sample_ratio_p_value")


def add_comparisons(database: duckdb.DuckDBPyConnection) -> None:
    """Adds the table recount.experiment_results: treatment against control of each experiment of even weights.

    Welch's test of the relative lift, whose error is that of a quotient of means (delta method); with CUPED values lose what
    those before the exposure explain, by one slope for both variants.
    """
    numbers = ", ".join(f"{name} double" for name in COLUMNS)
    database.execute(
        f"create table recount.experiment_results (experiment_id varchar, metric varchar, variant varchar, {numbers})"
    )
    experiments = database.execute("select distinct experiment_id from recount.experiment_users").fetchall()
    for experiment, metric in [(row[0], metric) for row in experiments for metric in METRICS]:
        control, treatment = (_arm(database, experiment, variant, metric) for variant in ("control", "treatment"))
        row = [experiment, metric, "treatment", *_compared(control, treatment)]
        database.execute("insert into recount.experiment_results values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _arm(database: duckdb.DuckDBPyConnection, experiment: str, variant: str, metric: str) -> Any:
    """The users' values, values before and denominators, one row each."""
    value, before, under = METRICS[metric]
    query = (
        f"select {value}, {before or 0}, {under} from recount.experiment_users"
        " where experiment_id = ? and variant = ? and not is_crossover and not is_test"
    )
    return np.array(database.execute(query, [experiment, variant]).fetchall(), dtype=float).T


def _compared(control: Any, treatment: Any) -> list[float]:
    value, before, _ = np.concatenate([control, treatment], axis=1)
    slope = np.cov(value, before)[0, 1] / before.var(ddof=1) if before.any() else 0.0
    # Each user's share in the mean (or in the quotient of sums) of the variant, and that without what the days before explain.
    means = [arm[0].sum() / arm[2].sum() for arm in (control, treatment)]
    shares = [
        (arm[0] - m * arm[2]) / arm[2].mean() + m - slope * arm[1] for arm, m in zip((control, treatment), means, strict=True)
    ]
    base, growth = means[0], means[1] / means[0]
    lift = (shares[1].mean() - shares[0].mean()) / base
    errors = [share.var(ddof=1) / len(share) for share in shares]
    freedom = sum(errors) ** 2 / sum(e**2 / (len(share) - 1) for e, share in zip(errors, shares, strict=True))
    error = np.sqrt(errors[1] + errors[0] * growth**2) / base
    test = stats.t(freedom)
    width = test.ppf(0.975) * error
    detectable = (test.ppf(0.975) + test.ppf(0.8)) * np.sqrt(sum(errors)) / base
    split = stats.chisquare([len(share) for share in shares]).pvalue
    return [float(x) for x in (lift, lift - width, lift + width, 2 * test.sf(abs(lift / error)), detectable, split)]
