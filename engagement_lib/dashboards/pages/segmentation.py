"""The page about kinds of users."""

from engagement_lib.dashboards.summaries.users_by_segment import users_by_segment as segments
from engagement_lib.dashboards.tile import SINCE_FIRST_DATA, Page, Section, Tile
from engagement_lib.tables.gold.report_growth import report_growth as growth
from engagement_lib.tables.gold.report_session_quality import report_session_quality as quality
from engagement_lib.tables.gold.report_stickiness import report_stickiness as stickiness

_WEEKS = {"period": "week"}
_IN_SEGMENT = ("users", "new_users", "completions")

SEGMENTATION = Page(
    "segmentation",
    "Segmentation",
    "For product and marketing: which kinds of users there are, how firm their habit is, and who is about to leave.",
    (
        Section(
            "Segments",
            (
                Tile(segments, _IN_SEGMENT, "bars", "Users by segment", "only", by="segment", mature=SINCE_FIRST_DATA),
                Tile(
                    segments,
                    _IN_SEGMENT,
                    "bars",
                    "At risk, by country",
                    "only",
                    by="country_code",
                    where={"segment": "at_risk"},
                    mature=SINCE_FIRST_DATA,
                    top=8,
                ),
            ),
            "Each user is in one segment; the reasons are in gold.report_user_segments.",
        ),
        Section(
            "Habit",
            (
                Tile(
                    stickiness,
                    ("users",),
                    "columns",
                    "Users by active days, of the last 28",
                    "only",
                    by="active_days",
                    along="active_days",
                    where={"window_days": 28},
                    mature=SINCE_FIRST_DATA,
                ),
                Tile(
                    stickiness,
                    ("users",),
                    "columns",
                    "Users by active days, of the last 7",
                    "only",
                    by="active_days",
                    along="active_days",
                    where={"window_days": 7},
                    mature=SINCE_FIRST_DATA,
                ),
            ),
        ),
        Section(
            "Growth by week",
            (
                Tile(
                    growth,
                    ("retained", "resurrected", "new"),
                    "stack",
                    "Active users of each week: retained, back again, new",
                    where=_WEEKS,
                    dates="period_start",
                    span=7,
                ),
                Tile(
                    growth,
                    ("new", "resurrected", "churned"),
                    "line",
                    "Users gained and lost each week",
                    where=_WEEKS,
                    dates="period_start",
                    span=7,
                    mature="is_mature",
                ),
                Tile(
                    growth,
                    ("quick_ratio",),
                    "line",
                    "Gained per lost user",
                    where=_WEEKS,
                    dates="period_start",
                    span=7,
                    mature="is_mature",
                    wide=True,
                    note="Above 1 the product grows.",
                ),
            ),
            "Active = active before + new + back again - lost. Weeks that lie wholly in the range.",
        ),
        Section(
            "Sessions",
            (
                Tile(quality, ("engaged_sessions", "sessions"), "number", "Engaged sessions", "ratio", unit="percent"),
                Tile(quality, ("sessions_of_users", "users_with_sessions"), "number", "Sessions per user and day", "ratio"),
                Tile(quality, ("engaged_seconds", "sessions"), "number", "Engaged time per session", "ratio", unit="seconds"),
                Tile(quality, ("content_events", "sessions"), "number", "Content events per session", "ratio"),
                Tile(quality, ("median_session_seconds",), "line", "Median session, by platform", by="platform", unit="seconds"),
                Tile(
                    quality,
                    ("engaged_sessions", "sessions"),
                    "line",
                    "Engaged sessions by access type",
                    "ratio",
                    by="user_access_type",
                    unit="percent",
                ),
            ),
        ),
    ),
)
