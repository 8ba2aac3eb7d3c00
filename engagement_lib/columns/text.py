"""Text as trackers deliver it, made comparable: ``Column -> Column``."""

from pyspark.sql import Column
from pyspark.sql import functions as F

#: Blanks that editors and browsers leave around values: space, tab, line ends, no-break and zero-width characters.
_BLANKS = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
#: Words that exports write where there is no value.
_NULL_WORDS = ("null", "none", "nan", "n/a", "\\n", "undefined", "")
_NULL_WORD_LENGTHS = tuple(sorted({len(word) for word in _NULL_WORDS}))


def trimmed(text: Column) -> Column:
    """The text without blanks around it, visible or not; null where nothing is left."""
    return F.nullif(F.btrim(text, F.lit(_BLANKS)), F.lit(""))


def given(text: Column) -> Column:
    """The trimmed text, null for the words that stand for a missing value (NULL, None, NaN, N/A, undefined)."""
    value = F.btrim(text, F.lit(_BLANKS))
    # Lower-casing costs three times what all the rest does, so only values as long as a null word are looked at.
    is_null_word = F.octet_length(value).isin(*_NULL_WORD_LENGTHS) & F.lower(value).isin(*_NULL_WORDS)
    return F.when(~is_null_word, value)


def unquoted(title: Column) -> Column:
    """A title without one pair of single quotes around it: ``'The 5 AM Club'`` -> ``The 5 AM Club``."""
    return F.when(is_quoted(title), F.substr(title, F.lit(2), F.length(title) - 2)).otherwise(title)


def is_quoted(title: Column) -> Column:
    """Whether one pair of single quotes wraps the title."""
    return title.startswith("'") & title.endswith("'") & (F.length(title) >= 2)
