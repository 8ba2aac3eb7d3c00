"""Checks that did not hold."""

from engagement_lib.engine.table import Field, Recorded, Table

checks = Table(
    layer="ops",
    name="checks",
    description="One row per run and check that did not hold.\n\n"
    "A rule of severity fail publishes nothing; of a warn the rows are counted.",
    grain=("run_id", "table_id", "check_name"),
    fields=(
        Field("run_id", "string", "The run.", required=True),
        Field("table_id", "string", "The table, with its layer.", required=True),
        Field("check_name", "string", "The rule, or the sentence that says what failed.", required=True),
        Field("severity", "string", "warn or fail.", required=True, allowed=("warn", "fail")),
        Field("rows", "bigint", "Rows that broke the rule; null for a failure, which stops at the first."),
    ),
    inputs=(),
    rules=(),
    write=Recorded(),
    function=lambda: None,
)
