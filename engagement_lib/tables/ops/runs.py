"""What each run did with each table."""

from engagement_lib.engine.table import Field, Recorded, Table

runs = Table(
    layer="ops",
    name="runs",
    description="One row per run and table that the run wrote or failed to write.\n\nA run that finds nothing new leaves no row.",
    grain=("run_id", "table_id"),
    fields=(
        Field("run_id", "string", "The run.", required=True),
        Field("table_id", "string", "The table, with its layer.", required=True),
        Field("as_of", "date", "The run's as-of day; null before the first data."),
        Field("status", "string", "What happened.", required=True, allowed=("written", "failed", "not run")),
        Field("why", "string", "Why it was to be done, or why it failed.", required=True),
        Field("days", "int", "Days whose rows were replaced; null = all."),
        Field("rows", "bigint", "Rows that were written.", required=True),
        Field("seconds", "double", "Time it took.", required=True),
        Field("source_changed", "boolean", "Whether the table's code differs from that of its older rows.", required=True),
    ),
    inputs=(),
    rules=(),
    write=Recorded(),
    function=lambda: None,
)
