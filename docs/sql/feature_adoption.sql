-- Who of those who may use a feature does so, and again?
SELECT feature_name, eligible_users, adopting_users, feature_adoption_rate, repeat_users, repeat_rate
FROM gold.report_feature_adoption
WHERE period = 'since_launch'
ORDER BY feature_adoption_rate DESC
