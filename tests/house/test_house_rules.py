"""The rules that keep the house in order, as tests."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "engagement_lib"
MODULES = sorted(LIBRARY.rglob("*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
#: Statistics over a handful of variants need distribution functions that SQL does not have.
MAY_USE_PYTHON_FUNCTIONS = {"experiments.py"}
ACTIONS = {"collect", "count", "cache", "persist", "toPandas", "take", "first", "head", "show", "toLocalIterator", "foreach"}
#: What each part may import of ours; everything may import errors.
MAY_IMPORT = {
    "columns": {"vocabulary"},
    "analytics": {"vocabulary"},
    "landing": set(),
    "engine": {"landing"},
    "sources": {"columns", "vocabulary", "engine.table"},
    "tables": {"sources", "analytics", "columns", "engine.table", "vocabulary", "metrics"},
    "vocabulary": {"engine.table"},
    "metrics": {"engine.table", "vocabulary"},
    "registry": {"metrics"},
    "docs": {"engine", "metrics", "parameters", "registry", "tables", "web"},
    "web": set(),
    "dashboards": {"analytics", "docs", "web", "engine", "tables", "metrics", "vocabulary", "pipeline", "session", "settings"},
    "generator": set(),
    "runtime": {"session"},
    "parameters": {"vocabulary"},
    "settings": {"engine.table", "parameters", "landing.layout"},
    "data_span": {"engine"},
    "session": set(),
    "text_table": set(),
    "errors": set(),
}
#: Arguments, a run from landing to gold, words for people: they may import everything, but only these the pages.
UPPERMOST = {"pipeline", "replay", "plan", "summary", "cli", "__main__"}
IMPORT_PAGES = {"cli"}


def part_of(module: Path) -> str:
    return module.relative_to(LIBRARY).with_suffix("").parts[0]


def imports_of(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | (
                {f"{node.module}.{a.name}" for a in node.names} if node.module == "engagement_lib" else set()
            )
    return {name.removeprefix("engagement_lib.") for name in found if name.startswith("engagement_lib.")}


def functions_of(module: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m != LIBRARY / "__init__.py"], ids=lambda m: str(m.relative_to(LIBRARY))
)
def test_imports_point_downwards_only(module: Path) -> None:
    part = part_of(module)
    below = {*MAY_IMPORT, *UPPERMOST} - {"cli", *(() if part in IMPORT_PAGES else ("dashboards",))}
    allowed = (below if part in UPPERMOST else MAY_IMPORT[part]) | {part, "errors"}
    wrong = {name for name in imports_of(module) if not any(name == a or name.startswith(a + ".") for a in allowed)}
    assert not wrong, f"{module.relative_to(ROOT)} imports {wrong}"


def test_only_the_lake_speaks_delta() -> None:
    speakers = {
        m.relative_to(LIBRARY).as_posix() for m in MODULES if "from delta" in m.read_text() or 'format("delta")' in m.read_text()
    }
    # The training writes one table so that the classes of a run are in the archive that starts Java faster.
    assert speakers == {"engine/lake.py", "engine/storage.py", "runtime/training.py"}


@pytest.mark.parametrize("part", ["analytics", "columns", "sources", "tables"])
def test_transformations_start_no_job(part: str) -> None:
    """Data frames in, data frame out: no action, no cache, no session, no clock, no Python function over rows."""
    for module in sorted((LIBRARY / part).rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                on_functions = isinstance(node.func.value, ast.Name) and node.func.value.id == "F"
                is_action = node.func.attr in ACTIONS and not on_functions and not node.args
                is_grouped_count = node.func.attr == "count" and _follows_group_by(node.func.value)
                assert not is_action or is_grouped_count, f"{module}:{node.lineno} calls {node.func.attr}()"
                banned = {"current_date", "current_timestamp", "now", "today"}
                banned |= set() if module.name in MAY_USE_PYTHON_FUNCTIONS else {"udf", "pandas_udf"}
                assert node.func.attr not in banned, f"{module}:{node.lineno} calls {node.func.attr}"


def _follows_group_by(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "groupBy"


def test_no_text_is_formatted_into_sql() -> None:
    """A value in a formatted string could become SQL: ``o'brien`` breaks it, ``' OR '1'='1`` selects everybody."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"sql", "expr", "where"}:
                assert not any(isinstance(a, ast.JoinedStr) for a in node.args), f"{module.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(LIBRARY)))
def test_files_and_functions_stay_readable(module: Path) -> None:
    lines = module.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 260, f"{module.name} has {len(lines)} lines"
    assert module.stem not in BANNED_NAMES
    is_declaration = part_of(module) in ("tables", "sources")
    for function in functions_of(module):
        body_start = (
            function.body[1].lineno if ast.get_docstring(function) and len(function.body) > 1 else function.body[0].lineno
        )
        length = (function.end_lineno or 0) - body_start + 1
        assert length <= (60 if is_declaration else 45), f"{module.name}: {function.name} has {length} lines"


def test_the_engine_stays_small() -> None:
    lines = [line for m in (LIBRARY / "engine").glob("*.py") for line in m.read_text().splitlines() if line.strip()]
    assert len(lines) <= 1910, f"the engine has {len(lines)} lines; each new feature must pay for itself in two tables"


def test_jobs_are_a_few_lines() -> None:
    for job in (ROOT / "jobs").glob("*.py"):
        assert len(job.read_text().splitlines()) <= 12, f"{job.name} holds logic"


def test_public_functions_say_what_they_give() -> None:
    for part in ("analytics", "columns", "dashboards", "engine", "landing", "metrics.py", "registry.py"):
        modules = [LIBRARY / part] if part.endswith(".py") else sorted((LIBRARY / part).glob("*.py"))
        for module in modules:
            for node in ast.parse(module.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                    assert ast.get_docstring(node), f"{module.relative_to(ROOT)}: {node.name} has no docstring"


def test_importing_the_catalogue_starts_no_spark() -> None:
    code = (
        "from engagement_lib.pipeline import all_tables; assert len(all_tables()) > 10;"
        "from pyspark import SparkContext; assert SparkContext._gateway is None and SparkContext._active_spark_context is None"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
