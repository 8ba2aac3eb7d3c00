"""The account service's records of users: sign-up, moves to another country, deletion."""

from __future__ import annotations

from collections.abc import Callable

from engagement_lib.generator.clock import DAY, SECOND, timestamp
from engagement_lib.generator.contracts import NEVER
from engagement_lib.generator.population import Population
from engagement_lib.generator.records import Record, time_cell
from engagement_lib.generator.streams import stream_at, stream_key

COLUMNS = (
    "user_id",
    "signup_at",
    "signup_platform",
    "country_code",
    "language",
    "time_zone",
    "acquisition_channel",
    "campaign",
    "is_test",
    "deleted_at",
    "updated_at",
)
TEST_SHARE = 0.012

# (channel, share, campaigns)
_CHANNELS = (
    ("organic", 0.38, ("",)),
    ("paid_search", 0.20, ("brand", "summaries-generic")),
    ("social", 0.18, ("reels-new-year", "creators-q1", "")),
    ("referral", 0.10, ("",)),
    ("affiliate", 0.08, ("podcast-partners",)),
    ("newsletter", 0.06, ("weekly-pick",)),
)
_TIME_ZONES = {
    "DE": "Europe/Berlin",
    "US": "America/New_York",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "ES": "Europe/Madrid",
    "AT": "Europe/Vienna",
    "CH": "Europe/Zurich",
    "IT": "Europe/Rome",
    "BR": "America/Sao_Paulo",
}


class Accounts:
    """Records of the users of a population."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._key = stream_key(population.seed, "account of a user")

    def of(self, number: int) -> list[Record]:
        """All versions of one user's record, in order of time."""
        user = self._population.profile(number)
        draw = stream_at(self._key, number).random
        channel, campaign = _channel(draw)
        is_test = ("true" if draw() < TEST_SHARE else "false") if draw() < 0.95 else ""
        platform = "mobile" if draw() < user.mobile_share else "web"
        moves = user.second_country != user.country and draw() < 0.6
        moved = user.sign_up + int((2 + 90 * draw()) * DAY) // SECOND * SECOND if moves else NEVER

        def record(instant: int, country: str, deleted: int = NEVER) -> Record:
            attributes = (country, user.language, _TIME_ZONES[country], channel, campaign, is_test)
            fixed = (user.user_id, timestamp(user.sign_up), platform)
            return Record(instant, (*fixed, *attributes, time_cell(deleted), timestamp(instant)))

        versions = [record(user.sign_up, user.country)]
        country = user.country
        if moved < user.deleted_at and moved != NEVER:
            country = user.second_country
            versions.append(record(moved, country))
        if user.deleted_at != NEVER:
            versions.append(record(user.deleted_at, country, user.deleted_at))
        return versions


def _channel(draw: Callable[[], float]) -> tuple[str, str]:
    chance, place = draw(), draw()
    for channel, share, campaigns in _CHANNELS:
        chance -= share
        if chance < 0:
            return channel, campaigns[int(place * len(campaigns))]
    return _CHANNELS[0][0], ""
