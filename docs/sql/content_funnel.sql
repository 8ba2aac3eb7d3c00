-- How many attempts at an item end with its completion, by format and by kind of item?
-- Never finishes / starts: finishes without a start stand apart, attempts that may be finished yet are open.
SELECT split, split_value, started_attempts, open_attempts, completed_attempts, decided_attempts, completion_rate, orphan_finishes
FROM gold.report_content_funnel
WHERE split IN ('total', 'content_format', 'item_type')
ORDER BY split, split_value
