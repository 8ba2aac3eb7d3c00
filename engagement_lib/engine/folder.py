"""A lake in a folder of this machine: what Python may do with it by itself, without asking Delta."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from pyspark.sql import SparkSession

from engagement_lib.errors import ConfigError


def can_be_locked(root: str | None) -> bool:
    """Whether a lake is a folder of the operating system, not a catalog (None) or an object store."""
    return root is not None and "://" not in root


def absolute(root: str) -> str:
    """The root without a slash at its end; a local folder in full, because Delta takes a relative path for a table's name."""
    return root.rstrip("/") if "://" in root else os.path.abspath(root)


def refuse_other_file_systems(spark: SparkSession, root: str) -> None:
    """Raises `ConfigError` where Spark would take a path without a scheme for one of another file system than this machine's."""
    default = spark.sparkContext._jsc.hadoopConfiguration().get("fs.defaultFS", "file:///")  # type: ignore[union-attr]
    if not default.startswith("file:"):
        raise ConfigError(
            f"lake.root: {root} is a folder of this machine, but the file system of Spark is {default}; "
            f"write the address in full, as in {default.removesuffix('/')}{absolute(root)}"
        )


def clear_of_the_unborn(folder: Path) -> None:
    """Remove what is left of a table that a run died over before the first commit; Delta would refuse the folder for ever."""
    log = folder / "_delta_log"
    is_alone = log.is_dir() and [each.name for each in folder.iterdir()] == [log.name]
    if is_alone and not any(re.match(r"\d{20}\.", each.name) for each in log.iterdir()):
        shutil.rmtree(log)
