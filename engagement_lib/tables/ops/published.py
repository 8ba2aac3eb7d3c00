"""Which version of each table belongs to the set that readers see."""

from engagement_lib.engine.table import Field, Recorded, Table

published = Table(
    layer="ops",
    name="published",
    description="One row per table of the set that readers see.\n\n"
    "Written in one commit when a run ends and no table waits: all tables change for readers together, or none does.",
    grain=("table_id",),
    fields=(
        Field("table_id", "string", "The table, with its layer.", required=True),
        Field("version", "bigint", "Its version in the set, as Delta counts them.", required=True),
        Field("run_id", "string", "The run that published this version.", required=True),
    ),
    inputs=(),
    rules=(),
    write=Recorded(),
    function=lambda: None,
)
