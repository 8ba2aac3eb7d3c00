"""The last words of a run: files and records in, tables written, and the four answers."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import functions as F

from engagement_lib.engine.ingest import Ingested
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.ledger import LOADED, REFUSED, REPEATED, Ledger
from engagement_lib.engine.run import Outcome
from engagement_lib.tables.gold.report_active_windows import report_active_windows
from engagement_lib.tables.gold.report_content_completion import report_content_completion
from engagement_lib.tables.gold.report_daily_engagement import report_daily_engagement
from engagement_lib.tables.gold.report_regional_activity import report_regional_activity
from engagement_lib.text_table import text_table

_LISTED = 12


def files_summary(ledger: Ledger, ingested: Ingested | None) -> str:
    """Records of all files by source, then what is wrong or worth a word in this run's files."""
    by_source = []
    for source in sorted({entry.source for entry in ledger.entries.values()}):
        mine = [e for e in ledger.entries.values() if e.source == source and e.verdict in (LOADED, REPEATED)]
        sums = [sum(getattr(e, name) or 0 for e in mine) for name in ("records", "events", "duplicates", "quarantined")]
        refused = sum(e.source == source and e.verdict == REFUSED for e in ledger.entries.values())
        by_source.append([source, len(mine), refused, *sums])
    header = ("source", "files", "refused", "records", "events", "duplicates", "quarantined")
    lines = ["Files and records in", text_table(header, by_source)]
    notes = _notes(ingested) if ingested else []
    if notes:
        shown = notes[:_LISTED]
        more = [f"  … and {len(notes) - _LISTED} more; see ops.files"] if len(notes) > _LISTED else []
        lines += ["", "Worth a look", *shown, *more]
    return "\n".join(lines)


def _notes(ingested: Ingested) -> list[str]:
    ordered = sorted(ingested.entries, key=lambda e: (e.verdict != REFUSED, e.path))
    of_files = [(e.verdict, f"  {e.verdict:8} {e.path}: {e.reason}") for e in ordered if e.reason]
    # What only this run tells comes before what ops.files keeps.
    notes = [note for verdict, note in of_files if verdict == REFUSED]
    notes += [f"  ignored  {skipped.path}: {skipped.reason}" for skipped in ingested.skipped]
    notes += [note for verdict, note in of_files if verdict != REFUSED]
    for entry in ordered:
        if entry.unknown_columns:
            notes.append(f"  new      {entry.path}: column(s) {', '.join(entry.unknown_columns)} kept, not used")
        if entry.missing_columns:
            notes.append(f"  missing  {entry.path}: column(s) {', '.join(entry.missing_columns)} taken as empty")
    return notes


def tables_summary(outcomes: Iterable[Outcome]) -> str:
    """One line per table: what was done, why, how much and how long."""
    rows = [
        [o.table, o.status, "all" if o.days is None else (o.days or None), o.rows or None, round(o.seconds, 1), o.why[:60]]
        for o in outcomes
    ]
    return "Tables\n" + text_table(("table", "status", "days", "rows", "seconds", "why"), rows)


def answers(lake: Lake) -> str:
    """The four answers: daily active users and learners, completions, and the DACH region."""
    needed = (report_daily_engagement, report_active_windows, report_content_completion, report_regional_activity)
    if any(lake.last_commit(table) is None for table in needed):
        return ""
    questions = (
        lake.read_known(report_daily_engagement).where("split = 'total'").orderBy(F.desc("activity_date")).limit(7),
        lake.read_known(report_active_windows).where("split = 'total'").orderBy(F.desc("activity_date")).limit(1),
        lake.read_known(report_content_completion).where("item_type = 'total'").orderBy("platform"),
        lake.read_known(report_regional_activity).where("area_type = 'region'").orderBy("area", "platform"),
    )
    with ThreadPoolExecutor(len(questions)) as pool:
        daily, windows, completions, regions = pool.map(lambda question: question.collect(), questions)
    if not daily:
        return "No events yet."
    header = ("day", "active users", "learners", "completions", "sessions", "complete")
    columns = ("activity_date", "daily_active_users", "daily_active_learners", "content_completions", "sessions", "is_complete")
    days = [[str(row[columns[0]]), *[row[name] for name in columns[1:]]] for row in reversed(daily)]
    lines = ["Daily active users and learners", text_table(header, days), "", f"As of {daily[0].activity_date}"]
    for row in windows:
        sticky = "not yet observable" if row.stickiness is None else f"{row.stickiness:.1%}"
        users = (row.weekly_active_users, row.monthly_active_users_28d, row.monthly_active_users_30d)
        lines.append(f"  active users in 7 / 28 / 30 days: {' / '.join(f'{n:,}' for n in users)}; stickiness {sticky}")
    for row in completions:
        lines.append(
            f"  completions in 30 days, {row.platform}: {row.content_completions:,} ({row.items_completed:,} user-items)"
        )
    lines += [f"  active users in 30 days, {row.area} on {row.platform}: {row.regional_active_users:,}" for row in regions]
    if any(row.is_partial_window for row in windows):
        lines.append("  (the first data are from within these 30 days)")
    return "\n".join(lines)
