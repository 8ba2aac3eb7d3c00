"""Days whose number is far from what the days before let expect.

Medians instead of means, because the days before hold outages as well, and one of them must neither hide the next nor make
the days after it look too good. A deviation counts in units of 1.4826 times the median absolute deviation, which is the
standard deviation where values are normal (F. R. Hampel, The influence curve and its role in robust estimation, JASA 69, 1974);
3.5 of them are the limit that B. Iglewicz and D. Hoaglin recommend (How to Detect and Handle Outliers, ASQC 1993; their
modified z-score says 0.6745 for 1 / 1.4826).
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

#: The median absolute deviation times this estimates the standard deviation of normal values: 1 / the normal quantile of 3/4.
MAD_TO_DEVIATION = 1.4826
#: Next to nothing is less than this share of the usual value, unless more than a fifth of the days before had as little.
_NEXT_TO_NOTHING, _RARE = 0.1, 0.2


def unusual_days(
    values: DataFrame,
    *,
    day: str,
    value: str,
    by: Sequence[str] = (),
    days: int = 28,
    least_history: int = 14,
    least_alike: int = 6,
    threshold: float = 3.5,
    least_change: float | Column = 0.0,
    least_relative_change: float | Column = 0.0,
    weekend: Sequence[int] = (6, 7),
) -> DataFrame:
    """The rows of ``values`` (one per ``day``, a date, and combination of ``by``) with what the ``days`` dates before let expect.

    ``expected`` is the median of the days before that are alike: workdays of a workday, ``weekend`` days (ISO: 1 = Monday) of
    one of these. Null until ``least_history`` days before, ``least_alike`` of them alike (``compared_days``; all that there can
    be, where these are fewer), have a value.
    ``lowest_expected`` and ``highest_expected`` are ``threshold`` robust deviations away from it, but never less than
    ``least_change`` (in the unit of the value) and ``least_relative_change`` (a share of the expected), so that a flat series
    may wiggle. What is usually there may not come down to next to nothing, however much it varies: the lowest is at least
    a tenth of the expected, or of the median of all days before as soon as there is history, unless more than a fifth of
    these days had as little or the loss is below ``least_change``.

    ``deviation``: robust deviations from the expected; null where the days before do not vary. ``is_alarm``: outside of the
    range; ``direction`` then is drop or rise. ``reason``: as expected, unusual, too little history, or no value (null).
    Dates without a row are no days before; give a row with 0 for a day on which nothing came. Raises ValueError for a
    ``least_history`` that the days can never give.
    """
    if days < least_history:
        raise ValueError(f"least_history is {least_history}; {days} days before cannot give so many")
    weekend_days = len({*weekend})
    most_alike = F.when(_is_weekend(F.col(day), weekend), weekend_days).otherwise(7 - weekend_days) * (days // 7)
    known = _compared(values, day, value, by, days, weekend)
    has_history = F.col("_before") >= least_history
    is_known = has_history & (F.col("compared_days") >= F.least(F.lit(least_alike), most_alike))
    expected, spread = F.when(is_known, F.col("_expected")), F.col("_spread")
    tolerance = F.greatest(spread * threshold, F.lit(least_change), expected * F.lit(least_relative_change), F.lit(0.0))
    usual = F.coalesce(expected, "_usual")
    little = usual * _NEXT_TO_NOTHING
    as_little = F.when(is_known, F.col("_as_little_as_alike")).otherwise(F.col("_as_little"))
    is_rare = (as_little <= F.col("_before") * _RARE) & (usual > 0)
    floor = F.when(has_history & is_rare & (usual - little >= F.lit(least_change)), little)
    ranges = known.select(
        *values.columns,
        expected.alias("expected"),
        F.greatest(expected - tolerance, floor).alias("lowest_expected"),
        (expected + tolerance).alias("highest_expected"),
        F.when(spread > 0, (F.col(value) - expected) / spread).alias("deviation"),
        "compared_days",
    )
    is_drop = F.coalesce(F.col(value) < F.col("lowest_expected"), F.lit(False))
    is_rise = F.coalesce(F.col(value) > F.col("highest_expected"), F.lit(False))
    return ranges.select(
        "*",
        (is_drop | is_rise).alias("is_alarm"),
        F.when(is_drop, "drop").when(is_rise, "rise").alias("direction"),
        F.when(F.col(value).isNull(), "no value")
        .when(is_drop | is_rise, "unusual")
        .when(F.col("expected").isNotNull(), "as expected")
        .otherwise("too little history")
        .alias("reason"),
    )


def _compared(values: DataFrame, day: str, value: str, by: Sequence[str], days: int, weekend: Sequence[int]) -> DataFrame:
    """Each row with what it is compared with: each value is given to the dates after it, and these take the medians.

    ``_before``, ``compared_days``: days before, and those alike; ``_usual``, ``_expected``: their medians; ``_spread``: robust
    standard deviation of those alike; ``_as_little`` and ``_as_little_as_alike``: days before with next to nothing of the two.
    """
    keys = [f"_by_{n}" for n in range(len(by))]
    key = [F.col(name).alias(k) for name, k in zip(by, keys, strict=True)]
    judged = values.select(*key, F.col(day).alias("_day"), F.struct(*values.columns).alias("_row"))
    after = F.explode(F.sequence(F.date_add(day, 1), F.date_add(day, days))).alias("_day")
    before = values.where(F.col(value).isNotNull()).select(
        *key, after, F.col(value).cast("double").alias("_value"), _is_weekend(F.col(day), weekend).alias("_was_weekend")
    )
    same_day = Window.partitionBy(*keys, "_day")
    is_alike = F.col("_was_weekend") == _is_weekend(F.col("_day"), weekend)
    both = (
        judged.unionByName(before, allowMissingColumns=True)
        .withColumn("_alike", F.when(is_alike, F.col("_value")))
        .withColumns({"_usual": F.median("_value").over(same_day), "_expected": F.median("_alike").over(same_day)})
    )
    return (
        both.groupBy(*keys, "_day", "_usual", "_expected")
        .agg(
            F.any_value("_row", F.lit(True)).alias("_row"),
            F.count("_value").alias("_before"),
            F.count("_alike").cast("int").alias("compared_days"),
            F.count_if(F.col("_value") < F.col("_usual") * _NEXT_TO_NOTHING).alias("_as_little"),
            F.count_if(F.col("_value") < F.col("_expected") * _NEXT_TO_NOTHING).alias("_as_little_as_alike"),
            (F.median(F.abs(F.col("_alike") - F.col("_expected"))) * MAD_TO_DEVIATION).alias("_spread"),
        )
        .where(F.col("_row").isNotNull())
        .select("_row.*", "_before", "compared_days", "_usual", "_expected", "_spread", "_as_little", "_as_little_as_alike")
    )


def _is_weekend(day: Column, weekend: Sequence[int]) -> Column:
    return (F.weekday(day) + 1).isin(*weekend)
