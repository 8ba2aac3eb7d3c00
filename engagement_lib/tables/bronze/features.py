"""Bronze of the source `features`."""

from engagement_lib.sources.features import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

features = bronze_table(SOURCE)
