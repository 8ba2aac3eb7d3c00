"""What each variant of an experiment did against the control, and whether that may be believed."""

from typing import get_args

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from engagement_lib import vocabulary as v
from engagement_lib.analytics.experiments import compare_variants
from engagement_lib.analytics.exposures import OutcomeMetric
from engagement_lib.analytics.samples import Kind
from engagement_lib.engine.table import Field, Rebuild, Rule, table
from engagement_lib.tables.gold.dim_experiment import dim_experiment
from engagement_lib.tables.gold.fact_experiment_exposure import fact_experiment_exposure

METRICS = (
    OutcomeMetric("content_completions", "content_completions"),
    OutcomeMetric("attempts_started", "attempts_started"),
    OutcomeMetric("sessions", "sessions"),
    OutcomeMetric("users_with_completion", "content_completions", "proportion"),
    OutcomeMetric("completions_per_session", "content_completions", "ratio", "sessions"),
)


def _number(name: str, description: str) -> Field:
    return Field(name, "double", description)


@table(
    inputs=(fact_experiment_exposure, dim_experiment),
    grain=("experiment_id", "metric", "variant"),
    fields=(
        Field("experiment_id", "string", "The experiment.", required=True),
        Field("experiment_name", "string", "What people call it; its id where no source says so."),
        Field("metric", "string", "What is compared per user, from the first exposure on.", required=True),
        Field(
            "is_primary", "boolean", "Whether the metric decides the experiment; the others may differ by chance.", required=True
        ),
        Field("variant", "string", "The variant that is compared with the control.", required=True),
        Field("control", "string", "The control variant; null where there is not exactly one."),
        Field("kind", "string", "Mean of the users' sums, proportion of users, or ratio of sums.", allowed=get_args(Kind)),
        v.count("users_control", "Users of the control that are compared."),
        v.count("users_treatment", "Users of the variant that are compared."),
        v.count("users_crossover", "Users of the experiment who saw several variants and are left out."),
        _number("control_mean", "Mean of the control as observed."),
        _number("treatment_mean", "Mean of the variant as observed."),
        _number("lift", "Mean of the variant / mean of the control - 1, with CUPED without what the days before explain."),
        _number("lift_lower", "Lower end of the 95 % confidence interval of the lift."),
        _number("lift_upper", "Upper end of the 95 % confidence interval of the lift."),
        _number("p_value", "Chance of a difference at least so large if the null hypothesis is true."),
        Field("test", "string", "The test, with CUPED where values from before exposure are used."),
        Field("null_hypothesis", "string", "What the p-value belongs to, in words."),
        _number("minimum_detectable_effect", "Smallest true lift that users of this number and spread show with 80 % power."),
        _number("sample_ratio_p_value", "Chance of a split at least so uneven if users were split by the weights."),
        Field("is_sample_ratio_mismatch", "boolean", "The split is broken (p < 0.001): the lift is unusable.", required=True),
        Field("is_usable", "boolean", "There is a lift, and the split is not broken.", required=True),
        Field("reason", "string", "Why there is no usable lift; null where there is one."),
    ),
    rules=(
        Rule("lift_within_interval", "lift IS NULL OR lift BETWEEN lift_lower AND lift_upper"),
        Rule(
            "p_values_are_chances", "coalesce(p_value, 0) BETWEEN 0 AND 1 AND coalesce(sample_ratio_p_value, 0) BETWEEN 0 AND 1"
        ),
        Rule("unusable_with_a_reason", "is_usable = (reason IS NULL)"),
        Rule("split_as_meant", "NOT is_sample_ratio_mismatch", "warn"),
    ),
    write=Rebuild(),
)
def report_experiment_results(
    fact_experiment_exposure: DataFrame, dim_experiment: DataFrame, *, sample_ratio_alpha: float = 0.001
) -> DataFrame:
    """One row per experiment, metric and variant that is not the control: its lift over users first exposed to either.

    Crossovers are left out and counted; test users are left out. CUPED is used for means and proportions where what users
    did in the days before exposure differs. A broken split makes a lift unusable, but it is shown. No correction is made for
    several metrics, variants or looks: decide by the primary metric, at a size planned before.
    """
    per_user = fact_experiment_exposure.where("NOT is_test").select(
        "experiment_id", "variant", "is_crossover", F.lit(True).alias("is_mature"), *_values()
    )
    variants = dim_experiment.select("experiment_id", "variant", "weight", "is_control")
    found = compare_variants(per_user, variants, METRICS, experiment="experiment_id", cuped=True)
    named = dim_experiment.groupBy("experiment_id").agg(
        F.max("name").alias("_name"), F.max("primary_metric").alias("primary_metric")
    )
    is_broken = F.coalesce(F.col("sample_ratio_p_value") < sample_ratio_alpha, F.lit(False))
    reason = F.coalesce("reason", F.when(is_broken, "the users are not split as the weights say"))
    judged = found.join(named, "experiment_id", "left").withColumns({"_is_broken": is_broken, "_reason": reason})
    return judged.select(
        *["experiment_id", F.coalesce("_name", "experiment_id").alias("experiment_name"), "metric"],
        F.equal_null("metric", "primary_metric").alias("is_primary"),
        *["variant", "control", "kind", "users_control", "users_treatment", "users_crossover", "control_mean", "treatment_mean"],
        F.col("estimate").alias("lift"),
        F.col("lower").alias("lift_lower"),
        F.col("upper").alias("lift_upper"),
        *["p_value", "test", "null_hypothesis", "minimum_detectable_effect", "sample_ratio_p_value"],
        F.col("_is_broken").alias("is_sample_ratio_mismatch"),
        F.col("_reason").isNull().alias("is_usable"),
        F.col("_reason").alias("reason"),
    )


def _values() -> list:
    """Each metric's value per user, its denominator and its value before exposure."""
    values = []
    for metric in METRICS:
        for suffix in ("", "_before"):
            value = F.col(metric.value + suffix)
            values.append(((value > 0).cast("bigint") if metric.kind == "proportion" else value).alias(metric.name + suffix))
        if metric.denominator:
            values.append(F.col(metric.denominator).alias(f"{metric.name}_denominator"))
    return values
