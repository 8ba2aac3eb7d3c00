"""Which Parquet files a Delta table consists of, read from its log, so that DuckDB can read what Spark wrote.

Not by the package's own reading of that log, which tests compare by this.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote


def live_files(table: Path) -> list[str]:
    """Paths of the files of the newest version of a table in a folder, none for a table that nothing was ever written to; its
    deletion vectors must be off.

    Raises ValueError where the log does not reach back to version 0: then a checkpoint would have to be read.
    """
    if not table.exists():
        return []
    log = sorted((table / "_delta_log").glob("*.json"))
    if not log or int(log[0].stem) != 0:
        raise ValueError(f"{table}: the log does not begin with version 0; compare a lake that was just built")
    live: dict[str, None] = {}
    for commit in log:
        for line in commit.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            if removed := action.get("remove"):
                live.pop(removed["path"], None)
            if added := action.get("add"):
                if added.get("deletionVector"):
                    raise ValueError(f"{table}: deletion vectors are on; their rows cannot be told from the Parquet files")
                live[added["path"]] = None
    return [str(table / unquote(path)) for path in live]
