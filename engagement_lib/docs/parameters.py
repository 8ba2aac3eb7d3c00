"""What each parameter of the tables means, for the pages; a parameter means the same in every table that has it."""

from collections.abc import Mapping

#: By name, with unit and allowed values. Defaults are the declared ones, in the signatures of the table functions.
MEANINGS: Mapping[str, str] = {
    "regions": "Country codes (ISO 3166-1, two letters, NO in quotes) by region, each in one; replaces the default as a whole.",
    "calendar_first_date": "First day of the calendar.",
    "calendar_last_date": "Last day of the calendar.",
    "report_time_zone": "IANA time zone whose dates are the days, weeks and months of facts and reports.",
    "event_name_aliases": "Known event name by another name that trackers send for it, e.g. {began: item-started}.",
    "max_clock_ahead_hours": "An event dated more than so many hours after its arrival is quarantined: the clock is wrong.",
    "max_clock_behind_days": "An event dated more than so many days before its arrival is quarantined: the clock is wrong. Set "
    "it higher to load history whose arrival is given as the day it was loaded.",
    "shared_device": "An anonymous id that several users had: last_known = it stands for the one who was known last before "
    "the event, unresolved = for nobody.",
    "completion_window_days": "An attempt at an item is completed if it is finished within so many days of its start.",
    "session_gap_minutes": "A pause of more than so many minutes begins a new session.",
    "session_max_hours": "A session is cut after so many hours, from its third day on at midnight.",
    "engaged_gap_seconds": "Of each pause between two events of a session, at most so many seconds are engaged time.",
    "use_tracker_session_id": "true: a session is what the tracker says it is, instead of gap and longest duration.",
    "content_events": "Events by which a user counts as a learner and a session as one with content.",
    "experiment_pre_days": "Days before the exposure whose activity is the covariate of CUPED.",
    "passive_events": "Event names that are no activity, e.g. of a received push: who did only these is not active.",
    "funnels": "By name: steps (an event name each, or a list of which one does), days of the window from the first step on, and "
    "entry (first or every). Added to the declared ones, replacing those of the same name.",
    "week_start": "monday or sunday: first day of the weeks of lifecycle and growth. Retention and acquisition have ISO weeks.",
    "trial_grace_days": "A trial that is paid up to so many days after its end has converted.",
    "refund_days": "A payment that is paid back within so many days does not count as a conversion.",
    "sample_ratio_alpha": "A split less probable than this, if assignment worked as meant, makes an experiment unusable.",
    "segment_window_days": "Days of the window in which segments look, and of the one before it; 1 to 63.",
    "at_risk_days_before": "At risk by fewer days: so many active days in the window before are the least.",
    "at_risk_share": "At risk by fewer days: at most this share of the active days of the window before is left (0 to 1).",
    "at_risk_after_days": "At risk by silence: the last activity is so many days ago or more.",
    "engaged_days": "Highly engaged: so many active days in the window or more.",
    "engaged_completions": "Highly engaged: so many completions in the window or more.",
    "new_for_days": "A user is new if the first active day is less than so many days ago.",
    "drift_threshold": "An alarm is so many robust standard deviations away from the median of alike days.",
    "drift_least_history": "Days before that must have a value, of 28, until a day is judged.",
    "drift_least_alike": "Days of the same kind (workday or weekend) that must be among them.",
    "drift_least_count_change": "Counts that differ by less from the expected are no alarm.",
    "drift_least_relative_change": "Counts that differ by less than this share of the expected are no alarm (0 to 1).",
    "drift_least_share_change": "Shares that differ by less from the expected are no alarm (0 to 1).",
    "drift_weekend": "Days of the week that are no workdays (ISO: 1 = Monday to 7 = Sunday).",
}
