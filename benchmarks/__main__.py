"""``python -m benchmarks`` is ``python benchmarks/bench.py``."""

import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.path.insert(0, str(FOLDER))
    runpy.run_path(str(FOLDER / "bench.py"), run_name="__main__")
