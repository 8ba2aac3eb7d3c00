"""Countries and languages from locale codes: ``Column -> Column``."""

from itertools import groupby

from babel import Locale
from pyspark.sql import Column
from pyspark.sql import functions as F

#: Two letters that the CLDR names and that are no country: unions, the eurozone, places unknown or made up.
_NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
#: English name by ISO 3166 alpha-2 code, from the Unicode CLDR.
COUNTRY_NAMES = {
    code: name
    for code, name in sorted(Locale("en").territories.items())
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
}

_BY_FIRST = groupby(COUNTRY_NAMES, key=lambda code: code[0])
_COUNTRY = "(" + "|".join(first + "[" + "".join(code[1] for code in codes) + "]" for first, codes in _BY_FIRST) + ")"

#: Language, script where it is said, region; then variants (``POSIX``; Java's may be short: ``th_TH_TH``), and an encoding or
#: extensions as BCP 47 (``-u-fw-mon``) or Java (``_#u-fw-mon``) writes them: new phones send the first day of the week so.
_LOCALE = (
    rf"(?i)^[a-z]{{2,3}}([_-][a-z]{{4}})?[_-]{_COUNTRY}"
    r"([_-]([a-z0-9]{5,8}|[0-9][a-z0-9]{3})|_[a-z0-9]{2,4})*([_-]#.*|[_-][a-z0-9]-.*|[.@].*)?$"
)


def locale_country(locale: Column) -> Column:
    """The region of a locale code: ``de_AT``, ``de-AT-u-fw-mon`` -> ``AT``, ``zh_Hans_CN`` -> ``CN``; null without one."""
    return F.nullif(F.upper(F.regexp_extract(locale, _LOCALE, 2)), F.lit(""))


def locale_language(locale: Column) -> Column:
    """The language of a locale code: ``de_AT`` and ``de`` -> ``de``."""
    return F.when(locale.rlike(r"^[A-Za-z]{2,3}([_-].*)?$"), F.lower(F.substring_index(F.translate(locale, "-", "_"), "_", 1)))


def country(code: Column) -> Column:
    """An ISO 3166 alpha-2 code in upper case; null for anything else, such as XX, which networks send for unknown."""
    return F.when(code.rlike(f"(?i)^{_COUNTRY}$"), F.upper(code))
