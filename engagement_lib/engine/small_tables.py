"""Small tables of a lake in a folder, read as the Parquet files that Delta's log lists (decision 17).

Delta finds the files of a scan by a query of its own, for each table in each plan: an eighth of a small lake's run. Source of
the format: Delta's protocol, sections "Delta log entries", "Checkpoints" and "Reader version requirements".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pyarrow import ArrowException
from pyarrow.parquet import ParquetFile
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

#: Larger tables are left to Delta, which opens only the files whose statistics fit a filter.
_MOST_BYTES = 32 << 20
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")
_TELLING = ('{"add"', '{"remove"', '{"metaData"', '{"protocol"')
_CHECKPOINT_COLUMNS = ["add.path", "add.size", "metaData.schemaString", "metaData.partitionColumns", "protocol.minReaderVersion"]
#: Spark would take these in a path for a pattern.
_PATTERN = re.compile(r"[*?\[\]{}\\]")


@dataclass(frozen=True)
class Listing:
    """What a version of a table is made of: its columns as JSON, and the bytes of each file by its path in the folder."""

    schema: str
    files: Mapping[str, int]


class SmallTables:
    """Reads tables by their files; what the same files were read as is kept."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._known: dict[tuple[str, str, tuple[str, ...]], DataFrame] = {}

    def read(self, folder: str, version: int) -> DataFrame | None:
        """The table in a folder at a version; None where only Delta can read it, or does it better."""
        listing = None if _PATTERN.search(folder) else listed(Path(folder, "_delta_log"), version)
        if listing is None or sum(listing.files.values()) > _MOST_BYTES:
            return None
        # The same files hold the same rows for ever: Delta never writes to one twice.
        key = (folder, listing.schema, tuple(sorted(listing.files)))
        if key not in self._known:
            self._known[key] = self._rows(*key)
        return self._known[key]

    def _rows(self, folder: str, schema: str, files: tuple[str, ...]) -> DataFrame:
        columns = StructType.fromJson(json.loads(schema))
        if not files:
            return self._spark.createDataFrame([], columns)
        reader = self._spark.read.schema(columns).option("basePath", folder)
        # Spark puts the column of the folders' names last.
        return reader.parquet(*[f"{folder}/{file}" for file in files]).select(*columns.names)


def listed(log: Path, version: int) -> Listing | None:
    """The files of a version, None where the log does not say it all in plain words (or in a checkpoint of one file), where more
    than reading these files is asked of readers, or where files lie elsewhere than in the folders of their partitions.
    """
    schema, folders, files = "", list[str](), dict[str, int]()
    for action in _actions(log, version):
        if (protocol := action.get("protocol")) and protocol["minReaderVersion"] > 1:
            return None
        if metadata := action.get("metaData"):
            schema, folders = metadata["schemaString"], list(metadata["partitionColumns"])
        if added := action.get("add"):
            files[unquote(added["path"])] = added["size"]
        if removed := action.get("remove"):
            files.pop(unquote(removed["path"]), None)
    are_in_place = all([part.partition("=")[0] for part in file.split("/")[:-1]] == folders for file in files)
    return Listing(schema, files) if schema and are_in_place else None


def _actions(log: Path, version: int) -> list[Mapping[str, Any]]:
    """The actions up to a version, beginning with the newest checkpoint; none if one is missing."""
    try:
        found = [_CHECKPOINT.fullmatch(each.name) for each in log.iterdir()]
        start = max((int(each[1]) for each in found if each and int(each[1]) <= version), default=-1)
        checkpoint = log / f"{start:020}.checkpoint.parquet"
        actions = ParquetFile(checkpoint).read(columns=_CHECKPOINT_COLUMNS).to_pylist() if start >= 0 else []
        for number in range(start + 1, version + 1):
            commit = (log / f"{number:020}.json").read_text(encoding="utf-8")
            actions += [json.loads(line) for line in commit.splitlines() if line.startswith(_TELLING)]
        return actions
    except (OSError, ValueError, ArrowException):  # there is none, or it is damaged: Delta knows what to do then
        return []
