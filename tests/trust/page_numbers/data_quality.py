"""The page on the quality of the data. Why records were set aside is in silver.quarantine only."""

from tests.trust.page_numbers.number import Number

LATE = "Events received more than 24 hours late"
FILE = "mobile_events/mobile_events_2025-03-04.csv"


def _files(what: str, where: str) -> str:
    return f"select {what} from ops.files where {where}"


def _late(what: str) -> str:
    return f"select sum({what}) from ops.late_events where event_date = $tuesday"


DATA_QUALITY = (
    Number("Records by source", _files("sum(records)", "source = 'mobile_events'"), "mobile_events"),
    Number("Records by source", _files("sum(records)", "source = 'payments'"), "payments"),
    Number("Quarantined records by source", _files("sum(quarantined)", "source = 'web_events'"), "web_events"),
    Number("Records delivered again, by source", _files("sum(duplicates)", "source = 'mobile_events'"), "mobile_events"),
    Number("Records by what became of the file", _files("sum(records)", "verdict = 'loaded'"), "loaded"),
    Number(
        "Quarantined records by reason",
        "select count(*) from silver.quarantine where rule = 'unparsable_record' and ($split = 'total' or platform = $value)",
        "unparsable_record",
        follows=("platform",),
    ),
    Number(
        "Events per day by platform",
        "select sum(events) from gold.fact_user_engagement where activity_date = $last and platform = 'web'",
        "{last}",
        "web",
    ),
    Number(
        "Events without a known user",
        "select anonymous_events from gold.report_daily_engagement"
        " where activity_date = $last and split = $split and split_value = $value",
        "{last}",
        "Events without a known user",
    ),
    Number(
        "Events that arrived after their day, by platform",
        _late("arrived_on_a_later_date") + " and platform = 'mobile'",
        "{tuesday}",
        "mobile",
    ),
    Number(LATE, _late("over_1_day"), "{tuesday}", LATE),
    Number("Files by broken records", _files("quarantined", f"path = '{FILE}'"), FILE, "Quarantined"),
    Number("Files by broken records", _files("records", f"path = '{FILE}'"), FILE, "Records"),
    Number(
        "Checks that did not hold in the newest run",
        "select rows from ops.checks where check_name = 'split_as_meant'",
        "split_as_meant",
        "Rows",
    ),
    Number(
        "What the newest runs wrote",
        "select count(*) from gold.report_daily_engagement",
        "gold.report_daily_engagement",
        "Rows",
    ),
)
