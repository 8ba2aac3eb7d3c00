"""The two ways to the same tables, as commands, and what they say about their layers."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("bronze", "silver", "gold")
#: What both sides build: four reports and all that they read.
REPORTS = (
    "+gold.report_daily_engagement +gold.report_active_windows +gold.report_content_completion +gold.report_regional_activity"
)
#: What is left of the wall time: starting, ending, and the books that a run keeps.
OTHER = "other"

_PROGRESS = re.compile(r"^ *([\d.]+) s  (.*)$", re.MULTILINE)
_LAYER = re.compile(r"\b(bronze|silver|gold)\b")


@dataclass(frozen=True)
class Lakehouse:
    """This project's pipeline. ``settings``: names that begin with ``spark.`` are Spark's, others environment variables;
    ``script``: what is submitted.
    """

    name: str = "lakehouse"
    settings: Mapping[str, str] = field(default_factory=dict)
    is_incremental: bool = True
    script: str = "jobs/pipeline.py"

    def command(self, landing: Path, tables: Path) -> list[str]:
        """Bring all tables up to date; ``tables`` is the lake's folder."""
        submit = shutil.which("spark-submit", path=_path())
        if submit is None:
            raise FileNotFoundError("spark-submit is not beside this Python; run `make setup`, then `make bench`")
        properties = [f"{key}={value}" for key, value in self.settings.items() if key.startswith("spark.")]
        options = [part for text in properties for part in ("--conf", text)]
        return [submit, *options, self.script, "--landing", str(landing), "--lake", str(tables), "--select", REPORTS]

    def environment(self) -> dict[str, str]:
        """Variables that the command needs."""
        own = {key: value for key, value in self.settings.items() if not key.startswith("spark.")}
        return {"PATH": _path(), "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT), **own}

    def tables(self, folder: Path) -> Path:
        """The lake below a folder of one's own."""
        return folder / "lake"


@dataclass(frozen=True)
class DuckDB:
    """The same tables in DuckDB SQL, always built anew. ``tie_break``: see duckdb_pipeline.py."""

    name: str = "DuckDB"
    threads: int = 2
    tie_break: str = "tie_break"
    is_incremental: bool = False

    def command(self, landing: Path, tables: Path) -> list[str]:
        """Build all tables; ``tables`` is the database file."""
        script = str(ROOT / "benchmarks" / "duckdb_pipeline.py")
        options = ["--threads", str(self.threads), "--tie-break", self.tie_break]
        return [sys.executable, script, "--landing", str(landing), "--database", str(tables), *options]

    def environment(self) -> dict[str, str]:
        """Variables that the command needs."""
        return {}

    def tables(self, folder: Path) -> Path:
        """The database file below a folder of one's own."""
        return folder / "tables.duckdb"


Contender = Lakehouse | DuckDB


def seconds_by_layer(output: str, wall_seconds: float) -> dict[str, float]:
    """Wall seconds of each layer from the progress lines; together with ``OTHER`` they are the wall time.

    A layer begins where the one before it ended, bronze where landing began; so the look at the files counts to bronze.
    Raises ValueError if a layer has no line.
    """
    begin, ends = 0.0, dict[str, float]()
    for at, what in _PROGRESS.findall(output):
        if what.strip() == "landing":
            begin = float(at)
        elif layer := _LAYER.search(what):
            ends[layer.group()] = float(at)
    if absent := [layer for layer in LAYERS if layer not in ends]:
        raise ValueError(
            f"no progress line of layer {', '.join(absent)}: contenders.py no longer knows how the pipeline prints them"
        )
    starts = [begin, *[ends[layer] for layer in LAYERS[:-1]]]
    taken = {layer: max(0.0, ends[layer] - start) for layer, start in zip(LAYERS, starts, strict=True)}
    return {**taken, OTHER: max(0.0, wall_seconds - sum(taken.values()))}


def _path() -> str:
    # spark-submit finds its Spark through the first python3 on PATH.
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
