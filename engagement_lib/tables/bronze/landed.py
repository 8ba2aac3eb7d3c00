"""How a bronze table follows from its source: the source's columns, all text, and where each record came from."""

from engagement_lib.engine.table import AppendFiles, Field, Table
from engagement_lib.sources.source import Source
from engagement_lib.vocabulary import LOAD

LANDED = (
    Field("_rescued", "string", "Columns of the file that the contract does not know, as a JSON object.", pii=True),
    Field("_corrupt", "string", "The whole record where it could not be split into its columns.", pii=True),
    Field("_corrupt_reason", "string", "Why the record could not be split."),
    Field("_file", "string", "Landed file, relative to the landing root.", required=True),
    Field("_file_hash", "string", "SHA-256 of the file as it was delivered.", required=True),
    Field("_record", "bigint", "Number of the record in its file, from 1, the header apart.", required=True),
    LOAD,
)


def bronze_table(source: Source) -> Table:
    """The bronze table of a source: one row per record of its landed files, every column as text."""
    columns = tuple(column.but(required=False) for column in source.columns)
    return Table(
        layer="bronze",
        name=source.name,
        description=f"One row per record of the landed {source.name} files, every column as text.\n\n"
        "Nothing is interpreted here: a record that could not be split is kept whole, an unknown column is kept by name.",
        grain=("_file_hash", "_file", "_record"),
        fields=columns + LANDED,
        inputs=(),
        rules=(),
        write=AppendFiles(source),
        function=_as_landed,
    )


def _as_landed(landed):  # type: ignore[no-untyped-def]
    return landed
