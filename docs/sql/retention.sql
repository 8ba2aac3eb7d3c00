-- Which share of users comes back a day, a week and a month after the first active day, and which within each of the first four weeks?
SELECT
  CASE WHEN day_n = last_day_n THEN concat('D', day_n) ELSE concat('W', last_day_n DIV 7) END AS back,
  sum(eligible) AS eligible,
  sum(retained_on) AS retained,
  sum(retained_on) / nullif(sum(eligible), 0) AS retention_rate,
  sum(retained_24h) / nullif(sum(eligible_24h), 0) AS retention_rate_24h
FROM gold.report_retention
WHERE cohort_type = 'day'
GROUP BY day_n, last_day_n
ORDER BY day_n = last_day_n DESC, day_n
