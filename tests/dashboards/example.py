"""Sixty days of rows for the pages, and texts that would like to be more than text."""

from datetime import date, timedelta
from typing import Any

from engagement_lib.dashboards.data import Facts
from engagement_lib.dashboards.reading import facts_of
from tests.dashboards.example_reports import report_rows

HOSTILE = '</script><img src=x onerror="window.attacked=1"><script>window.attacked=1</script>'
FORMULA = '=HYPERLINK("http://example.org")'
REVERSED = "abc\u202egnp.exe"
FIRST, DAYS = date(2025, 1, 1), 60
VALUES = (
    ("total", "total", 100),
    ("platform", "mobile", 70),
    ("platform", "web", 45),
    ("country_code", "DE", 60),
    ("country_code", HOSTILE, 3),
    ("user_access_type", "free", 80),
)


def example_rows(days: int = DAYS) -> dict[str, list[dict[str, Any]]]:
    """Rows per table, as reading them gives; distinct counts of a split do not add up to the total."""
    daily, windows = [], []
    for n in range(days):
        day = (FIRST + timedelta(days=n)).isoformat()
        for split, value, base in VALUES:
            users = base + (n * 7) % 11
            at = {"activity_date": day, "split": split, "split_value": value}
            counts = {"daily_active_users": users, "daily_active_learners": users // 2, "events": users * 5}
            counts |= {
                "items_started": users * 2,
                "content_completions": users + 3,
                "sessions": users + n,
                "anonymous_events": n % 3,
            }
            silent = ["web"] if n == days - 3 and days > 3 else []
            daily.append({**at, **counts, "silent_platforms": silent, "is_complete": not silent})
            seen = {"weekly_active_users": users * 3, "monthly_active_users_30d": users * 6 + n}
            partial = n < 29
            windows.append({**at, **seen, "stickiness": None if partial else users / 1000, "is_partial_window": partial})
    return {
        **report_rows(FIRST, days, VALUES),
        "gold.report_daily_engagement": daily,
        "gold.report_active_windows": windows,
        "gold.report_content_completion": _content(),
        "gold.report_regional_activity": _regions(),
        "summaries.quarantine_by_rule": [
            {"platform": platform, "rule": rule, "records": n, "files": 1, "example": HOSTILE}
            for platform in ("total", "web")
            for rule, n in (("no_day", 6), ("bad_country", 2))
        ],
        "ops.late_events": [
            {"event_date": (FIRST + timedelta(days=n)).isoformat(), "platform": platform}
            | {"arrived_on_a_later_date": n + late, "over_1_day": n * late}
            for n in range(days)
            for platform, late in (("mobile", 2), ("web", 1))
        ],
        "ops.drift": _drift(days),
        "ops.files": _files(),
        "ops.runs": [_run("silver.events", "written", HOSTILE), _run("gold.fact_session", "failed", "out of memory")],
        "ops.checks": [{"run_id": "a", "table_id": "gold.x", "check_name": "is_sound", "severity": "warn", "rows": 2}],
    }


def example_facts(days: int = DAYS) -> Facts:
    """The facts of all pages."""
    return facts_of(example_rows(days), {"DE": "Germany", "AT": "Austria"}, ("a",))


def _content() -> list[dict[str, Any]]:
    items = [("total", "total", None, 30), ("book", "total", None, 25), ("article", "total", None, 5)]
    items += [("book", "b1", HOSTILE, 20), ("book", "b2", FORMULA, 5), ("article", "a1", REVERSED, 4)]
    return [
        {"platform": platform, "item_type": kind, "item_id": item, "content_format": "total" if item == "total" else "text"}
        | {"item_title": title, "starts": n * 2, "content_completions": n, "items_completed": n, "completing_users": n - 1}
        | {"is_partial_window": False}
        for platform, less in (("total", 0), ("mobile", 1), ("web", 2))
        for kind, item, title, count in items
        for n in [count - less]
    ]


def _regions() -> list[dict[str, Any]]:
    areas = [("country", "DE", 40), ("country", "AT", 9), ("region", "DACH", 47)]
    return [
        {"platform": platform, "area_type": kind, "area": area, "regional_active_users": n, "regional_active_learners": n // 2}
        | {"is_partial_window": False}
        for platform, less in (("total", 0), ("mobile", 3), ("web", 6))
        for kind, area, count in areas
        for n in [count - less]
    ]


def _drift(days: int) -> list[dict[str, Any]]:
    """Every day of the web: two of them are alarms, the platform's silent day and one of the first days."""
    alarms = {days - 3: "events fell to 0; 150 to 350 were expected", 1: "events rose to 900; 150 to 350 were expected"}
    return [
        {"activity_date": (FIRST + timedelta(days=n)).isoformat(), "platform": "web", "measure": "events"}
        | {"is_alarm": n in alarms, "message": alarms.get(n)}
        for n in range(days)
    ]


def _files() -> list[dict[str, Any]]:
    file = {"verdict": "loaded", "records": 50, "duplicates": 2, "reason": "", "unknown_columns": None, "missing_columns": None}
    return [
        {**file, "source": "mobile_events", "path": "mobile/1.csv", "quarantined": 1, "modified_seconds": 1740000000.0},
        {**file, "source": "web_events", "path": HOSTILE, "quarantined": 7, "modified_seconds": 1740003600.0},
    ]


def _run(table: str, status: str, why: str) -> dict[str, Any]:
    written = {"run_id": "a", "table_id": table, "as_of": "2025-03-01", "status": status, "why": why, "days": None}
    return {**written, "rows": 12, "seconds": 1.5, "source_changed": False}
