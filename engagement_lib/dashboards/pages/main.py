"""The page for everybody, every morning."""

from engagement_lib.dashboards.tile import SINCE_FIRST_DATA, Page, Section, Tile
from engagement_lib.tables.gold.report_active_windows import report_active_windows as windows
from engagement_lib.tables.gold.report_content_completion import report_content_completion as content
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement as daily
from engagement_lib.tables.gold.report_regional_activity import report_regional_activity as regions

MAIN = Page(
    "main",
    "Overview",
    "For everybody: how many people read and listen, how often they come back, and where they are.",
    (
        Section(
            "Key figures",
            (
                Tile(daily, ("daily_active_users",), "number", "Daily active users, mean", "mean"),
                Tile(daily, ("daily_active_learners",), "number", "Daily active learners, mean", "mean"),
                Tile(windows, ("weekly_active_users",), "number", "Weekly active users", back=7, window=7),
                Tile(windows, ("monthly_active_users_30d",), "number", "Monthly active users", back=30, mature=SINCE_FIRST_DATA),
                Tile(windows, ("stickiness",), "number", "Stickiness", unit="percent", back=30, mature=SINCE_FIRST_DATA),
                Tile(daily, ("content_completions",), "number", "Completions", "sum"),
                Tile(daily, ("sessions",), "number", "Sessions", "sum"),
                Tile(daily, ("items_started",), "number", "Items started", "sum"),
            ),
            "Each figure is compared with the period of the same length before it.",
        ),
        Section(
            "Activity",
            (
                Tile(daily, ("daily_active_users", "daily_active_learners"), "line", "Active users and learners per day"),
                Tile(
                    windows,
                    ("monthly_active_users_30d", "weekly_active_users"),
                    "line",
                    "Active users in 30 and 7 days",
                    mature=SINCE_FIRST_DATA,
                ),
                Tile(daily, ("daily_active_users",), "line", "Active users per day by platform", by="platform"),
                Tile(windows, ("stickiness",), "line", "Stickiness", unit="percent", mature=SINCE_FIRST_DATA),
                Tile(daily, ("content_completions",), "stack", "Completions per day by platform", "sum", by="platform"),
                Tile(daily, ("sessions",), "stack", "Sessions per day by access type", "sum", by="user_access_type"),
            ),
        ),
        Section(
            "Where",
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
                    top=12,
                ),
                Tile(
                    regions,
                    ("regional_active_users", "regional_active_learners"),
                    "bars",
                    "DACH: active users of 30 days by platform",
                    "only",
                    by="platform",
                    where={"area_type": "region", "area": "DACH"},
                    mature=SINCE_FIRST_DATA,
                ),
                Tile(daily, ("daily_active_users",), "line", "Active users per day by country", by="country_code", wide=True),
            ),
            "A user counts in each country that they were seen in, so countries do not add up to the total.",
        ),
        Section(
            "What is read and heard",
            (
                Tile(
                    content,
                    ("content_completions", "starts", "completing_users"),
                    "bars",
                    "Completions of 30 days by kind of item",
                    "only",
                    by="item_type",
                    where={"item_id": "total", "content_format": "total"},
                    mature=SINCE_FIRST_DATA,
                ),
                Tile(
                    content,
                    ("item_title", "item_type", "content_format", "content_completions", "starts", "completing_users"),
                    "rows",
                    "Most completed items of 30 days",
                    "only",
                    by="item_id",
                    along="content_completions",
                    top=25,
                ),
            ),
        ),
    ),
)
