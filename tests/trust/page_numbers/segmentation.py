"""Segmentation."""

from tests.trust.page_numbers.formats import duration, percent
from tests.trust.page_numbers.number import CHOSEN, Number


def _users(segment: str, where: str = CHOSEN) -> str:
    return f"select count(*) from gold.report_user_segments where segment = '{segment}' and {where}"


def _active_days(window: int, days: int) -> str:
    return (
        "select users from gold.report_stickiness where split = $split and split_value = $value"
        f" and window_days = {window} and active_days = {days}"
    )


def _growth(column: str) -> str:
    return f"select {column} from gold.report_growth where period = 'week' and period_start = $week"


def _sessions(what: str) -> str:
    return f"select {what} from gold.fact_session where session_date between $first and $last and {CHOSEN}"


def _of_last_day(what: str, split: str, value: str) -> str:
    return f"select {what} from gold.fact_session where session_date = $last and {split} = '{value}'"


LOST = "Users gained and lost each week"
ACTIVE = "Active users of each week: retained, back again, new"

SEGMENTATION = (
    Number("Users by segment", _users("highly_engaged"), "Highly engaged"),
    Number("Users by segment", _users("casual"), "Casual"),
    Number("Users by segment", _users("at_risk"), "At risk"),
    Number("Users by segment", _users("dormant"), "Dormant"),
    Number("At risk, by country", _users("at_risk", "country_code = 'DE'"), "Germany"),
    Number("Users by active days, of the last 28", _active_days(28, 3), "3", "Users"),
    Number("Users by active days, of the last 7", _active_days(7, 1), "1", "Users"),
    Number(ACTIVE, _growth("retained"), "{week}", "Retained"),
    Number(ACTIVE, _growth("new"), "{week}", "New"),
    Number(LOST, _growth("churned"), "{week}", "Churned"),
    Number("Gained per lost user", _growth("quick_ratio"), "{week}", "Gained per lost user"),
    Number("Engaged sessions", _sessions("count_if(is_engaged) / count(*)"), form=percent),
    Number(
        "Sessions per user and day",
        _sessions("count(user_id) / count(distinct (session_date, user_id)) filter (user_id is not null)"),
    ),
    Number("Engaged time per session", _sessions("sum(engaged_seconds) / count(*)"), form=duration),
    Number("Content events per session", _sessions("sum(content_events) / count(*)")),
    Number(
        "Median session, by platform",
        _of_last_day("median(duration_seconds)", "platform", "web"),
        "{last}",
        "web",
        form=duration,
    ),
    Number(
        "Engaged sessions by access type",
        _of_last_day("count_if(is_engaged) / count(*)", "user_access_type", "premium"),
        "{last}",
        "premium",
        form=percent,
    ),
)
