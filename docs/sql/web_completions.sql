-- How many items were completed on the web in the last 30 days?
SELECT item_type, content_completions, items_completed, completing_users
FROM gold.report_content_completion
WHERE platform = 'web' AND item_type = 'total'
