"""The wheel, the pinned requirements and the checks agree with each other."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def pins(text: str) -> set[str]:
    return {f"{name.lower()}=={version}" for name, version in re.findall(r"([A-Za-z0-9_.-]+)==([A-Za-z0-9.]+)", text)}


def test_what_setup_py_asks_for_is_what_the_requirements_pin() -> None:
    asked = pins((REPOSITORY / "setup.py").read_text())
    pinned = pins((REPOSITORY / "requirements.txt").read_text()) | pins((REPOSITORY / "requirements-dev.txt").read_text())
    assert asked - pinned == set()


def test_every_make_target_is_explained() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert explained == set(phony[1].split())
