"""Bronze of the source `variants`."""

from engagement_lib.sources.variants import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

variants = bronze_table(SOURCE)
