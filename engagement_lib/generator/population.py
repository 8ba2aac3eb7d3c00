"""The people: who they are, when they sign up and on which days they come back.

Nothing here depends on how many days are generated, so that a day can be made alone.
"""

from __future__ import annotations

from array import array
from datetime import date, timedelta
from typing import NamedTuple

from engagement_lib.generator.clock import DAY, HOUR, MINUTE, SECOND, day_start
from engagement_lib.generator.contracts import NEVER, NO_CONTRACT, Contract, draw_contract
from engagement_lib.generator.streams import Remembered, stream_at, stream_key

GROWTH_DAYS = 90  # the number of users is reached at the end of this day; later sign-ups continue at the same rate
VETERAN_SHARE = 0.45  # signed up before the first day
OLDEST_SIGN_UP = 400  # days before the first day
OLDEST_TENURE = OLDEST_SIGN_UP + GROWTH_DAYS  # who stays longer comes as often as at this age

# (share of users, level, tau in days, beta): active on the n-th day after sign-up with level * (1 + n / tau) ** -beta
TIERS = ((0.25, 0.02, 2.0, 1.0), (0.47, 0.42, 1.0, 1.2), (0.19, 0.28, 20.0, 0.6), (0.05, 0.45, 200.0, 0.5))
# (share of users, last day of the habit, first day of the return): eager until then, hardly ever seen after it
BREAKS = ((0.008, 55, 10_000), (0.008, 110, 10_000), (0.008, 210, 10_000), (0.008, 25, 60), (0.008, 90, 125))
EAGER, FADED = 0.45, 0.03
WEEKDAY_FACTOR = (1.0, 1.04, 1.02, 0.98, 0.88, 0.78, 0.94)
LIKELIEST = 0.97

# (country, share, languages, hours ahead of UTC)
COUNTRIES = (
    ("DE", 0.30, ("de",), 1),
    ("US", 0.14, ("en",), -5),
    ("FR", 0.12, ("fr",), 1),
    ("GB", 0.10, ("en",), 0),
    ("ES", 0.09, ("es",), 1),
    ("AT", 0.08, ("de",), 1),
    ("CH", 0.07, ("de", "fr", "it"), 1),
    ("IT", 0.05, ("it",), 1),
    ("BR", 0.05, ("pt",), -3),
)
HOURS_AHEAD = {country: hours for country, _, _, hours in COUNTRIES}

# How often each local hour starts a session.
_HOUR_WEIGHTS = (2, 1, 1, 1, 1, 3, 7, 10, 9, 6, 5, 5, 7, 6, 5, 5, 6, 8, 9, 9, 11, 12, 9, 5)
START_HOURS = tuple(hour for hour, weight in enumerate(_HOUR_WEIGHTS) for _ in range(weight))

_ID_HEADS = ("abcd", "lmno", "pqrs", "tuvw", "wxyz")
_ID_MIDDLES = ("efgh", "mnop", "qrst", "uvwx")
_ID_SPACE = len(_ID_HEADS) * len(_ID_MIDDLES) * 9000 * 9000
_ID_STEP = 1_086_419_753  # has no factor in common with _ID_SPACE: no two users get the same id
_WORD = (1 << 64) - 1


class User(NamedTuple):
    """What stays true of one user."""

    user_id: str
    country: str
    language: str
    second_country: str
    mobile_share: float  # of the user's sessions; 0 and 1 are users of one platform
    is_restless: bool  # access type and country change from event to event, as for some users of the seed
    sign_up: int = -NEVER  # milliseconds since 1970
    contract: Contract = NO_CONTRACT
    deleted_at: int = NEVER

    def access(self, instant: int) -> str:
        """What the user may read at an instant."""
        return "premium" if self.contract.trial_start <= instant < self.contract.ended_at else "free"


def user_id_of(number: int) -> str:
    """The id of the n-th user, such as ``abcd1008uvwx1905``; unique below 1.6 thousand million users."""
    code = (number * _ID_STEP + 977_531) % _ID_SPACE
    code, last = divmod(code, 9000)
    code, first = divmod(code, 9000)
    head, middle = divmod(code, len(_ID_MIDDLES))
    return f"{_ID_HEADS[head]}{1000 + first}{_ID_MIDDLES[middle]}{1000 + last}"


