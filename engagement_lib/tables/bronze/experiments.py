"""Bronze of the source `experiments`."""

from engagement_lib.sources.experiments import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

experiments = bronze_table(SOURCE)
