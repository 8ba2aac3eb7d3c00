"""Numbers, yes and no, and lists as exports write them: ``Column -> Column``. What has another form is null."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from engagement_lib.columns.text import trimmed

WHOLE_FORM = "a whole number of up to 18 digits"
AMOUNT_FORM = "a decimal number with a point and up to 4 digits after it"
NUMBER_FORM = "a decimal number with a point"
FLAG_FORM = "true or false"
_TRUE, _FALSE = ("true", "t", "yes", "1"), ("false", "f", "no", "0")


def whole(text: Column) -> Column:
    """A whole number (bigint): ``1200`` and, as spreadsheets write it, ``1200.0``."""
    return F.when(text.rlike(r"^-?\d{1,18}(\.0+)?$"), F.substring_index(text, ".", 1).try_cast("bigint"))


def amount(text: Column) -> Column:
    """An amount of money, exact to the fourth digit after the point (decimal)."""
    return F.when(text.rlike(r"^-?\d{1,14}(\.\d{1,4})?$"), text.try_cast("decimal(18,4)"))


def number(text: Column) -> Column:
    """A number (double) without exponent, infinity or NaN."""
    return F.when(text.rlike(r"^-?\d{1,15}(\.\d{1,15})?$"), text.try_cast("double"))


def flag(text: Column) -> Column:
    """Yes or no (boolean): true, t, yes, 1 and false, f, no, 0, whatever the case."""
    lower = F.lower(text)
    return F.when(lower.isin(*_TRUE), F.lit(True)).when(lower.isin(*_FALSE), F.lit(False))


def words(text: Column) -> Column:
    """A list of texts in lower case, each once, in order: ``Premium;free``, ``free|premium`` and ``["free", "premium"]``. What
    has blanks inside, such as ``Premium Plus``, keeps them."""
    parts = F.transform(F.split(F.translate(F.lower(text), '[]"', ""), "[;|,]"), trimmed)
    return F.when(text.isNotNull(), F.array_sort(F.array_distinct(F.array_compact(parts))))
