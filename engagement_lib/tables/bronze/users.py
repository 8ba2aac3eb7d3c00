"""Bronze of the source `users`."""

from engagement_lib.sources.users import SOURCE
from engagement_lib.tables.bronze.landed import bronze_table

users = bronze_table(SOURCE)
