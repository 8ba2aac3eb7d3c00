"""Countries and languages from locale codes: ``Column -> Column``."""

from pyspark.sql import Column
from pyspark.sql import functions as F

#: Language, script where it is said, region; then variants (``POSIX``), and extensions as BCP 47 (``-u-fw-mon``) or Java
#: (``_#u-fw-mon``) writes them, which new phones send to say the first day of the week, or an encoding.
_LOCALE = (
    r"^[A-Za-z]{2,3}([_-][A-Za-z]{4})?[_-]([A-Za-z]{2})"
    r"([_-]([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*([_-]#.*|[_-][A-Za-z0-9]-.*|[.@].*)?$"
)


def locale_country(locale: Column) -> Column:
    """The region of a locale code: ``de_AT``, ``de-AT-u-fw-mon`` -> ``AT``, ``zh_Hans_CN`` -> ``CN``; null without one."""
    return F.nullif(F.upper(F.regexp_extract(locale, _LOCALE, 2)), F.lit(""))


def locale_language(locale: Column) -> Column:
    """The language of a locale code: ``de_AT`` and ``de`` -> ``de``."""
    return F.when(locale.rlike(r"^[A-Za-z]{2,3}([_-].*)?$"), F.lower(F.substring_index(F.translate(locale, "-", "_"), "_", 1)))


def country(code: Column) -> Column:
    """An ISO 3166 alpha-2 code in upper case; null for anything else."""
    return F.when(code.rlike("^[A-Za-z]{2}$"), F.upper(code))
