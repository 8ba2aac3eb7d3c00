"""The page about what is being made better."""

from engagement_lib.dashboards.summaries.churn_by_score import churn_by_score as churn
from engagement_lib.dashboards.summaries.retention_by_week import retention_by_week as weeks
from engagement_lib.dashboards.tile import Chart, Page, Section, Tile
from engagement_lib.tables.gold.report_experiment_results import report_experiment_results as results
from engagement_lib.tables.gold.report_retention import report_retention as retention

_DAYS = {"on": ("retained_on", "eligible"), "later": ("retained_on_or_after", "eligible")}


def back_on(day: int, chart: Chart, heading: str, what: str = "on") -> Tile:
    """The share of users who are active again so many days after their first active day, or then or later."""
    return Tile(
        retention,
        _DAYS[what],
        chart,
        heading,
        "ratio",
        where={"cohort_type": "day", "day_n": day, "last_day_n": day},
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
            "Experiments",
            (
                Tile(
                    results,
                    ("lift", "lift_lower", "lift_upper", "p_value", "users_treatment", "users_control"),
                    "interval",
                    "Lift on the primary metric, with its 95 % interval",
                    "only",
                    by="experiment_name",
                    along="variant",
                    where={"is_primary": True, "is_usable": True},
                    unit="percent",
                    wide=True,
                    note="Grey: the interval contains no effect at all.",
                ),
                Tile(
                    results,
                    (
                        "variant",
                        "metric",
                        "lift",
                        "lift_lower",
                        "lift_upper",
                        "p_value",
                        "minimum_detectable_effect",
                        "reason",
                        "test",
                    ),
                    "rows",
                    "All comparisons, and why some are not usable",
                    "only",
                    by="experiment_name",
                    top=60,
                    wide=True,
                ),
            ),
            "Variant against control, each user from the first exposure on; users who saw several variants are left out.",
        ),
        Section(
            "Retention",
            (
                back_on(1, "number", "Back on day 1"),
                back_on(7, "number", "Back on day 7"),
                back_on(30, "number", "Back on day 30"),
                back_on(7, "number", "Back on day 7 or later", "later"),
                Tile(
                    weeks,
                    ("retention_rate", "cohort_size", "eligible", "retained_on"),
                    "heat",
                    "Users back 1, 7 and 30 days after their first, by week (%)",
                    "only",
                    by="cohort_week",
                    along="day_n",
                    where={"is_bracket": False},
                    unit="percent",
                    mature="is_mature",
                    top=16,
                ),
                Tile(
                    weeks,
                    ("retention_rate", "cohort_size", "eligible", "retained_on"),
                    "heat",
                    "Users back in weeks 1 to 4 after their first day, by week (%)",
                    "only",
                    by="cohort_week",
                    along="week_n",
                    where={"is_bracket": True},
                    unit="percent",
                    mature="is_mature",
                    top=16,
                    note="Week 1 is days 1 to 7 after each user's own first day.",
                ),
                back_on(1, "line", "Back on day 1, by first active day"),
            ),
            "Of the users first active in the range, those active again on that day. Users for whom it is not over do not count.",
        ),
        Section(
            "Signs of leaving",
            (
                Tile(
                    churn,
                    ("users", "sessions_fell", "completion_fell", "feature_use_fell"),
                    "columns",
                    "Users by number of signals",
                    "only",
                    by="signals",
                    along="signals",
                ),
            ),
            "The last 28 dates against the 28 before: fewer sessions, fewer finishes, less use of features.",
        ),
    ),
)
