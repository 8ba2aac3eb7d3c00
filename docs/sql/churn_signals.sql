-- How many users show signs of leaving, and which?
SELECT score, count(*) AS users, count_if(sessions_fell) AS fewer_sessions, count_if(completion_fell) AS fewer_completions, count_if(feature_use_fell) AS fewer_feature_uses
FROM gold.report_churn_signals
WHERE has_history
GROUP BY score
ORDER BY score DESC
