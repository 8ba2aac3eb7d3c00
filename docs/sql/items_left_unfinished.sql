-- Which items are given up most often, of those with at least 5 attempts that are decided?
SELECT item_id, count_if(is_completed OR is_mature) AS decided_attempts, count_if(is_completed) AS completed_attempts,
  count_if(is_completed) / count_if(is_completed OR is_mature) AS completion_rate,
  median(max_progress) FILTER (WHERE NOT is_completed) AS median_progress_of_the_unfinished
FROM gold.fact_content_consumption
WHERE started_at IS NOT NULL
GROUP BY item_id
HAVING count_if(is_completed OR is_mature) >= 5 AND count_if(is_mature) > 0
ORDER BY completion_rate, item_id
