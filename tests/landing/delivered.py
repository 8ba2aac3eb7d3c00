"""Files delivered for a test, and what becomes of their records without Spark."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from engagement_lib.landing.files import Arrival
from engagement_lib.landing.preflight import Inspection, inspect
from engagement_lib.landing.reading import piece_rows
from engagement_lib.landing.sharing import piece_of

COLUMNS = ("event_name", "user_id", "event_timestamp", "item_id", "item_title")
REQUIRED = ("event_name", "user_id", "event_timestamp")
HEADER = ",".join(COLUMNS)


def lines(count: int, first: int = 0) -> str:
    """So many well-formed records with the titles T0, T1, ..."""
    return "".join(f"item-started,u{n},2025-02-04 06:47:00.000,{n},T{n}\n" for n in range(first, first + count))


def arrive(folder: Path, name: str, content: str | bytes) -> Arrival:
    """The file, delivered into the folder."""
    data = content.encode() if isinstance(content, str) else content
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return Arrival("web_events", name, str(file), len(data), None)


def inspected(
    folder: Path,
    name: str,
    content: str | bytes,
    *,
    required: Collection[str] = REQUIRED,
    aliases: Mapping[str, str] | None = None,
) -> Inspection:
    """The pre-flight of a delivered file."""
    return inspect(arrive(folder, name, content), columns=COLUMNS, required=required, aliases=aliases or {})


def records_of(inspection: Inspection) -> list[dict[str, Any]]:
    """The rows of an accepted file in the order of its records, as a task would read them."""
    batches = list(piece_rows(piece_of(inspection), COLUMNS))
    records = pa.Table.from_batches(batches).to_pylist() if batches else []
    return sorted(records, key=lambda record: record["_record"])


def titles(inspection: Inspection) -> list[str | None]:
    """The titles of an accepted file's records; of unparsable ones None."""
    return [record["item_title"] for record in records_of(inspection)]


def corrupt(inspection: Inspection) -> dict[int, str]:
    """The whole text of each unparsable record by its number."""
    return {record["_record"]: record["_corrupt"] for record in records_of(inspection) if record["_corrupt"] is not None}
