"""The overview."""

from tests.trust.page_numbers.formats import change, change_in_points, percent
from tests.trust.page_numbers.number import CHOSEN, Number

IN_RANGE = "activity_date between $first and $last"
BEFORE = "activity_date between $first_before and $last_before"
_IN_SPLIT = "split = $split and split_value = $value"
_LAST_DAY = "activity_date = $last"
#: The users of each day, out of the fact: a day without any is a 0 of the mean.
_A_DAY = (
    "select count(distinct (activity_date, user_id)) / ($last - $first + 1) from gold.fact_user_engagement where {} and {} and {}"
)
_PLATFORM = "platform = if($split = 'platform', $value, 'total')"


def _daily(what: str) -> str:
    return f"select {what} from gold.report_daily_engagement where {_IN_SPLIT}"


def _sum(column: str) -> str:
    return _daily(f"sum({column}) filter ({IN_RANGE})")


def _window(column: str, back: int = 0) -> str:
    """Of the window that ends on the last day; also of the one before, unless it is of too few days."""
    before = f", max({column}) filter (activity_date = $last - {back})" if back else ""
    return f"select max({column}) filter ({_LAST_DAY}){before} from gold.report_active_windows where {_IN_SPLIT} and not is_partial_window"


def _of_value(column: str, split: str, value: str) -> str:
    """Of the last day, of one value of a split."""
    return (
        f"select {column} from gold.report_daily_engagement where split = '{split}' and split_value = '{value}' and {_LAST_DAY}"
    )


def _region(area: str, platform: str) -> str:
    return f"select regional_active_users from gold.report_regional_activity where area = '{area}' and {platform}"


OVERVIEW = (
    Number("Daily active users, mean", _A_DAY.format(CHOSEN, IN_RANGE, "is_active")),
    Number("Daily active learners, mean", _A_DAY.format(CHOSEN, IN_RANGE, "is_learner")),
    Number("Weekly active users", _window("weekly_active_users")),
    Number("Weekly active users", _window("weekly_active_users", 7), column="change", form=change),
    Number("Monthly active users", _window("monthly_active_users_30d")),
    Number("Stickiness", _window("stickiness"), form=percent),
    Number("Stickiness", _window("stickiness", 30), column="change", form=change_in_points),
    Number("Completions", _sum("content_completions")),
    Number(
        "Completions",
        _daily(f"sum(content_completions) filter ({IN_RANGE}), sum(content_completions) filter ({BEFORE})"),
        column="change",
        form=change,
    ),
    Number("Sessions", f"select count(*) from gold.fact_session where session_date between $first and $last and {CHOSEN}"),
    Number("Items started", _sum("items_started")),
    Number(
        "Active users and learners per day",
        _daily(f"max(daily_active_learners) filter ({_LAST_DAY})"),
        "{last}",
        "Daily active learners",
    ),
    Number("Active users in 30 and 7 days", _window("monthly_active_users_30d"), "{last}", "Monthly active users 30d"),
    Number("Active users per day by platform", _of_value("daily_active_users", "platform", "web"), "{last}", "web", follows=()),
    Number("Completions per day by platform", _of_value("content_completions", "platform", "web"), "{last}", "web", follows=()),
    Number("Sessions per day by access type", _of_value("sessions", "user_access_type", "premium"), "{last}", "premium"),
    Number("Active users per day by country", _of_value("daily_active_users", "country_code", "DE"), "{last}", "Germany"),
    Number("Active users of 30 days by country", _region("DE", _PLATFORM), "Germany", follows=("platform",)),
    Number("DACH: active users of 30 days by platform", _region("DACH", "platform = 'web'"), "web"),
    Number(
        "Completions of 30 days by kind of item",
        "select content_completions from gold.report_content_completion"
        f" where item_type = 'book' and item_id = 'total' and content_format = 'total' and {_PLATFORM}",
        "book",
        follows=("platform",),
    ),
    Number(
        "Most completed items of 30 days",
        "select content_completions from gold.report_content_completion"
        f" where item_title = 'Small Habits' and content_format = 'text' and {_PLATFORM}",
        ("Small Habits", "text"),
        "Content completions",
        follows=("platform",),
    ),
)
