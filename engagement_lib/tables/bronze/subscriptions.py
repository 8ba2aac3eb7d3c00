"""Bronze of the source `subscriptions`."""

from engagement_lib.sources.subscriptions import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

subscriptions = bronze_table(SOURCE)
