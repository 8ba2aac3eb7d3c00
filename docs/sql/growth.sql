-- Where do the active users of each week come from, and how many are lost?
SELECT period_start, active, new, retained, resurrected, churned, quick_ratio
FROM gold.report_growth
WHERE period = 'week' AND is_mature
ORDER BY period_start
