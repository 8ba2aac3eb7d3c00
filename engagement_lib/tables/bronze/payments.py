"""Bronze of the source `payments`."""

from engagement_lib.sources.payments import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

payments = bronze_table(SOURCE)
