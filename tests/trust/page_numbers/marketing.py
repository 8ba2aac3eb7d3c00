"""The page of the marketing team."""

from tests.trust.page_numbers.formats import change, percent
from tests.trust.page_numbers.number import Number

#: Weeks that lie wholly in the range.
IN_RANGE = "cohort_week >= $first and cohort_week + 6 <= $last"
#: As many weeks earlier, as the range is long.
BEFORE = "cohort_week >= $first - $whole_weeks and cohort_week + 6 <= $last - $whole_weeks"
BY_WEEK = "Back on day 7, by week of day 0"


def _weeks(what: str) -> str:
    """Of all channels: the sum of each of them, so not the rows of all channels that the page shows."""
    return f"select {what} from gold.report_acquisition where acquisition_channel <> 'total' and cohort_week is not null"


def _in_range(above: str, below: str) -> str:
    return _weeks(f"sum({above}) / sum({below})") + f" and {IN_RANGE}"


def _channel(what: str, channel: str) -> str:
    """Over all weeks, as the sum of the weeks."""
    return f"select {what} from gold.report_acquisition where acquisition_channel = '{channel}' and cohort_week is not null"


MARKETING = (
    Number("New users", _weeks("sum(new_users)") + f" and {IN_RANGE}"),
    Number(
        "New users",
        _weeks(f"sum(new_users) filter ({IN_RANGE}), sum(new_users) filter ({BEFORE})"),
        column="change",
        form=change,
    ),
    Number("Finished an item in 7 days", _in_range("first_content_users", "first_content_eligible"), form=percent),
    Number("Back on day 7", _in_range("d7_retained", "d7_eligible"), form=percent),
    Number("Trials paid for", _in_range("converted_trials", "decided_trials"), form=percent),
    Number(
        "New users of each week by channel", _channel("new_users", "organic") + " and cohort_week = $week", "{week}", "organic"
    ),
    Number("New users by channel", _channel("sum(new_users)", "organic"), "organic"),
    Number("New users by channel", _channel("sum(new_users)", "unknown"), "unknown"),
    Number(
        "Finished an item in 7 days, by channel",
        _channel("sum(first_content_users) / sum(first_content_eligible)", "referral"),
        "referral",
        form=percent,
    ),
    Number(
        "Finished an item in 7 days, by channel",
        _channel("sum(first_content_eligible)", "referral"),
        "referral",
        tip="First content eligible",
    ),
    Number(
        "Back on day 7, by channel", _channel("sum(d7_retained) / sum(d7_eligible)", "paid_search"), "paid_search", form=percent
    ),
    Number(
        "Trials paid for, by channel",
        _channel("sum(converted_trials) / sum(decided_trials)", "newsletter"),
        "newsletter",
        form=percent,
    ),
    Number(BY_WEEK, _weeks("sum(d7_retained) / sum(d7_eligible)") + " and cohort_week = $week", "{week}", BY_WEEK, percent),
    Number(
        "Active users of 30 days by country",
        "select regional_active_users from gold.report_regional_activity where area = 'US' and"
        " platform = if($split = 'platform', $value, 'total')",
        "United States",
        follows=("platform",),
    ),
)
