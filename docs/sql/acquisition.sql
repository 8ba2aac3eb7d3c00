-- What becomes of the users that each channel brings? Several weeks together: sums of the counts, never means of rates.
SELECT acquisition_channel, new_users, first_content_users, first_content_eligible, first_content_rate, d7_rate, trial_to_paid_rate
FROM gold.report_acquisition
WHERE cohort_week IS NULL
ORDER BY new_users DESC, acquisition_channel
