"""Bronze of the source `web_events`."""

from engagement_lib.sources.web_events import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

web_events = bronze_table(SOURCE)
