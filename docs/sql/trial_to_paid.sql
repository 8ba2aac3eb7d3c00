-- How many trials are paid for, by plan? Running trials are open, refunded ones no conversions.
SELECT split_value AS plan, trials, open_trials, decided_trials, converted_trials, refunded_trials, unpaid_trials, trial_to_paid_rate
FROM gold.report_subscription_funnel
WHERE split IN ('total', 'plan')
ORDER BY split, plan
