-- How much of a month do its users come, on each day?
SELECT activity_date, daily_active_users, weekly_active_users, monthly_active_users_30d, stickiness, dau_over_mau, is_partial_window
FROM gold.report_active_windows
WHERE split = 'total'
ORDER BY activity_date
