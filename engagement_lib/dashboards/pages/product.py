"""The page of the product team."""

from engagement_lib.dashboards.pages.improvements import back_on
from engagement_lib.dashboards.tile import SINCE_FIRST_DATA, Page, Section, Tile
from engagement_lib.tables.gold.report_active_windows import report_active_windows as windows
from engagement_lib.tables.gold.report_drop_off import report_drop_off as drop_off
from engagement_lib.tables.gold.report_feature_adoption import report_feature_adoption as adoption
from engagement_lib.tables.gold.report_session_quality import report_session_quality as quality

PRODUCT = Page(
    "product",
    "Product",
    "For the product team: which features are taken up, whether people come back, and what a visit is good for.",
    (
        Section(
            "Features",
            (
                Tile(
                    adoption,
                    ("feature_adoption_rate", "adopting_users", "eligible_users", "repeat_rate"),
                    "bars",
                    "Users who adopted a feature since its launch",
                    "only",
                    by="feature_name",
                    where={"period": "since_launch"},
                    unit="percent",
                    mature=SINCE_FIRST_DATA,
                ),
                Tile(
                    adoption,
                    ("adopting_users", "eligible_users"),
                    "line",
                    "Share of active users who use a feature, by week",
                    "ratio",
                    by="feature_name",
                    where={"period": "week"},
                    dates="period_start",
                    span=7,
                    unit="percent",
                    mature=SINCE_FIRST_DATA,
                ),
            ),
            "Eligible are users with access to the feature who were active since its launch.",
        ),
        Section(
            "Coming back",
            (
                back_on(1, "number", "Back on day 1"),
                back_on(7, "number", "Back on day 7"),
                back_on(30, "number", "Back on day 30"),
                Tile(windows, ("stickiness",), "number", "Stickiness", unit="percent", back=30, mature=SINCE_FIRST_DATA),
                back_on(7, "line", "Back on day 7, by first active day"),
                Tile(
                    windows,
                    ("stickiness",),
                    "line",
                    "Stickiness by platform",
                    by="platform",
                    unit="percent",
                    mature=SINCE_FIRST_DATA,
                ),
            ),
            "Of the users first active in the range, those active again on that day. Users for whom it is not over do not count.",
        ),
        Section(
            "Visits",
            (
                Tile(
                    quality,
                    ("content_events", "sessions"),
                    "line",
                    "Content events per session, by platform",
                    "ratio",
                    by="platform",
                ),
                Tile(
                    drop_off,
                    ("dropped_sessions", "drop_off_share"),
                    "bars",
                    "Sessions without a finish, by last screen",
                    "only",
                    by="place_value",
                    where={"place": "exit_screen"},
                    better="down",
                    mature=SINCE_FIRST_DATA,
                    top=8,
                ),
            ),
        ),
    ),
)
