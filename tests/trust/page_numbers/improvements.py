"""Improvements; what is about coming back stands on the product page too."""

from tests.trust.page_numbers.formats import p_value, percent, plain, whole_percent
from tests.trust.page_numbers.number import Number

BY_WEEK = "Users back 1, 7 and 30 days after their first, by week (%)"
IN_WEEKS = "Users back in weeks 1 to 4 after their first day, by week (%)"
LIFT = "Lift on the primary metric, with its 95 % interval"
COMPARISONS = "All comparisons, and why some are not usable"
CHAPTERS, TOUR = "Short chapters in the reader", "Guided tour after sign-up"


def back_on(day: int, cohorts: str, what: str = "retained_on") -> str:
    """The users back on a day, of all for whom it is over, as the facts by country, access type and channel say."""
    return (
        f"select sum({what}) / nullif(sum(eligible), 0) from gold.fact_user_retention_cohorts"
        f" where cohort_type = 'day' and day_n = {day} and last_day_n = {day} and {cohorts}"
    )


IN_RANGE = "cohort_date between $first and $last"


def _in_week(cohort: str, first: int, last: int) -> str:
    """Of the users of a week, those back from the first to the last day; nothing until that is over for all of them."""
    return (
        "select if(sum(eligible) = sum(cohort_size), sum(retained_on) / sum(eligible), null) from gold.fact_user_retention_cohorts"
        f" where cohort_type = 'week' and cohort_date = '{cohort}' and day_n = {first} and last_day_n = {last}"
    )


def _result(column: str, experiment: str, metric: str) -> str:
    return f"select {column} from gold.report_experiment_results where experiment_name = '{experiment}' and metric = '{metric}'"


def _users(signals: str) -> str:
    return f"select count(*) from gold.report_churn_signals where score {signals}"


IMPROVEMENTS = (
    Number(LIFT, _result("lift", CHAPTERS, "content_completions"), CHAPTERS, "Lift", percent),
    Number(LIFT, _result("lift_lower", CHAPTERS, "content_completions"), CHAPTERS, "Lift lower", percent),
    Number(LIFT, _result("users_treatment", CHAPTERS, "content_completions"), CHAPTERS, "Users treatment", plain),
    Number(COMPARISONS, _result("lift", TOUR, "sessions"), (TOUR, "sessions"), "Lift", percent),
    Number(COMPARISONS, _result("p_value", TOUR, "sessions"), (TOUR, "sessions"), "P value", p_value),
    Number(
        COMPARISONS, _result("p_value", CHAPTERS, "content_completions"), (CHAPTERS, "content_completions"), "P value", p_value
    ),
    Number("Back on day 1", back_on(1, IN_RANGE), form=percent),
    Number("Back on day 7", back_on(7, IN_RANGE), form=percent),
    Number("Back on day 30", back_on(30, IN_RANGE), form=percent),
    Number("Back on day 7 or later", back_on(7, IN_RANGE, "retained_on_or_after"), form=percent),
    Number(BY_WEEK, _in_week("2025-03-10", 1, 1), "10 Mar 2025", "1", whole_percent),
    Number(BY_WEEK, _in_week("2025-02-10", 30, 30), "10 Feb 2025", "30", whole_percent),
    Number(BY_WEEK, _in_week("2025-03-24", 7, 7), "24 Mar 2025", "7", whole_percent),
    Number(
        BY_WEEK,
        "select sum(cohort_size) from gold.fact_user_retention_cohorts"
        " where cohort_type = 'week' and cohort_date = '2025-03-17' and day_n = 1 and last_day_n = 1",
        "17 Mar 2025",
        "1",
        tip="Cohort size",
    ),
    Number(IN_WEEKS, _in_week("2025-03-03", 8, 14), "3 Mar 2025", "2", whole_percent),
    Number(IN_WEEKS, _in_week("2025-03-10", 15, 21), "10 Mar 2025", "3", whole_percent),
    Number(
        "Back on day 1, by first active day",
        back_on(1, "cohort_date = $week"),
        "{week}",
        "Back on day 1, by first active day",
        percent,
    ),
    Number("Users by number of signals", _users("= 1"), "1", "Users"),
    Number("Users by number of signals", _users("is null"), "not yet", "Users"),
)
