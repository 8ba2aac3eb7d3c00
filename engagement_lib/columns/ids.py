"""Ids in one form, and the key of an event: ``Column -> Column``."""

from pyspark.sql import Column
from pyspark.sql import functions as F

_UNIT_SEPARATOR = "\u001f"


def canonical_item(item: Column) -> Column:
    """An item id as text: ``873.0`` -> ``873``. Leading zeros, letters and anything else stay as they are."""
    return F.when(is_decimal_item(item), F.substring_index(item, ".", 1)).otherwise(item)


def is_decimal_item(item: Column) -> Column:
    """Whether an export wrote the item id as a decimal number."""
    return item.rlike(r"^\d+\.0+$")


def event_key(*parts: Column) -> Column:
    """The first 128 bits of SHA-256 over the parts, as 32 hex digits; null counts as a value of its own.

    The parts are (platform, the tracker's own id, day) where there is such an id, else (platform, user or anonymous id,
    session, event name, event time, what it is about): arrival is not among them, so that a redelivery has the key of the
    first delivery.
    """
    texts = [F.coalesce(part.cast("string"), F.lit("\u0000")) for part in parts]
    return F.left(F.sha2(F.concat_ws(_UNIT_SEPARATOR, *texts), 256), F.lit(32))
