-- How many users are active on each day, and how many of them learn?
SELECT activity_date, daily_active_users, daily_active_learners
FROM gold.report_daily_engagement
WHERE split = 'total'
ORDER BY activity_date
