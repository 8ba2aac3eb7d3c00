"""The page for those who answer for the data."""

from engagement_lib.dashboards.summaries.quarantine_by_rule import quarantine_by_rule as by_rule
from engagement_lib.dashboards.tile import Page, Section, Tile
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement as daily
from engagement_lib.tables.ops.checks import checks
from engagement_lib.tables.ops.drift import drift
from engagement_lib.tables.ops.files import files
from engagement_lib.tables.ops.late_events import late_events as late
from engagement_lib.tables.ops.runs import runs

DATA_QUALITY = Page(
    "data_quality",
    "Data quality",
    "For those who answer for the data: odd days, what was delivered, what was set aside and why, and which checks did not hold.",
    (
        Section(
            "Alarms",
            (
                Tile(
                    drift,
                    ("platform", "message"),
                    "rows",
                    "Days that are not as expected, the newest first",
                    by="activity_date",
                    along="activity_date",
                    where={"is_alarm": True},
                    top=60,
                    wide=True,
                    empty="No alarm on these days: whatever could be compared with the weeks before is as expected.",
                ),
            ),
            "Events, active users and shares of events, each day beside the workdays or weekends of the 28 days before it. "
            "The first two weeks of data have nothing to be compared with.",
        ),
        Section(
            "Records",
            (
                Tile(files, ("records",), "bars", "Records by source", "only", by="source"),
                Tile(files, ("quarantined",), "bars", "Quarantined records by source", "only", by="source", better="down"),
                Tile(files, ("duplicates",), "bars", "Records delivered again, by source", "only", by="source", better="down"),
                Tile(files, ("records",), "bars", "Records by what became of the file", "only", by="verdict"),
                Tile(
                    by_rule,
                    ("records", "files", "example"),
                    "bars",
                    "Quarantined records by reason",
                    "only",
                    by="rule",
                    better="down",
                    wide=True,
                ),
            ),
            "Of every file: records = events + duplicates + quarantined.",
        ),
        Section(
            "Days",
            (
                Tile(daily, ("events",), "stack", "Events per day by platform", "sum", by="platform"),
                Tile(daily, ("anonymous_events",), "line", "Events without a known user", "sum", better="down"),
                Tile(
                    late,
                    ("arrived_on_a_later_date",),
                    "stack",
                    "Events that arrived after their day, by platform",
                    "sum",
                    by="platform",
                    better="down",
                    note="They count on the day on which they happened, whose numbers changed afterwards.",
                ),
                Tile(late, ("over_1_day",), "line", "Events received more than 24 hours late", "sum", better="down"),
            ),
        ),
        Section(
            "Files",
            (
                Tile(
                    files,
                    ("source", "verdict", "records", "duplicates", "quarantined", "reason", "unknown_columns", "missing_columns"),
                    "rows",
                    "Files by broken records",
                    "only",
                    by="path",
                    along="quarantined",
                    top=60,
                    wide=True,
                ),
            ),
        ),
        Section(
            "Checks and runs",
            (
                Tile(
                    checks,
                    ("table_id", "severity", "rows"),
                    "rows",
                    "Checks that did not hold in the newest run",
                    "only",
                    by="check_name",
                ),
                Tile(
                    runs,
                    ("status", "rows", "days", "seconds", "why"),
                    "rows",
                    "What the newest runs wrote",
                    "only",
                    by="table_id",
                ),
            ),
        ),
    ),
)
