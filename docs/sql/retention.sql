-- Which share of the new users comes back after a day, a week and a month?
SELECT
  day_n,
  sum(eligible) AS eligible,
  sum(retained_on) AS retained,
  sum(retained_on) / nullif(sum(eligible), 0) AS retention_rate,
  sum(retained_24h) / nullif(sum(eligible_24h), 0) AS retention_rate_24h
FROM gold.report_retention
GROUP BY day_n
ORDER BY day_n
