-- Did the experiment move its primary metric, and may the answer be believed?
SELECT experiment_name, variant, control_mean, treatment_mean, lift, lift_lower, lift_upper, p_value, test, users_crossover, is_usable, reason
FROM gold.report_experiment_results
WHERE is_primary
ORDER BY experiment_name, variant
