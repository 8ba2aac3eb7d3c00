"""Countries and languages from locale codes: ``Column -> Column``."""

from pyspark.sql import Column
from pyspark.sql import functions as F

#: Language, script where it is said, region, and an encoding or a variant where one is said.
_LOCALE = r"^[A-Za-z]{2,3}([_-][A-Za-z]{4})?[_-]([A-Za-z]{2})([.@].*)?$"


def locale_country(locale: Column) -> Column:
    """The region of a locale code: ``de_AT``, ``de_AT.UTF-8`` -> ``AT``, ``zh_Hans_CN`` -> ``CN``; null where there is none."""
    return F.nullif(F.upper(F.regexp_extract(locale, _LOCALE, 2)), F.lit(""))


def locale_language(locale: Column) -> Column:
    """The language of a locale code: ``de_AT`` and ``de`` -> ``de``."""
    return F.when(locale.rlike(r"^[A-Za-z]{2,3}([_-].*)?$"), F.lower(F.substring_index(F.translate(locale, "-", "_"), "_", 1)))


def country(code: Column) -> Column:
    """An ISO 3166 alpha-2 code in upper case; null for anything else."""
    return F.when(code.rlike("^[A-Za-z]{2}$"), F.upper(code))
