-- How many users in Germany, Austria and Switzerland were active on mobile in the last 30 days?
SELECT area, regional_active_users, regional_active_learners
FROM gold.report_regional_activity
WHERE platform = 'mobile' AND (area = 'DACH' OR area IN ('DE', 'AT', 'CH'))
ORDER BY area_type DESC, area
