"""The configuration: where and how big, never what. ``conf/base.yml`` and one file per environment become one typed value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from engagement_lib.engine.table import AppendFiles, Table
from engagement_lib.errors import ConfigError, nearest
from engagement_lib.landing.layout import canonical
from engagement_lib.parameters import verify, verify_texts, verify_together

#: Every key with the type of its value; a mapping stands for a section.
KEYS: Mapping[str, Any] = {
    "lake": {"root": str, "catalog": str},
    "landing": {"root": str, "min_age_seconds": int, "changed_files": str, "aliases": dict},
    "run": {"side_by_side": int, "interpreted_records": int},
    "dashboards": {"root": str},
    "parameters": dict,
    "spark": dict,
}


@dataclass(frozen=True)
class Settings:
    """``lake``: root or catalog; ``landing``: where files arrive; ``parameters``: of the tables; ``spark``: of the session.

    ``dashboards``: the local folder of the pages; None = a run makes none. ``side_by_side``: tables that run at the same time;
    ``interpreted_records``: up to so many records in the lake, Spark interprets rows instead of compiling plans.
    """

    lake: Mapping[str, str]
    landing: Mapping[str, Any]
    side_by_side: int = 2
    interpreted_records: int = 200_000
    parameters: Mapping[str, Any] = field(default_factory=dict)
    spark: Mapping[str, str] = field(default_factory=dict)
    dashboards: str | None = None

    @classmethod
    def load(
        cls,
        conf_file: str | None,
        *,
        tables: Iterable[Table],
        lake: str | None = None,
        landing: str | None = None,
        dashboards: str | None = None,
    ) -> Settings:
        """The base file beside ``conf_file``, then ``conf_file`` (default conf/local.yml), then what the command line gives."""
        chosen = Path(conf_file or "conf/local.yml")
        merged: dict[str, Any] = {}
        for path in dict.fromkeys((chosen.parent / "base.yml", chosen)):
            if path == chosen or path.exists():
                merged = _over(merged, _read(path))
        if lake is not None:
            # The configured pages show the configured lake: a run on another one leaves them alone.
            merged["lake"], merged["dashboards"] = {"root": lake}, {}
        if landing is not None:
            merged["landing"] = {**merged.get("landing", {}), "root": landing}
        tables = list(tables)
        parameters = _typed_parameters(merged.get("parameters", {}), tables)
        _verify_aliases(merged.get("landing", {}).get("aliases", {}), tables)
        if merged.get("run", {}).get("side_by_side", 1) < 1:
            raise ConfigError("run.side_by_side must be 1 or more: so many tables run at the same time")
        return cls(
            lake={name: _address(value) if name == "root" else value for name, value in merged.get("lake", {}).items()},
            landing={"root": "landing", **merged.get("landing", {})},
            parameters=parameters,
            spark=_properties(merged.get("spark", {})),
            dashboards=dashboards or merged.get("dashboards", {}).get("root"),
            **merged.get("run", {}),
        )

    def pages_folder(self) -> str | None:
        """Where the pages are to be written, None for nowhere. Raises `ConfigError` for what is no folder of this machine."""
        folder = _address(self.dashboards) if self.dashboards else None
        if folder and "://" in folder:
            raise ConfigError(f"dashboards: {folder} is no folder of this machine; give one, and copy the pages from there")
        return folder


class _EachKeyOnce(yaml.SafeLoader):
    """Refuses a key that a mapping holds twice: YAML would drop the first without a word."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands there twice", problem_mark=key.start_mark)
            seen.add(str(key.value))
        return node


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _EachKeyOnce)
    except OSError as problem:
        raise ConfigError(
            f"{path}: cannot be read ({problem.strerror}); give --conf-file, or run from the project's folder"
        ) from problem
    except UnicodeDecodeError as problem:
        raise ConfigError(f"{path}: is not UTF-8 (byte {problem.start}); save it as UTF-8") from problem
    except ValueError as problem:  # a date that is none, for one
        raise ConfigError(f"{path}: holds a value that YAML cannot read ({problem})") from problem
    except yaml.YAMLError as problem:
        where = getattr(problem, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        raise ConfigError(f"{path}: is not valid YAML{line} ({getattr(problem, 'problem', '')})") from problem
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: must hold sections ({', '.join(KEYS)}), not a {type(content).__name__}")
    _verify(content, KEYS, f"{path}: ")
    return content


def _verify(content: Mapping[str, Any], keys: Mapping[str, Any], where: str) -> None:
    for name, value in content.items():
        if name not in keys:
            raise ConfigError(f"{where}{name} is not a setting; {nearest(name, keys)}")
        kind = keys[name]
        wanted = dict if isinstance(kind, Mapping) else kind
        if value is None and wanted is dict:
            continue
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise ConfigError(f"{where}{name} must be {_KINDS[wanted]}, not {value!r}")
        if isinstance(kind, Mapping):
            _verify(value, kind, f"{where}{name}.")
    if content.get("changed_files", "refuse") not in ("refuse", "add"):
        raise ConfigError(f"{where}changed_files must be refuse or add, not {content['changed_files']!r}")


_KINDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    dict: "a mapping",
    list: "a list",
}


