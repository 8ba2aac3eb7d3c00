"""silver.duplicates: what is remembered of a delivery that is not kept."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.tables.silver.duplicates import duplicates
from engagement_lib.tables.silver.events import events
from tests.support import assert_rows, filled


def test_a_repeated_delivery_says_where_it_was_and_which_event_it_repeats(spark: SparkSession) -> None:
    losers = filled(
        spark,
        events,
        """
        source_file | source_record | platform | event_id | event_date | arrival_timestamp   | item_title | _load
        b.csv       | 7             | web      | e1       | 2025-02-03 | 2025-02-04 10:00:00 | Title      | 2
        """,
    )
    assert_rows(
        duplicates(losers.withColumns({"delivered_load": F.lit(1).cast("bigint")})),
        duplicates,
        """
        source_file | source_record | platform | event_id | event_date | arrival_timestamp   | delivered_load | _load
        b.csv       | 7             | web      | e1       | 2025-02-03 | 2025-02-04 10:00:00 | 1              | 2
        """,
    )
