-- How far do new users get within 7 days, and where do they stop? Users whose 7 days are not over are open, not lost.
SELECT funnel, step, step_name, entered, open, decided, reached, conversion_rate, step_conversion_rate, median_seconds
FROM gold.report_onboarding_funnel
WHERE split = 'total'
ORDER BY funnel, step