class Population:
    """``users`` people, 45 % of whom signed up before ``first_day``; ``activity`` scales how often they come."""

    def __init__(self, seed: int, first_day: date, users: int, activity: float = 1.0) -> None:
        self.seed = seed
        self.first_day = first_day
        self._first_instant = day_start(first_day)
        self._users = users
        self._veterans = round(users * VETERAN_SHARE)
        self._profile_key = stream_key(seed, "profile of a user")
        self._tenure_key = stream_key(seed, "tier and sign-up of a user")
        self._day_key = stream_key(seed, "active users of a day")
        self._limits = [_limits(factor * activity) for factor in WEEKDAY_FACTOR]
        # By user number, as far as needed: 13 bytes a user.
        self._states, self._tiers, self._sign_ups = array("Q"), bytearray(), array("i")
        self.profile = Remembered(self._draw_profile)
        self._day_rules: dict[int, tuple[int, int, list[list[int]]]] = {}

    def size(self, day: int) -> int:
        """The number of users who signed up until the end of a day."""
        return self._veterans + (day + 1) * (self._users - self._veterans) // GROWTH_DAYS

    def active_users(self, day: int) -> list[int]:
        """The numbers of the users who open the app or the site on a day."""
        size = self.size(day)
        self._remember(size)
        salt, factor, limits = self._day_rule(day)
        states, tiers, sign_ups = self._states, self._tiers, self._sign_ups
        return [
            number
            for number in range(size)
            if ((states[number] ^ salt) * factor) & _WORD < limits[tiers[number]][min(day - sign_ups[number], OLDEST_TENURE)]
        ]

    def is_active(self, number: int, day: int) -> bool:
        """Whether ``active_users`` of the day holds a user who has signed up by then."""
        self._remember(self.size(day))
        salt, factor, limits = self._day_rule(day)
        tenure = min(day - self._sign_ups[number], OLDEST_TENURE)
        return ((self._states[number] ^ salt) * factor) & _WORD < limits[self._tiers[number]][tenure]

    def instant(self, day: int) -> int:
        """Midnight at the start of a day, in milliseconds since 1970."""
        return self._first_instant + day * DAY

    def sign_up_day(self, number: int) -> int:
        """The day on which a user signed up; negative before the first day of the data."""
        self._remember(number + 1)
        return self._sign_ups[number]

    def was_active(self, number: int, first: int, last: int) -> bool:
        """Whether a user came on one of the days from ``first`` to ``last``."""
        return any(self.is_active(number, day) for day in range(max(first, self.sign_up_day(number)), last + 1))

    def _draw_profile(self, number: int) -> User:
        """The n-th user."""
        draw = stream_at(self._profile_key, number).random
        country, languages = _weighted_country(draw())
        second = _weighted_country(draw())[0] if draw() < 0.12 else country
        platform = draw()
        mobile_share = 1.0 if platform < 0.5 else 0.0 if platform < 0.75 else 0.2 + 0.6 * draw()
        language = languages[int(draw() * len(languages))]
        is_restless = draw() < 0.06
        hour, minute = (START_HOURS[int(draw() * len(START_HOURS))] - HOURS_AHEAD[country]) % 24, draw() * 60
        day = self.instant(self.sign_up_day(number))
        sign_up = day + hour * HOUR + int(minute) * MINUTE + int(minute % 1 * 60) * SECOND
        contract = draw_contract(sign_up, draw)
        is_leaving = contract == NO_CONTRACT and draw() < 0.04
        deleted_at = sign_up + int((3 + 120 * draw() ** 2) * DAY) // SECOND * SECOND if is_leaving else NEVER
        return User(user_id_of(number), country, language, second, mobile_share, is_restless, sign_up, contract, deleted_at)

    def _day_rule(self, day: int) -> tuple[int, int, list[list[int]]]:
        """Salt and factor that turn a user's state into the day's 64-bit draw, and the limits it must stay below."""
        if day not in self._day_rules:
            weekday = (self.first_day + timedelta(days=day)).weekday()
            draw = stream_at(self._day_key, day).random
            self._day_rules[day] = (int(draw() * _WORD), int(draw() * _WORD) | 1, self._limits[weekday])
        return self._day_rules[day]

    def _remember(self, size: int) -> None:
        newcomers = self._users - self._veterans
        for number in range(len(self._states), size):
            draw = stream_at(self._tenure_key, number).random
            self._states.append(int(draw() * (1 << 53)) << 11)
            self._tiers.append(_tier(draw()))
            if number < self._veterans:
                self._sign_ups.append(-1 - int(OLDEST_SIGN_UP * draw() ** 1.5))
            else:  # the first day on whose end ``size`` is above the number
                self._sign_ups.append(-(-(number - self._veterans + 1) * GROWTH_DAYS // newcomers) - 1)


def _tier(chance: float) -> int:
    for tier, (share, *_) in enumerate(TIERS):
        chance -= share
        if chance < 0:
            return tier
    for number, (share, *_) in enumerate(BREAKS):
        chance -= share
        if chance < 0:
            return len(TIERS) + number
    return len(TIERS) - 1


def _limits(factor: float) -> list[list[int]]:
    return [_tier_limits(tier, factor) for tier in TIERS] + [_break_limits(rule, factor) for rule in BREAKS]


def _tier_limits(tier: tuple[float, float, float, float], factor: float) -> list[int]:
    """By days since sign-up: the number below which a 64-bit draw means active. Everybody is active on the first day."""
    _, level, tau, beta = tier
    chances = (min(LIKELIEST, factor * level * (1 + n / tau) ** -beta) for n in range(1, OLDEST_TENURE + 1))
    return [1 << 64, *(int(chance * _WORD) for chance in chances)]


def _break_limits(rule: tuple[float, int, int], factor: float) -> list[int]:
    _, last, back = rule
    chances = (EAGER if n <= last or n >= back else FADED for n in range(1, OLDEST_TENURE + 1))
    return [1 << 64, *(int(min(LIKELIEST, factor * chance) * _WORD) for chance in chances)]


def _weighted_country(chance: float) -> tuple[str, tuple[str, ...]]:
    for country, share, languages, _ in COUNTRIES:
        chance -= share
        if chance < 0:
            return country, languages
    return COUNTRIES[0][0], COUNTRIES[0][2]
