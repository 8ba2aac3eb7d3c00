"""The funnel page."""

from tests.trust.page_numbers.formats import duration, percent, step
from tests.trust.page_numbers.number import CHOSEN, Number

ONBOARDING = "Onboarding: sign-up to completion in 7 days"
FIRST_CONTENT = "First content: begun, started, finished in 7 days"
OF_NEW_USERS = ("platform", "country_code")
_OF_NEW_USER = "map {'total': 'total', 'platform': platform, 'country_code': country_code}[$split] = $value"


def _users(funnel: str, what: str) -> str:
    """Of new users whose 7 days are over."""
    return f"select {what} from gold.fact_funnel where funnel = '{funnel}' and not window_open and not is_test and {_OF_NEW_USER}"


def _reached(*steps: int) -> str:
    return ", ".join(f"count_if(furthest_step >= {n})" for n in steps)


def _trials(what: str, split: str = "$split", value: str = "$value") -> str:
    return f"select {what} from gold.report_subscription_funnel where split = {split} and split_value = {value}"


def _attempts(what: str, where: str = CHOSEN) -> str:
    return f"select {what} from gold.fact_content_consumption where {where}"


def _dropped(where: str) -> str:
    """Sessions of 30 dates that end at the last day of the data."""
    return (
        "select count(*) from gold.fact_session where items_started > 0 and items_finished = 0"
        f" and session_date > (select max(activity_date) from gold.report_daily_engagement) - 30 and {CHOSEN} and {where}"
    )


COMPLETED = "count_if(is_mature and is_completed) / count_if(is_mature)"

FUNNEL = (
    Number(ONBOARDING, _users("onboarding", _reached(1)), "sign-up", follows=OF_NEW_USERS),
    Number(ONBOARDING, _users("onboarding", _reached(2, 1)), "onboarding-step", form=step, follows=OF_NEW_USERS),
    Number(ONBOARDING, _users("onboarding", _reached(3, 2)), "onboarding-completed", form=step, follows=OF_NEW_USERS),
    Number(FIRST_CONTENT, _users("first_content", _reached(2, 1)), "item-started", form=step, follows=OF_NEW_USERS),
    Number(FIRST_CONTENT, _users("first_content", _reached(3, 2)), "item-finished", form=step, follows=OF_NEW_USERS),
    Number("Trials paid for", _trials("converted_trials / decided_trials"), form=percent, follows=OF_NEW_USERS),
    Number("Trials converted", _trials("converted_trials"), follows=OF_NEW_USERS),
    Number("Trials refunded", _trials("refunded_trials"), follows=OF_NEW_USERS),
    Number("Trials not decided yet", _trials("open_trials"), follows=OF_NEW_USERS),
    Number(
        "Trials paid for, by plan",
        _trials("converted_trials / decided_trials", "'plan'", "'premium_yearly'"),
        "premium_yearly",
        form=percent,
    ),
    Number(
        "Trials paid for, by channel",
        _trials("converted_trials / decided_trials", "'acquisition_channel'", "'organic'"),
        "organic",
        form=percent,
    ),
    Number("Attempts completed", _attempts(COMPLETED), form=percent),
    Number("Median time to the finish", _attempts("median(seconds_to_finish) filter (is_completed)"), form=duration),
    Number("Attempts that may still finish", _attempts("count_if(not is_mature and not is_completed)")),
    Number("Finishes without a start", _attempts("count_if(is_orphan_finish)")),
    Number("Attempts whose 30 days are over", _attempts("count_if(is_mature)"), "Mature attempts"),
    Number(
        "Attempts whose 30 days are over",
        _attempts("count_if(is_mature and is_completed), count_if(is_mature)"),
        "Completed of mature",
        form=step,
    ),
    Number("Attempts completed, by format", _attempts(COMPLETED, "content_format = 'audio'"), "audio", form=percent),
    Number(
        "Attempts completed, by format",
        _attempts("count_if(is_mature)", "content_format = 'audio'"),
        "audio",
        tip="Mature attempts",
    ),
    Number("Attempts completed, by kind of item", _attempts(COMPLETED, "item_type = 'book'"), "book", form=percent),
    Number("Attempts completed, by platform", _attempts(COMPLETED, "platform = 'web'"), "web", form=percent),
    Number("Sessions without a finish, by last screen", _dropped("exit_screen is null"), "unknown"),
    Number("Sessions without a finish, by last event", _dropped("exit_event = 'item-progress'"), "item-progress"),
    Number(
        "Sessions without a finish, by how far they came (%)",
        _dropped("last_progress_pct >= 50 and last_progress_pct < 75"),
        "50-74",
    ),
)
