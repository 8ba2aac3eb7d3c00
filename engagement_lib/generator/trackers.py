"""How each platform's tracker writes an event: its columns and the text of its row.

A further platform is one more function and one more entry of ``COLUMNS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engagement_lib.generator.catalogue import Item
from engagement_lib.generator.clock import timestamp
from engagement_lib.generator.population import User

LOCALE_BREAKS_ON = 28  # from this day on the mobile tracker sends FR / fr and no device make for nearly everybody

COLUMNS: dict[str, tuple[str, ...]] = {
    "mobile_events": (
        "event_name",
        "application_version_code",
        "application_version_name",
        "arrival_timestamp",
        "category",
        "client_cognito_id",
        "client_id",
        "device_locale_code",
        "device_locale_country",
        "device_locale_language",
        "device_make",
        "device_platform_name",
        "device_platform_version",
        "event_timestamp",
        "event_version",
        "session_id",
        "user_access_type",
        "user_id",
        "topLevelScreenName",
        "item_id",
        "item_type",
        "item_title",
    ),
    "web_events": (
        "event_name",
        "event_timestamp",
        "user_id",
        "fingerprint",
        "arrival_timestamp",
        "browser_name",
        "browser_version",
        "language",
        "screen_resolution",
        "device_type",
        "cookies_enabled",
        "session_id",
        "user_access_type",
        "country_code",
        "referrer",
        "item_id",
        "item_type",
        "item_title",
    ),
}

# Newer columns, behind the others and empty where they do not apply.
NEWER_COLUMNS = ("content_format", "progress_pct", "feature_id", "step_name", "experiment_id", "variant")
WEB_KNOWS_FORMAT_FROM = 20  # the day from which on the web tracker says whether an item is read or heard

_REGIONS = ("us-west-2", "eu-central-1", "ap-southeast-1")
_SCREENS = ("home", "home", "library", "search")
_MAKES = (("apple", "iOS"), ("samsung", "ANDROID"), ("huawei", "ANDROID"), ("xiaomi", "ANDROID"))
_BROWSERS = ("Chrome", "Chrome", "Safari", "Firefox", "Edge")
_RESOLUTIONS = ("1366x768", "1440x900", "1920x1080", "2560x1440", "3840x2160")
_DEVICES = ("desktop", "laptop", "mobile", "tablet")
_REFERRERS = ("landing-page", "library", "search")


class Newer(NamedTuple):
    """The newer cells of an event; nothing in them needs quotes."""

    content_format: str = ""
    progress_pct: str = ""
    feature_id: str = ""
    step_name: str = ""
    experiment_id: str = ""
    variant: str = ""

    @property
    def subject(self) -> str:
        """What the event is about where that is no item."""
        return self.feature_id or self.experiment_id or self.step_name


NOTHING_NEW = Newer()


class Action(NamedTuple):
    """What a person does, before a tracker has written it."""

    name: str
    instant: int  # milliseconds since 1970
    country: str
    access: str
    item: Item | None
    session_id: str = ""  # empty: the tracker makes one
    anonymous_id: str = ""  # empty: the tracker makes one
    is_logged_out: bool = False
    newer: Newer = NOTHING_NEW


class Event(NamedTuple):
    """One event as written: what it means, and the text before and after its arrival time."""

    source: str
    name: str
    instant: int
    user_id: str
    anonymous_id: str
    session_id: str
    item_id: str
    country: str
    access: str
    head: str
    tail: str
    newer: Newer = NOTHING_NEW


def mobile_event(action: Action, user: User, day: int, draw: Callable[[], float]) -> Event:
    """One row of mobile_events. Session and client ids are new on each event unless given, as in the seed."""
    client_id = action.anonymous_id or f"{1000 + int(draw() * 9000)}abcd-{1000 + int(draw() * 9000)}wxyz"
    session_id = action.session_id or f"{1000 + int(draw() * 9000)}abcd-{1000 + int(draw() * 9000)}wxyz"
    user_id = "" if action.is_logged_out else user.user_id
    if day >= LOCALE_BREAKS_ON and draw() < 0.97:
        locale = "FR,fr,,"
    else:
        make, platform = _MAKES[int(draw() * 4)]
        locale = f"{action.country},{user.language},{make},{platform}"
    item, screen = ",,", ""
    if action.item is not None:
        item = action.item.mobile_cells if draw() > 0.02 else action.item.mobile_cells_quoted
    elif action.name == "app-open":
        screen = _SCREENS[int(draw() * 4)]
    code, version, minor = int(draw() * 250_000), int(draw() * 300), int(draw() * 10_000)
    return Event(
        "mobile_events",
        action.name,
        action.instant,
        user_id,
        client_id,
        session_id,
        action.item.item_id if action.item is not None else "",
        action.country,
        action.access,
        f"{action.name},{700_000 + code},{7 + version // 100}.{version // 10 % 10}.{version % 10},",
        f",app,{_REGIONS[int(draw() * 3)]}:{1000 + int(draw() * 9000)}abcd-{1000 + minor % 9000}wxyz,{client_id},"
        f"{user.language}_{action.country},{locale},{10 + version % 8}.{minor % 10},{timestamp(action.instant)},"
        f"{4 + code % 3}.{code % 10},{session_id},{action.access},{user_id},{screen},{item}",
        action.newer,
    )


def web_event(action: Action, user: User, day: int, draw: Callable[[], float]) -> Event:
    """One row of web_events. Session ids and fingerprints are new on each event unless given, as in the seed."""
    fingerprint = action.anonymous_id or f"{1000 + int(draw() * 9000)}abcd-{1000 + int(draw() * 9000)}wxyz"
    session_id = action.session_id or f"{1000 + int(draw() * 9000)}abcd-{1000 + int(draw() * 9000)}wxyz"
    user_id = "" if action.is_logged_out else user.user_id
    language = f"{user.language}-{user.country}"
    code = int(draw() * 300_000)
    return Event(
        "web_events",
        action.name,
        action.instant,
        user_id,
        fingerprint,
        session_id,
        action.item.item_id if action.item is not None else "",
        action.country,
        action.access,
        f"{action.name},{timestamp(action.instant)},{user_id},{fingerprint},",
        f",{_BROWSERS[code % 5]},{100 + code // 10 % 31}.{code % 10},{language},{_RESOLUTIONS[int(draw() * 5)]},"
        f"{_DEVICES[code % 4]},{int(code % 7 > 1)},{session_id},{action.access},{action.country},"
        f"{_REFERRERS[code % 3]},{action.item.web_cells if action.item is not None else ',,'}",
        action.newer if day >= WEB_KNOWS_FORMAT_FROM else action.newer._replace(content_format=""),
    )
