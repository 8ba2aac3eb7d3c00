"""The page about what is being made better."""

from engagement_lib.dashboards.summaries.retention_by_week import retention_by_week as weeks
from engagement_lib.dashboards.tile import Chart, Page, Section, Tile
from engagement_lib.tables.gold.report_retention import report_retention as retention

_DAYS = {"on": ("retained_on", "eligible"), "later": ("retained_on_or_after", "eligible")}


def _after(day: int, chart: Chart, heading: str, what: str = "on") -> Tile:
    return Tile(
        retention,
        _DAYS[what],
        chart,
        heading,
        "ratio",
        where={"day_n": day},
        dates="cohort_date",
        unit="percent",
        mature="is_mature",
    )


IMPROVEMENTS = Page(
    "improvements",
    "Improvements",
    "For those who change the product: who comes back, and what changes that.",
    (
        Section(
            "Retention",
            (
                _after(1, "number", "Back on day 1"),
                _after(7, "number", "Back on day 7"),
                _after(30, "number", "Back on day 30"),
                _after(7, "number", "Back on day 7 or later", "later"),
                Tile(
                    weeks,
                    ("retention_rate", "cohort_size", "eligible", "retained_on"),
                    "heat",
                    "Users back 1, 7 and 30 days after their first, by week (%)",
                    "only",
                    by="cohort_week",
                    along="day_n",
                    unit="percent",
                    mature="is_mature",
                    top=16,
                ),
                _after(1, "line", "Back on day 1, by first active day"),
            ),
            "Of the users first active in the range, those active again on that day. Users for whom it is not over do not count.",
        ),
    ),
)
