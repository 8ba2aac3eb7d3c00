"""The measurements as a Markdown page."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from contenders import LAYERS, OTHER, seconds_by_layer
from measure import Usage

GIB = 1 << 30


@dataclass(frozen=True)
class Page:
    """What was measured. ``usages``: stage -> contender -> one usage per run, in order; the last contender is the yardstick.

    ``comparisons``: stage -> lines of the comparison of the tables.
    """

    data: str
    usages: Mapping[str, Mapping[str, Sequence[Usage]]]
    comparisons: Mapping[str, str]


def markdown(page: Page) -> str:
    """The page: one section per stage with costs, ratios pair by pair, layers and the comparison of the results."""
    parts = ["# Benchmark results", f"{page.data}\n\n{_machine()}"]
    for stage, usages in page.usages.items():
        parts += [f"## {stage.capitalize()}", _costs(usages), _ratios(usages), _layers(usages)]
        if stage in page.comparisons:
            parts.append(f"Tables of the lakehouse against those of DuckDB:\n\n```\n{page.comparisons[stage]}\n```")
    return "\n\n".join(parts) + "\n"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyspark", "delta-spark", "duckdb"))
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB; Python {platform.python_version()}, {packages}"
    return f"{machine}. Each run is a whole process, start and end included."


def _costs(usages: Mapping[str, Sequence[Usage]]) -> str:
    header = ("", "runs", "wall s, median", "least", "most", "CPU s, median", "peak GiB, largest process")
    rows = [
        [name, str(len(runs)), *_spread([u.seconds for u in runs]), _number(median(u.cpu_seconds for u in runs)),
         f"{max(u.peak_bytes for u in runs) / GIB:.2f}"]
        for name, runs in usages.items()
    ]  # fmt: skip
    return _table(header, rows)


def _ratios(usages: Mapping[str, Sequence[Usage]]) -> str:
    *others, yardstick = usages
    header = (f"against {yardstick}, pair by pair", "wall", "median", "CPU", "median")
    rows = []
    for name in others:
        cells = [name]
        for cost in (_wall, _cpu):
            pairs = zip(usages[name], usages[yardstick], strict=False)
            ratios = [cost(one) / max(cost(other), 1e-9) for one, other in pairs]
            cells += [" ".join(f"{ratio:.1f}x" for ratio in ratios), f"{median(ratios):.1f}x" if ratios else ""]
        rows.append(cells)
    return _table(header, rows)


def _layers(usages: Mapping[str, Sequence[Usage]]) -> str:
    names = (*LAYERS, OTHER)
    rows = []
    for name, runs in usages.items():
        layers = [seconds_by_layer(usage.output, usage.seconds) for usage in runs]
        rows.append([name, *[_number(median(run[layer] for run in layers)) for layer in names]])
    return _table(("wall s by layer, median", *names), rows)


def _spread(values: Sequence[float]) -> list[str]:
    return [_number(choose(values)) for choose in _CHOICES]


def _wall(usage: Usage) -> float:
    return usage.seconds


def _cpu(usage: Usage) -> float:
    return usage.cpu_seconds


_CHOICES: tuple[Callable[[Sequence[float]], float], ...] = (median, min, max)


def _number(value: float) -> str:
    return f"{value:.1f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
