"""Columns that mean the same in many tables, described once, and the words that their values use."""

from datetime import date

from engagement_lib.engine.table import Field

#: The as-of date of a lake without data: before all that a device reports.
NO_DAY = date(1970, 1, 1)

MOBILE, WEB = "mobile", "web"
PLATFORMS = (MOBILE, WEB)

APP_OPEN, LOGIN_SUCCESSFUL = "app-open", "login-successful"
ITEM_STARTED, ITEM_FINISHED = "item-started", "item-finished"
ONBOARDING_STEP, ONBOARDING_COMPLETED = "onboarding-step", "onboarding-completed"
ITEM_PROGRESS, FEATURE_USED, EXPERIMENT_EXPOSED = "item-progress", "feature-used", "experiment-exposed"
EVENT_NAMES = (
    APP_OPEN,
    LOGIN_SUCCESSFUL,
    ITEM_STARTED,
    ITEM_FINISHED,
    ONBOARDING_STEP,
    ONBOARDING_COMPLETED,
    ITEM_PROGRESS,
    FEATURE_USED,
    EXPERIMENT_EXPOSED,
)
#: How a user begins, as a step of funnels: the sign-up of the users source, or, of users whom it lacks, the first activity.
SIGN_UP, FIRST_ACTIVE = "sign-up", "first-active"
#: How an item can be taken in.
CONTENT_FORMATS = ("text", "audio")
#: Events that say that somebody reads or listens.
CONTENT_EVENTS = (ITEM_STARTED, ITEM_FINISHED)

#: Where a subscription can stand; a trial is one without a payment yet.
SUBSCRIPTION_STATUSES = ("trialing", "active", "past_due", "paused", "cancelled", "ended")
#: What can become of a payment; a refunded one was successful first.
SUCCEEDED, REFUNDED = "succeeded", "refunded"
PAYMENT_STATUSES = (SUCCEEDED, "pending", "failed", REFUNDED)

#: The value of a split column in the rows that count everybody.
TOTAL = "total"
#: How a report row may be split; each value of a split is counted on its own.
SPLITS = (TOTAL, "platform", "country_code", "user_access_type")

ACTIVITY_DATE = Field("activity_date", "date", "Local date of the event in the report time zone.", required=True)
USER_ID = Field("user_id", "string", "The user, after identities are resolved; null = anonymous.", pii=True)
PLATFORM = Field("platform", "string", "Where the event was made.", required=True, allowed=PLATFORMS)
COUNTRY_CODE = Field("country_code", "string", "ISO 3166 alpha-2 code, upper case; null = unknown.")
USER_ACCESS_TYPE = Field("user_access_type", "string", "What the user pays for at the event: free or premium.")
ITEM_ID = Field("item_id", "string", "The book summary or other item, as canonical text: 873, never 873.0.")
ITEM_TYPE = Field("item_type", "string", "Kind of item as the tracker names it, e.g. book.")
SESSION_KEY = Field("session_key", "string", "Id of the session: MD5 over who, where and when it started.", required=True)

SPLIT = Field("split", "string", "What the row is split by; total counts everybody.", required=True, allowed=SPLITS)
SPLIT_VALUE = Field("split_value", "string", "The platform, country or access type; total or unknown.", required=True)

LOAD = Field("_load", "bigint", "Number of the load that brought the record; rises by one with each load.", required=True)
SOURCE_FILE = Field("source_file", "string", "Landed file, relative to the landing root.", required=True)
SOURCE_RECORD = Field("source_record", "bigint", "Number of the record in its file, from 1, the header apart.", required=True)

#: Of reports that look back from a date.
IS_PARTIAL_WINDOW = Field("is_partial_window", "boolean", "Whether the 30 dates reach back before the first data.", required=True)

#: Since when and until when a version of an entity holds.
VALID_FROM = Field("valid_from", "timestamp", "Since when this version holds, UTC; null = since ever.")
VALID_TO = Field("valid_to", "timestamp", "Start of the next version, not included, UTC; null = this is the last one.")
IS_CURRENT = Field("is_current", "boolean", "The last version: one row per entity, what is known now.", required=True)
VERSION = (VALID_FROM, VALID_TO, IS_CURRENT, SOURCE_FILE, SOURCE_RECORD, LOAD)


def count(name: str, description: str) -> Field:
    """A column that counts: never null, 0 where there is nothing."""
    return Field(name, "bigint", description, required=True)
