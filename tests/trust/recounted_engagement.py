"""Days, sessions, countries and content: the lake's numbers beside those that the recount finds in silver."""

from __future__ import annotations

from tests.trust.side_by_side import both, columns, same

SPLIT = ("split", "split_value")
DAILY = ("activity_date", *SPLIT)
FORMATS = "split = 'content_format'"
ITEMS = ("platform", "item_type", "item_id", "content_format")
#: The item types that the trackers name, each with all its items and formats.
ITEM_TYPES = "platform = 'total' and item_type <> 'total' and item_id = 'total' and content_format = 'total'"
TYPES_AND_FORMATS = "platform = 'total' and item_type <> 'total' and item_id = 'total' and content_format <> 'total'"

#: By name what METRICS says of sessions, over any number of them.
OF_SESSIONS = {
    "sessions_per_user": "count(user_id) / count(distinct user_id)",
    "time_per_session, mean": "avg(duration_seconds)",
    "time_per_session, median": "median(duration_seconds)",
    "time_per_session of 2 or more events, mean": "avg(duration_seconds) filter (events > 1)",
    "time_per_session of 2 or more events, median": "median(duration_seconds) filter (events > 1)",
    "engaged seconds, mean": "avg(engaged_seconds)",
    "single-event share": "count(*) filter (events = 1) / count(*)",
    "content_consumption_rate": "sum(content_events) / count(*)",
    "content_consumption_rate per user": "sum(content_events) filter (user_id is not null) / count(distinct user_id)",
}

DAYS = (
    *columns(
        "engagement by day and split",
        "report_daily_engagement",
        "daily_active_users daily_active_learners content_completions users_last_seen anonymous_events",
        DAILY,
        "engagement",
    ),
    *columns(
        "windows by day",
        "report_active_windows",
        "weekly_active_users monthly_active_users_28d monthly_active_users_30d stickiness dau_over_mau",
        ("activity_date",),
        "windows",
        "split = 'total'",
    ),
    *(
        same(
            f"stickiness: users by number of active days, L{n}",
            "report_stickiness.users",
            ("active_days",),
            "active_days",
            f"split = 'total' and window_days = {n}",
        )
        for n in (7, 28)
    ),
    same(
        "stickiness: users by window, split and number of active days",
        "report_stickiness.users",
        ("window_days", *SPLIT, "active_days"),
        "active_days",
    ),
    *(
        both(metric, "fact_session", f"select platform, {sql} from {{}} group by 1", "fact_session", "sessions")
        for metric, sql in OF_SESSIONS.items()
    ),
    *columns(
        "sessions by day and split",
        "report_session_quality",
        "sessions sessions_of_users users_with_sessions sessions_per_user duration_seconds mean_session_seconds"
        " median_session_seconds mean_session_seconds_of_several_events median_session_seconds_of_several_events engaged_seconds"
        " engaged_sessions single_event_sessions single_event_share content_consumption_rate content_consumption_per_user",
        DAILY,
        "session_quality",
    ),
    *columns(
        "activity by platform and area",
        "report_regional_activity",
        "regional_active_users regional_active_learners events items_finished",
        ("platform", "area_type", "area"),
        "regions",
    ),
    same(
        "regional_active_users by country and region, both platforms",
        "report_regional_activity.regional_active_users",
        ("area",),
        "regions",
        "platform = 'total'",
    ),
)

CONTENT = (
    *columns(
        "attempts by format",
        "report_content_funnel",
        "started_attempts decided_attempts completed_attempts open_attempts orphan_finishes completion_rate"
        " completion_rate_of_mature median_seconds_to_finish",
        ("split_value",),
        "content_funnel",
        FORMATS,
    ),
    same(
        "completion_rate by item type",
        "report_content_funnel.completion_rate",
        ("split_value",),
        "content_funnel",
        "split = 'item_type'",
    ),
    *columns(
        "attempts by split",
        "report_content_funnel",
        "started_attempts completed_attempts completion_rate",
        SPLIT,
        "content_funnel",
    ),
    both(
        "attempts: furthest progress",
        "fact_content_consumption.max_progress",
        "select coalesce(content_format, 'unknown'), sum(max_progress) from {} group by 1",
        "fact_content_consumption",
        "attempts",
    ),
    same(
        "content_completions by item type",
        "report_content_completion.content_completions",
        ("item_type",),
        "completions",
        ITEM_TYPES,
    ),
    same(
        "content_completions by item type and format",
        "report_content_completion.content_completions",
        ("item_type", "content_format"),
        "completions",
        TYPES_AND_FORMATS,
    ),
    same("items_completed by item type", "report_content_completion.items_completed", ("item_type",), "completions", ITEM_TYPES),
    *columns(
        "content by platform, item type, item and format",
        "report_content_completion",
        "starts content_completions items_completed completing_users",
        ITEMS,
        "completions",
    ),
    *(
        same(
            f"drop_off: share by {words}",
            "report_drop_off.drop_off_share",
            ("place_value",),
            "drop_off",
            f"split = 'total' and place = '{place}'",
        )
        for place, words in (
            ("exit_event", "last event"),
            ("exit_screen", "last screen"),
            ("last_progress", "last progress mark"),
        )
    ),
    same("drop_off by place and split", "report_drop_off.dropped_sessions", ("place", "place_value", *SPLIT), "drop_off"),
)
