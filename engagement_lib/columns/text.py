"""Text as trackers deliver it, made comparable: ``Column -> Column``."""

from pyspark.sql import Column
from pyspark.sql import functions as F

#: Blanks that editors and browsers leave around values: space, tab, line ends, no-break and zero-width characters.
_BLANKS = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
#: Words that exports write where there is no value.
_NULL_WORDS = ("null", "none", "nan", "n/a", "\\n", "undefined", "")


def trimmed(text: Column) -> Column:
    """The text without blanks around it, visible or not; null where nothing is left."""
    return F.nullif(F.btrim(text, F.lit(_BLANKS)), F.lit(""))


def given(text: Column) -> Column:
    """The trimmed text, null for the words that stand for a missing value (NULL, None, NaN, N/A, undefined)."""
    value = F.btrim(text, F.lit(_BLANKS))
    return F.when(~F.lower(value).isin(*_NULL_WORDS), value)


def unquoted(title: Column) -> Column:
    """A title without one pair of single quotes around it: ``'The 5 AM Club'`` -> ``The 5 AM Club``."""
    return F.when(is_quoted(title), F.substr(title, F.lit(2), F.length(title) - 2)).otherwise(title)


def is_quoted(title: Column) -> Column:
    """Whether one pair of single quotes wraps the title."""
    return title.startswith("'") & title.endswith("'") & (F.length(title) >= 2)
