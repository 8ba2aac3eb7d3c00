-- How many users are highly engaged, casual, at risk or dormant?
SELECT segment, count(*) AS users, count_if(is_new) AS new_users
FROM gold.report_user_segments
GROUP BY segment
ORDER BY users DESC
