"""Bronze of the source `mobile_events`."""

from engagement_lib.sources.mobile_events import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

mobile_events = bronze_table(SOURCE)
