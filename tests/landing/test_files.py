"""Which files count as arrived, to which source they belong, and why others wait."""

import errno
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from engagement_lib.errors import ConfigError
from engagement_lib.landing.files import Skipped, list_arrivals, open_file, size_of, source_of

NOW = 1_750_000_000.0
SOURCES = ("web", "web_events", "mobile_events")


def deliver(root: Path, *paths: str, age: float = 3600) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("event_name\napp-open\n")
        os.utime(file, (NOW - age, NOW - age))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("web_events/2025/02/a.csv", "web_events"),
        ("web_events.csv", "web_events"),
        ("web_events_2025-02-03.csv", "web_events"),
        ("web_events-3.csv.gz", "web_events"),
        ("web_2025.csv", "web"),
        ("web/web_events_2025.csv", "web_events"),
        ("webshop.csv", None),
        ("other/mobile_events.ndjson", "mobile_events"),
        ("other/a.csv", None),
    ],
)
def test_folder_or_name_tells_the_source_and_the_longest_name_wins(path: str, source: str | None) -> None:
    assert source_of(path, SOURCES) == source


def test_arrivals_come_sorted_by_path_whatever_their_names(tmp_path: Path) -> None:
    names = ["a b.csv", "a'b\"c.csv", "a:b.csv", "a[1].csv", "a{1,2}.csv", "a*?.csv", "100%25.csv", "ü\n.csv", "#x?y=z.csv"]
    deliver(tmp_path, *(f"web_events/{name}" for name in names))
    arrivals, skipped = list_arrivals(str(tmp_path), SOURCES, now=NOW)
    assert [arrival.path for arrival in arrivals] == sorted(f"web_events/{name}" for name in names)
    assert skipped == []
    assert {open_file(arrival.uri).read() for arrival in arrivals} == {b"event_name\napp-open\n"}


def test_a_store_uri_lists_the_same_paths_as_the_folder(tmp_path: Path) -> None:
    root = tmp_path / "the landing"
    deliver(root, "web_events/a b.csv", "web_events/100%25.csv", "web_events/x#y?.csv", "mobile_events/ü.csv")
    in_folder, _ = list_arrivals(str(root), SOURCES, now=NOW)
    in_store, _ = list_arrivals(root.as_uri(), SOURCES, now=NOW)
    assert [arrival.path for arrival in in_store] == [arrival.path for arrival in in_folder]
    assert [arrival.size for arrival in in_store] == [size_of(arrival.uri) for arrival in in_store]
    assert {open_file(arrival.uri).read() for arrival in in_store} == {b"event_name\napp-open\n"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("web_events/a.csv.part", "unfinished upload"),
        ("web_events/a.csv.CRDOWNLOAD", "unfinished upload"),
        ("web_events/a.tmp", "unfinished upload"),
        ("web_events/a.csv~", "unfinished upload"),
        ("web_events/_a.csv", "starts with _ or ."),
        ("web_events/.a.csv", "starts with _ or ."),
        ("web_events/a.xlsx", "unsupported file type"),
        ("notes.csv", "belongs to no source"),
    ],
)
def test_what_is_not_for_reading_is_left_alone_with_a_reason(tmp_path: Path, name: str, reason: str) -> None:
    deliver(tmp_path, name)
    arrivals, [skipped] = list_arrivals(str(tmp_path), SOURCES, now=NOW)
    assert arrivals == []
    assert skipped.path == name
    assert reason in skipped.reason


def test_a_folder_that_is_not_for_reading_is_named_once(tmp_path: Path) -> None:
    deliver(tmp_path, "web_events/a.csv", "web_events/_temporary/0/b.csv", "web_events/_temporary/1/c.csv", ".trash/web.csv")
    arrivals, skipped = list_arrivals(str(tmp_path), SOURCES, now=NOW)
    assert [arrival.path for arrival in arrivals] == ["web_events/a.csv"]
    assert [file.path for file in skipped] == [".trash", "web_events/_temporary"]
    assert {file.reason for file in skipped} == {"a name that starts with _ or . is not for reading"}


def refuse_to_list(patch: pytest.MonkeyPatch, folders: Mapping[Path, int]) -> None:
    """As the operating system would do: a test that runs as root can list everything."""
    scandir = os.scandir

    def refused(path: str) -> Iterator[os.DirEntry[str]]:
        if number := folders.get(Path(path)):
            raise OSError(number, os.strerror(number), path)
        return scandir(path)

    patch.setattr(os, "scandir", refused)


