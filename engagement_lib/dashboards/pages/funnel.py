"""The page about the way from a start to a finish."""

from engagement_lib.dashboards.tile import Page, Section, Tile
from engagement_lib.tables.gold.report_content_funnel import report_content_funnel as content
from engagement_lib.tables.gold.report_drop_off import report_drop_off as drop_off

_ATTEMPTS = ("completion_rate_of_mature", "mature_attempts", "completed_of_mature", "open_attempts")
_DROPPED = ("dropped_sessions", "drop_off_share")


def _rate_by(split: str, heading: str) -> Tile:
    return Tile(content, _ATTEMPTS, "bars", heading, "only", by="split_value", where={"split": split}, unit="percent", top=10)


def _ends(place: str, heading: str, *, wide: bool = False) -> Tile:
    return Tile(
        drop_off, _DROPPED, "bars", heading, "only", by="place_value", where={"place": place}, better="down", top=8, wide=wide
    )


FUNNEL = Page(
    "funnel",
    "Funnel",
    "For product and content: how many of those who begin an item finish it, and where the others stop.",
    (
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
            "An attempt is a user's start of an item until its finish, within 30 days; younger attempts are not judged yet.",
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
