"""The page of the product team."""

from tests.trust.page_numbers.formats import change_in_points, percent
from tests.trust.page_numbers.improvements import IN_RANGE, back_on
from tests.trust.page_numbers.number import CHOSEN, Number

ADOPTED = "Users who adopted a feature since its launch"
BY_WEEK = "Share of active users who use a feature, by week"
BY_DAY = "Back on day 7, by first active day"


def _adopted(feature: str, when: str = "period = 'since_launch'") -> str:
    return (
        "select adopting_users / eligible_users from gold.report_feature_adoption"
        f" where feature_name = '{feature}' and {when} and not is_partial_window"
    )


def _stickiness(back: int = 0, at: str = "split = $split and split_value = $value") -> str:
    before = f", max(stickiness) filter (activity_date = $last - {back})" if back else ""
    return f"select max(stickiness) filter (activity_date = $last){before} from gold.report_active_windows where {at}"


def _of_last_day(platform: str) -> str:
    return f"select sum(content_events) / count(*) from gold.fact_session where session_date = $last and platform = '{platform}'"


PRODUCT = (
    Number(ADOPTED, _adopted("Ask the book"), "Ask the book", form=percent),
    Number(ADOPTED, _adopted("Shared spaces"), "Shared spaces", form=percent),
    Number(BY_WEEK, _adopted("Ask the book", "period = 'week' and period_start = $week"), "{week}", "Ask the book", percent),
    Number(
        BY_WEEK, _adopted("Offline download", "period = 'week' and period_start = $week"), "{week}", "Offline download", percent
    ),
    Number("Back on day 1", back_on(1, IN_RANGE), form=percent),
    Number("Back on day 7", back_on(7, IN_RANGE), form=percent),
    Number("Back on day 30", back_on(30, IN_RANGE), form=percent),
    Number("Stickiness", _stickiness(), form=percent),
    Number("Stickiness", _stickiness(30), column="change", form=change_in_points),
    Number(BY_DAY, back_on(7, "cohort_date = $week"), "{week}", BY_DAY, percent),
    Number("Stickiness by platform", _stickiness(at="split_value = 'web'"), "{last}", "web", percent),
    Number("Content events per session, by platform", _of_last_day("web"), "{last}", "web"),
    Number(
        "Sessions without a finish, by last screen",
        "select count(*) from gold.fact_session where items_started > 0 and items_finished = 0 and exit_screen is null"
        f" and session_date > (select max(activity_date) from gold.report_daily_engagement) - 30 and {CHOSEN}",
        "unknown",
    ),
)
