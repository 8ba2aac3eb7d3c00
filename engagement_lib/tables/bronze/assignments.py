"""Bronze of the source `assignments`."""

from engagement_lib.sources.assignments import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

assignments = bronze_table(SOURCE)