def _typed_parameters(given: Mapping[str, Any], tables: Iterable[Table]) -> dict[str, Any]:
    """The parameters as the tables take them. YAML reads 3 as no number with a fraction and 2016-01-01 as no text; both are."""
    typed: dict[str, Any] = {}
    known = {name: default for table in tables for name, default in table.parameters.items()}
    for name, value in given.items():
        if name not in known:
            raise ConfigError(f"parameters.{name}: no table has such a parameter; {nearest(name, known)}")
        if isinstance(value, int) and not isinstance(value, bool) and isinstance(known[name], float):
            value = float(value)
        if type(value) is date and isinstance(known[name], str):  # a datetime is a date too, and no day
            value = value.isoformat()
        wanted = type(known[name])
        wanted = list if wanted is tuple else wanted
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise ConfigError(f"parameters.{name} must be {_KINDS[wanted]}, not {value!r}")
        verify(name, value)
        typed[name] = value
    verify_together({**known, **typed})
    return typed


def _address(value: str) -> str:
    """Where a lake is; a folder by its path, whatever way it was written."""
    if not value.strip():
        raise ConfigError("lake.root is empty; give a folder, or an address such as s3a://bucket/lake")
    if value.startswith("file:/"):
        return "/" + value.removeprefix("file:").lstrip("/")
    # Hadoop's short form; two slashes are what an address is known by.
    return re.sub(r"^([a-zA-Z][a-zA-Z0-9+.-]*):/(?!/)", r"\1:///", value)


def _verify_aliases(given: Mapping[str, Any], tables: Iterable[Table]) -> None:
    sources = {t.write.source.name: t.write.source.column_names for t in tables if isinstance(t.write, AppendFiles)}
    for source, names in given.items():
        if source not in sources:
            raise ConfigError(f"landing.aliases: there is no source {source}; {nearest(source, sources)}")
        if not isinstance(names, Mapping):
            raise ConfigError(f"landing.aliases.{source} must be a mapping of names in files to columns, not {names!r}")
        verify_texts(f"landing.aliases.{source}", names)
        means = {canonical(column): column for column in sources[source]}
        for name, column in names.items():
            if column not in sources[source]:
                raise ConfigError(f"landing.aliases.{source}.{name}: {column} is no column; {nearest(column, sources[source])}")
            if means.setdefault(canonical(name), column) != column:
                raise ConfigError(f"landing.aliases.{source}.{name}: that name means {means[canonical(name)]} already")


def _over(base: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Sections of ``other`` over those of ``base``, key by key; a parameter replaces the former one as a whole, and an empty
    value takes the former one away."""
    merged = dict(base)
    for name, value in other.items():
        if isinstance(value, Mapping):
            former = merged.get(name) if name != "lake" else None
            former = former if isinstance(former, Mapping) else {}
            value = _without_nothing({**former, **value}) if name == "parameters" else _over(former, value)
        merged[name] = value
    return _without_nothing(merged)


def _without_nothing(section: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in section.items() if value is not None}


def _properties(given: Mapping[str, Any]) -> dict[str, str]:
    """Spark's properties, as the texts that Spark takes."""
    for name, value in given.items():
        if isinstance(value, Mapping | list):
            raise ConfigError(f"spark: {name} must be a text, a number, true or false, not {value!r}")
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    verify_texts("spark", texts)
    return texts
