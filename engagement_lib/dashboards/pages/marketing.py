"""The page of the marketing team."""

from engagement_lib.dashboards.tile import SINCE_FIRST_DATA, Page, Section, Tile
from engagement_lib.tables.gold.report_acquisition import report_acquisition as acquisition
from engagement_lib.tables.gold.report_regional_activity import report_regional_activity as regions

_CHANNEL = "acquisition_channel"
#: The rows over all weeks, and those of all channels.
_ALL_WEEKS, _ALL_CHANNELS = {"cohort_week": None}, {_CHANNEL: "total"}
_RATES = {
    "first_content": ("first_content_users", "first_content_eligible"),
    "day 7": ("d7_retained", "d7_eligible"),
    "paid": ("converted_trials", "decided_trials"),
}


def _figure(rate: str, heading: str) -> Tile:
    return Tile(
        acquisition, _RATES[rate], "number", heading, "ratio", where=_ALL_CHANNELS, dates="cohort_week", span=7, unit="percent"
    )


def _by_channel(column: str, heading: str, *rest: str) -> Tile:
    """All weeks: a channel of few users needs them."""
    shown = (column, *rest, "new_users")
    return Tile(acquisition, shown, "bars", heading, "only", by=_CHANNEL, where=_ALL_WEEKS, unit="percent", mature="")


MARKETING = Page(
    "marketing",
    "Marketing",
    "For the marketing team: where new users come from, and which channels bring users who stay and pay.",
    (
        Section(
            "New users",
            (
                Tile(acquisition, ("new_users",), "number", "New users", "sum", where=_ALL_CHANNELS, dates="cohort_week", span=7),
                _figure("first_content", "Finished an item in 7 days"),
                _figure("day 7", "Back on day 7"),
                _figure("paid", "Trials paid for"),
                Tile(
                    acquisition,
                    ("new_users",),
                    "stack",
                    "New users of each week by channel",
                    by=_CHANNEL,
                    dates="cohort_week",
                    span=7,
                ),
                Tile(acquisition, ("new_users",), "bars", "New users by channel", "only", by=_CHANNEL, where=_ALL_WEEKS),
            ),
            "By week of day 0, the day of the sign-up or else of the first activity; weeks that lie wholly in the range.",
        ),
        Section(
            "What becomes of them",
            (
                _by_channel("first_content_rate", "Finished an item in 7 days, by channel", "first_content_eligible"),
                _by_channel("d7_rate", "Back on day 7, by channel", "d7_eligible"),
                _by_channel("trial_to_paid_rate", "Trials paid for, by channel", "decided_trials", "open_trials"),
                Tile(
                    acquisition,
                    _RATES["day 7"],
                    "line",
                    "Back on day 7, by week of day 0",
                    "ratio",
                    where=_ALL_CHANNELS,
                    dates="cohort_week",
                    span=7,
                    unit="percent",
                    mature="is_mature",
                ),
            ),
            "Only users whose days are over; rates of a channel are over all weeks.",
        ),
        Section(
            "Where they are",
            (
                Tile(
                    regions,
                    ("regional_active_users", "regional_active_learners"),
                    "bars",
                    "Active users of 30 days by country",
                    "only",
                    by="area",
                    where={"area_type": "country"},
                    mature=SINCE_FIRST_DATA,
                    top=15,
                    wide=True,
                ),
            ),
        ),
    ),
)