def test_a_folder_that_cannot_be_listed_is_named_and_one_that_vanishes_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(tmp_path, "web_events/a.csv", "web_events/gone/b.csv", "lost+found/c.csv", "web_events_private/d.csv")
    private, lost = tmp_path / "web_events_private", tmp_path / "lost+found"
    with monkeypatch.context() as patch:
        refuse_to_list(patch, {tmp_path / "web_events" / "gone": errno.ENOENT, lost: errno.EACCES, private: errno.EACCES})
        arrivals, skipped = list_arrivals(str(tmp_path), SOURCES, now=NOW)
    assert [arrival.path for arrival in arrivals] == ["web_events/a.csv"]
    reason = "a folder that cannot be listed (Permission denied)"
    assert skipped == [Skipped("lost+found", reason), Skipped("web_events_private", reason)]


@pytest.mark.parametrize("folder", ["web_events", "web_events/day"])
def test_a_folder_of_a_source_that_cannot_be_listed_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """Its files would be left out, run after run, and nothing but a line would say so."""
    deliver(tmp_path, "web_events/day/a.csv")
    with monkeypatch.context() as patch, pytest.raises(ConfigError, match=f"{tmp_path}/{folder}: a folder that cannot be listed"):
        refuse_to_list(patch, {tmp_path / folder: errno.EACCES})
        list_arrivals(str(tmp_path), SOURCES, now=NOW)


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOENT])
def test_a_root_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    with monkeypatch.context() as patch, pytest.raises(ConfigError, match=f"{tmp_path} cannot be listed"):
        refuse_to_list(patch, {tmp_path: number})
        list_arrivals(str(tmp_path), SOURCES, now=NOW)


def test_a_young_file_waits_for_the_next_run(tmp_path: Path) -> None:
    deliver(tmp_path, "web_events/old.csv", age=61)
    deliver(tmp_path, "web_events/young.csv", age=59)
    arrivals, skipped = list_arrivals(str(tmp_path), SOURCES, min_age_seconds=60, now=NOW)
    assert [arrival.path for arrival in arrivals] == ["web_events/old.csv"]
    assert [(file.path, "on its way" in file.reason) for file in skipped] == [("web_events/young.csv", True)]


@pytest.mark.parametrize("age", [-400 * 86400, 400 * 86400])
def test_a_file_with_the_time_of_another_year_is_not_held_up(tmp_path: Path, age: float) -> None:
    deliver(tmp_path, "web_events/a.csv", age=age)
    arrivals, _ = list_arrivals(str(tmp_path), SOURCES, min_age_seconds=60, now=NOW)
    assert len(arrivals) == 1


def test_without_a_minimum_age_every_file_is_ready(tmp_path: Path) -> None:
    deliver(tmp_path, "web_events/a.csv", age=-5)
    assert len(list_arrivals(str(tmp_path), SOURCES, now=NOW)[0]) == 1


def test_a_name_that_is_no_utf8_a_pipe_and_a_dead_link_hold_up_nothing(tmp_path: Path) -> None:
    deliver(tmp_path, "web_events/a.csv")
    folder = tmp_path / "web_events"
    (folder / "link.csv").symlink_to("nowhere.csv")
    (tmp_path / "mobile_events").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe.csv")
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv")).write_text("x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    arrivals, skipped = list_arrivals(str(tmp_path), SOURCES, now=NOW)
    assert [arrival.path for arrival in arrivals] == ["web_events/a.csv"]
    no_file = "no regular file, or a link to nowhere or to a folder"
    assert [(file.path, file.reason) for file in skipped] == [
        ("mobile_events", no_file),
        ("web_events/caf\\xe9.csv", "the file name is not valid UTF-8"),
        ("web_events/link.csv", no_file),
        ("web_events/pipe.csv", no_file),
    ]


@pytest.mark.parametrize("root", ["absent", "file:///absent/landing", "nonsense://bucket/landing"])
def test_a_missing_root_is_an_error_by_name(tmp_path: Path, root: str) -> None:
    missing = root if "://" in root else str(tmp_path / root)
    with pytest.raises(ConfigError, match="landing") as error:
        list_arrivals(missing, SOURCES, now=NOW)
    assert missing in str(error.value)


def test_a_trailing_slash_changes_nothing(tmp_path: Path) -> None:
    deliver(tmp_path, "web_events/a.csv")
    assert list_arrivals(f"{tmp_path}/", SOURCES, now=NOW) == list_arrivals(str(tmp_path), SOURCES, now=NOW)
