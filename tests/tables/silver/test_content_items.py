"""silver.content_items: what can be read and heard."""

from pyspark.sql import SparkSession

from engagement_lib.tables.bronze.content_items import content_items as bronze
from engagement_lib.tables.silver.content_items import content_items
from tests.support import assert_rows
from tests.tables.silver.landed import landed


def test_an_item_has_one_id_whichever_way_it_is_written(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        item_id | item_type | title | word_count | audio_seconds | has_text | has_audio
        873.0   | book      | Dawn  | 1200       | 900.0         | true     | 1
        1006    | book      | Slow  | many       |               | true     |
        1007    | episode   | Quiet |            | 600           | false    | true
        """,
    )
    assert_rows(
        content_items(records),
        content_items,
        """
        item_id | title | word_count | audio_seconds | has_text | has_audio | is_current
        873     | Dawn  | 1200       | 900           | true     | true      | true
        1007    | Quiet |            | 600           | false    | true      | true
        """,
    )


def test_a_title_is_that_of_the_events_whether_quoted_or_not(spark: SparkSession) -> None:
    records = landed(
        spark,
        bronze,
        """
        item_id | title
        873     | "'The 5 AM Club'"
        874     | Rock 'n' Roll'
        875     | 'Tis
        876     | "''Twice''"
        """,
    )
    expected = """
        item_id | title
        873     | The 5 AM Club
        874     | Rock 'n' Roll'
        875     | 'Tis
        876     | "'Twice'"
    """
    assert_rows(content_items(records), content_items, expected)
