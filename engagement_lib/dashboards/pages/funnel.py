"""The page about the way from a start to a finish."""

from engagement_lib.dashboards.tile import SINCE_FIRST_DATA, Page, Section, Tile
from engagement_lib.tables.gold.report_content_funnel import report_content_funnel as content
from engagement_lib.tables.gold.report_drop_off import report_drop_off as drop_off
from engagement_lib.tables.gold.report_onboarding_funnel import report_onboarding_funnel as onboarding
from engagement_lib.tables.gold.report_subscription_funnel import report_subscription_funnel as trials

_ATTEMPTS = ("completion_rate_of_mature", "mature_attempts", "completed_of_mature", "open_attempts")
_TRIALS = ("trial_to_paid_rate", "decided_trials", "converted_trials", "open_trials")
_DROPPED = ("dropped_sessions", "drop_off_share")


def _rate_by(split: str, heading: str) -> Tile:
    return Tile(content, _ATTEMPTS, "bars", heading, "only", by="split_value", where={"split": split}, unit="percent", top=10)


def _steps(funnel: str, heading: str) -> Tile:
    columns = ("reached", "conversion_rate", "step_conversion_rate", "median_seconds", "open")
    return Tile(onboarding, columns, "steps", heading, "only", by="step_name", along="step", where={"funnel": funnel})


def _trials_by(split: str, heading: str) -> Tile:
    return Tile(trials, _TRIALS, "bars", heading, "only", by="split_value", where={"split": split}, unit="percent", top=8)


def _ends(place: str, heading: str, *, wide: bool = False) -> Tile:
    return Tile(
        drop_off,
        _DROPPED,
        "bars",
        heading,
        "only",
        by="place_value",
        where={"place": place},
        better="down",
        mature=SINCE_FIRST_DATA,
        top=8,
        wide=wide,
    )


FUNNEL = Page(
    "funnel",
    "Funnel",
    "For product and content: how many of those who begin get to the end, and where the others stop.",
    (
        Section(
            "New users",
            (
                _steps("onboarding", "Onboarding: sign-up to completion in 7 days"),
                _steps("first_content", "First content: begun, started, finished in 7 days"),
            ),
            "Only users whose 7 days are over; the others may still get further.",
        ),
        Section(
            "Trials",
            (
                Tile(trials, ("trial_to_paid_rate",), "number", "Trials paid for", "only", unit="percent"),
                Tile(trials, ("converted_trials",), "number", "Trials converted", "only"),
                Tile(trials, ("refunded_trials",), "number", "Trials refunded", "only", better="down"),
                Tile(trials, ("open_trials",), "number", "Trials not decided yet", "only"),
                _trials_by("plan", "Trials paid for, by plan"),
                _trials_by("acquisition_channel", "Trials paid for, by channel"),
            ),
            "A trial is decided 7 days after its end; a payment that is refunded within 14 days does not count.",
        ),
        Section(
            "From start to finish",
            (
                Tile(content, ("completion_rate_of_mature",), "number", "Attempts completed", "only", unit="percent"),
                Tile(content, ("median_seconds_to_finish",), "number", "Median time to the finish", "only", unit="seconds"),
                Tile(content, ("open_attempts",), "number", "Attempts that may still finish", "only"),
                Tile(content, ("orphan_finishes",), "number", "Finishes without a start", "only", better="down"),
                Tile(content, ("mature_attempts", "completed_of_mature"), "steps", "Attempts whose 30 days are over", "only"),
                _rate_by("content_format", "Attempts completed, by format"),
                _rate_by("item_type", "Attempts completed, by kind of item"),
                _rate_by("platform", "Attempts completed, by platform"),
            ),
            "An attempt is a user's start of an item until its finish, within 30 days. Rates are of attempts whose 30 days are "
            "over; the metric completion_rate also counts younger ones that are finished already, and is higher.",
        ),
        Section(
            "Where sessions end that finish nothing",
            (
                _ends("exit_screen", "Sessions without a finish, by last screen"),
                _ends("exit_event", "Sessions without a finish, by last event"),
                _ends("last_progress", "Sessions without a finish, by how far they came (%)", wide=True),
            ),
            "Sessions of the last 30 dates that start an item and finish none.",
        ),
    ),
)
