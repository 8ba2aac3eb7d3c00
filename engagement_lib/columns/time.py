"""Times as trackers write them, and the day they belong to: ``Column -> Column``."""

from pyspark.sql import Column
from pyspark.sql import functions as F

#: What a person reads when a time is refused.
TIME_FORM = "yyyy-MM-dd HH:mm:ss[.SSS], optionally with T, Z or an offset, in the years 2000 to 2100"

# try_cast alone is generous: '12:30:00' becomes today, '2025' the first of January. The form is checked first.
_FORM = r"^(20\d\d|2100)-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?$"


def instant(text: Column) -> Column:
    """The time that a text gives, in UTC unless it names an offset; null for any other form and for dates that do not exist."""
    return F.when(text.rlike(_FORM), text.try_cast("timestamp"))


def local_date(time: Column, time_zone: str) -> Column:
    """The calendar day of an instant on the clocks of ``time_zone``."""
    if time_zone == "UTC":
        return F.to_date(time)
    return F.to_date(F.from_utc_timestamp(time, time_zone))


def seconds_between(start: Column, end: Column) -> Column:
    """Whole seconds that passed from start to end (bigint), rounded down: what is before its start is negative."""
    return F.floor((F.unix_micros(end) - F.unix_micros(start)) / 1_000_000)
