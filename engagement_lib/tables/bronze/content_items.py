"""Bronze of the source `content_items`."""

from engagement_lib.sources.content_items import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

content_items = bronze_table(SOURCE)
