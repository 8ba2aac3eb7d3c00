"""Which files have arrived below the landing root, and which of those found there are left alone, with the reason."""

import os
import stat
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from pyarrow import ArrowException
from pyarrow import fs as arrow_fs

from engagement_lib.errors import ConfigError

EXTENSIONS = (".csv", ".ndjson", ".jsonl", ".json", ".parquet")
HIDDEN = ("_", ".")
NOT_FOR_READING = "a name that starts with _ or . is not for reading"
NO_FILE = "no regular file, or a link to nowhere or to a folder"
UNFINISHED_ENDINGS = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")


@dataclass(frozen=True)
class Arrival:
    """One file of one source, as it was found.

    ``path`` is relative to the landing root with '/' between folders, spelled as found: it is what the ledger remembers.
    ``uri`` is what to open. ``modified_at`` is in seconds since 1970 UTC, None where the store does not tell.
    """

    source: str
    path: str
    uri: str
    size: int
    modified_at: float | None


@dataclass(frozen=True)
class Skipped:
    """One file, or one folder with all in it, that was left alone, and why; its ``path`` can be printed whatever its bytes."""

    path: str
    reason: str


def list_arrivals(
    root: str, sources: Collection[str], *, min_age_seconds: int = 0, now: float
) -> tuple[list[Arrival], list[Skipped]]:
    """All files below ``root`` (a local folder or an object-store URI), sorted by path.

    A file belongs to the source that its first folder is named after, or that its name is or starts with, followed by one of
    ``._-``; the longest such source wins. Files modified less than ``min_age_seconds`` before ``now`` (seconds since 1970 UTC)
    may still be on their way and wait for the next run; a time further ahead than that is a wrong clock and holds nothing up.

    A folder of no source that cannot be listed is skipped by name, one that vanishes meanwhile without a word. Raises
    ``ConfigError`` if the root is missing, no folder, or not readable, or a source's folder is not readable.
    """
    arrivals, skipped = [], []
    for found in sorted(_found(root), key=lambda found: found.path):
        source = source_of(found.path, sources)
        if found.is_unlisted and found.path.partition("/")[0] in sources:
            raise ConfigError(f"landing folder {root}/{found.path}: {found.fault}; next: check its permissions")
        reason = found.fault or _reason_to_skip(found.path, source)
        if not reason and found.modified_at is not None and abs(now - found.modified_at) < min_age_seconds:
            reason = f"modified less than {min_age_seconds} seconds ago: it may still be on its way"
        if reason or source is None:
            skipped.append(Skipped(_printable(found.path), reason))
        else:
            arrivals.append(Arrival(source, found.path, found.uri, found.size, found.modified_at))
    return arrivals, skipped


def source_of(path: str, sources: Collection[str]) -> str | None:
    """The source that a path below the landing root belongs to, None if to none."""
    folder, _, _ = unicodedata.normalize("NFC", path).partition("/")
    name = unicodedata.normalize("NFC", path).rpartition("/")[2]
    owners = [
        source for source in sources
        if folder == source or (name.startswith(source) and name[len(source) : len(source) + 1] in ("", ".", "_", "-"))
    ]  # fmt: skip
    return max(owners, key=len, default=None)


def open_file(uri: str) -> BinaryIO:
    """Opens the bytes of an arrival for reading, seekable.

    Raises ``OSError`` if it is gone or not readable.
    """
    if "://" not in uri:
        return open(uri, "rb")
    filesystem, path = _filesystem(uri)
    return filesystem.open_input_file(path)


def size_of(uri: str) -> int:
    """The present size of an arrival in bytes. Raises ``OSError`` if it is gone."""
    if "://" not in uri:
        return os.stat(uri).st_size
    filesystem, path = _filesystem(uri)
    info = filesystem.get_file_info(path)
    if info.type != arrow_fs.FileType.File:
        raise FileNotFoundError(path)
    return info.size


def _reason_to_skip(path: str, source: str | None) -> str:
    name = path.rpartition("/")[2].lower()
    if any(part.startswith(HIDDEN) for part in path.split("/")):
        return NOT_FOR_READING
    if name.endswith(UNFINISHED_ENDINGS):
        return "the name of an unfinished upload"
    if _printable(path) != path:
        return "the file name is not valid UTF-8"
    if source is None:
        return "belongs to no source: neither its first folder nor the start of its name is one"
    if not name.removesuffix(".gz").endswith(EXTENSIONS):
        return f"unsupported file type; supported are {', '.join(EXTENSIONS)}; text also with .gz"
    return ""


def _printable(path: str) -> str:
    """The path with ``\\xe9`` for a byte that is not UTF-8: Python holds such a byte as what no output takes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@dataclass(frozen=True)
class _Found:
    path: str
    uri: str = ""
    size: int = 0
    modified_at: float | None = None
    fault: str = ""
    is_unlisted: bool = False


def _found(root: str) -> Iterator[_Found]:
    return _found_in_store(root) if "://" in root else _found_in_folder(root)


def _found_in_folder(root: str) -> Iterator[_Found]:
    # Arrow's own listing fails altogether where one file name is not valid UTF-8.
    if not os.path.isdir(root):
        raise ConfigError(f"landing folder {root} does not exist; next: create it or correct the setting")
    unlisted: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unlisted.append):
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        hidden = [name for name in folders if name.startswith(HIDDEN) and name not in linked]
        # Writers make and remove folders of their own at any time, with a name that hides them.
        folders[:] = [name for name in folders if name not in hidden]
        for name in hidden:
            yield _Found(_below(root, folder, name), fault=NOT_FOR_READING)
        # A link to a folder is named, not followed: it could lead back here.
        for name in [*names, *linked]:
            yield _file(os.path.abspath(os.path.join(folder, name)), _below(root, folder, name))
    for error in unlisted:
        if error.filename == root:
            raise ConfigError(
                f"landing folder {root} cannot be listed ({error.strerror}); next: check the setting and the permissions"
            ) from error
        if not isinstance(error, FileNotFoundError):
            fault = f"a folder that cannot be listed ({error.strerror})"
            yield _Found(_below(root, error.filename), fault=fault, is_unlisted=True)


def _file(location: str, path: str) -> _Found:
    try:
        status = os.stat(location)
    except OSError:
        return _Found(path, fault=NO_FILE)
    return _Found(path, location, status.st_size, status.st_mtime, "" if stat.S_ISREG(status.st_mode) else NO_FILE)


def _below(root: str, *parts: str) -> str:
    return os.path.relpath(os.path.join(*parts), root).replace(os.sep, "/")


def _found_in_store(root: str) -> Iterator[_Found]:
    try:
        filesystem, base = _filesystem(root)
        entries = filesystem.get_file_info(arrow_fs.FileSelector(base, recursive=True))
    except (OSError, ArrowException) as error:
        raise ConfigError(f"landing root {root} cannot be listed ({error}); next: correct the setting") from error
    parts = urlsplit(root)
    for entry in entries:
        if entry.type == arrow_fs.FileType.File:
            path = entry.path.removeprefix(base).lstrip("/")
            uri = parts._replace(path=f"{parts.path.rstrip('/')}/{quote(path)}").geturl()
            yield _Found(path, uri, entry.size, None if entry.mtime_ns is None else entry.mtime_ns / 1e9)


def _filesystem(uri: str) -> tuple[arrow_fs.FileSystem, str]:
    scheme, rest = uri.split("://", 1)
    # Hadoop's name for what everybody else calls s3.
    return arrow_fs.FileSystem.from_uri(f"{'s3' if scheme in ('s3a', 's3n') else scheme}://{rest}")
