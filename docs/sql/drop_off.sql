-- Where do sessions end that start an item and finish none, in the last 30 days?
SELECT place, place_value, dropped_sessions, drop_off_share
FROM gold.report_drop_off
WHERE split = 'total'
ORDER BY place, dropped_sessions DESC, place_value
