"""What is imported is what is installed: the wheel, the pinned requirements and the checks agree with each other."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
OURS = {"engagement_lib", "tests", "benchmarks"}


def pins(*files: str) -> set[str]:
    """``name==version`` as written in the files, names in one spelling."""
    texts = " ".join((REPOSITORY / file).read_text() for file in files)
    return {f"{spelled(name)}=={version}" for name, version in re.findall(r"([A-Za-z0-9_.-]+)==([A-Za-z0-9.]+)", texts)}


def spelled(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(folder: str) -> set[str]:
    """The distributions from which the modules of the folder import."""
    modules = set()
    for file in (REPOSITORY / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    distributions = packages_distributions()
    siblings = {file.stem for file in (REPOSITORY / folder).rglob("*.py")}
    return {
        spelled(distributions.get(module, [module])[0]) for module in modules - OURS - siblings - set(sys.stdlib_module_names)
    }


def test_the_package_imports_only_what_its_wheel_asks_for() -> None:
    asked = {pin.partition("==")[0] for pin in pins("setup.py")}
    assert imported("engagement_lib") - asked == set()


def test_the_tests_import_only_what_the_requirements_install() -> None:
    installed = {pin.partition("==")[0] for pin in pins("requirements.txt", "requirements-dev.txt")}
    assert (imported("tests") | imported("benchmarks")) - installed == set()


def test_what_setup_py_asks_for_is_what_the_requirements_pin() -> None:
    assert pins("setup.py") - pins("requirements.txt", "requirements-dev.txt") == set()


def test_every_make_target_is_explained() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert explained == set(phony[1].split())
