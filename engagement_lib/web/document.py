"""One HTML file with everything inside, and a policy that lets nothing else run.

Data is embedded as JSON that is never parsed as markup; each script and style is named in the page's Content-Security-Policy
by its hash. A text out of the data can therefore be shown but never run, even if escaping failed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

#: Control characters that reorder the text around them: shown as text they could make a title look like another one.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def asset(package: str, name: str) -> str:
    """The text of a file that lies in a package of ours, out of a folder or a zip file."""
    return resources.files(package).joinpath("assets", name).read_text(encoding="utf-8")


def embedded(value: Any) -> Markup:
    """JSON that is safe inside a ``<script type="application/json">``: no character in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def isolated(text: str) -> str:
    """The text without characters that change the direction of what stands around it."""
    return _DIRECTION.sub("", text)


def document(template: str, *, styles: Sequence[str], scripts: Sequence[str], **values: Any) -> str:
    """Fill a template, escaping every value. It gets ``policy``, ``styles`` and ``scripts`` besides its own values."""
    for script in scripts:
        if re.search(r"</script|<!--", script, re.IGNORECASE):
            raise ValueError("a script holds text that would end its element")
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(map(_hash, scripts)),
            "style-src " + " ".join(map(_hash, styles)),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    environment = Environment(
        loader=DictLoader({"page": template}), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    filled = environment.get_template("page")
    return filled.render(policy=policy, styles=[Markup(s) for s in styles], scripts=[Markup(s) for s in scripts], **values)


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def replace_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Put the files into the folder in place of what was there; a reader finds the old files or the new ones.

    They are written beside it first; a run that is killed meanwhile leaves the old folder. A folder that holds anything
    but pages and the files given, or pages and none of the files given, is refused: it is not ours.
    """
    found = [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()] if folder.is_dir() else []
    is_ours = any(name in files for name in found)
    foreign = [name for name in found if name not in files and not (is_ours and name.endswith(".html") and "/" not in name)]
    if foreign:
        raise FileExistsError(f"{folder} holds {foreign[0]}, which is no page; give another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        fresh.chmod(0o755)
        old = fresh.with_name(fresh.name + "-old")
        if folder.exists():
            os.replace(folder, old)
        os.replace(fresh, folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
