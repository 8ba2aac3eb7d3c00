"""Every landed file and what became of its records."""

from engagement_lib.engine.table import Field, Recorded, Rule, Table

files = Table(
    layer="ops",
    name="files",
    description="One row per content that was found under a path of the landing folder.\n\n"
    "A loaded file's records are all accounted for: records = events + duplicates + quarantined. A refused file has the "
    "reason; a repeated file has the bytes of one that is loaded already, so all its records are duplicates.",
    grain=("source", "path", "file_hash"),
    fields=(
        Field("source", "string", "The source that the file belongs to.", required=True),
        Field("path", "string", "Path relative to the landing root.", required=True),
        Field("file_hash", "string", "SHA-256 of the file as it was delivered.", required=True),
        Field("size_bytes", "bigint", "Size as delivered."),
        Field("modified_seconds", "double", "Modification time of the file, in seconds since 1970 UTC, where the store tells."),
        Field("format", "string", "csv, ndjson or parquet; null where the ledger was rebuilt from bronze."),
        Field("records", "bigint", "Records counted before reading; null for a refused file."),
        Field("verdict", "string", "What became of the file.", required=True, allowed=("loaded", "repeated", "refused")),
        Field("reason", "string", "Why it was refused, or what is worth a word; empty otherwise.", required=True),
        Field("unknown_columns", "array<string>", "Columns that the contract does not know; their values are kept."),
        Field(
            "missing_columns",
            "array<string>",
            "Columns that the file lacks, apart from those that only some exports have.",
        ),
        Field("load", "bigint", "Number of the load that brought the records; null if none did."),
        Field("events", "bigint", "Records that are events, or versions of an entity, in silver; null until silver has run."),
        Field("duplicates", "bigint", "Records that deliver an event again or say nothing new; null until silver has run."),
        Field("quarantined", "bigint", "Records that broke a rule; null until silver has run."),
    ),
    inputs=(),
    rules=(Rule("records_are_accounted_for", "events IS NULL OR records = events + duplicates + quarantined", "warn"),),
    write=Recorded(),
    function=lambda: None,
)
