"""The same arguments are the same bytes, however they are written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from engagement_lib.generator.cli import main

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
SMALL = ["--users", "300", "--days", "40"]


def _generated(landing: Path, *options: str) -> dict[str, bytes]:
    assert main(["--out", str(landing), *options]) == 0
    return _files(landing)


def _files(landing: Path) -> dict[str, bytes]:
    return {path.relative_to(landing).as_posix(): path.read_bytes() for path in landing.rglob("*") if path.is_file()}


def _content(files: dict[str, bytes]) -> dict[str, bytes]:
    """Compressed bytes differ between versions of zlib, what they hold does not."""
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in files.items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    return _generated(tmp_path_factory.mktemp("whole"), *SMALL, "--processes", "1")


def test_the_same_seed_writes_the_same_bytes(whole, tmp_path):
    assert _generated(tmp_path, *SMALL, "--processes", "1") == whole


def test_another_seed_writes_other_events_into_files_of_the_same_names(whole, tmp_path):
    other = _generated(tmp_path, *SMALL, "--seed", "8")
    assert other.keys() == whole.keys()
    assert other["web_events/web_events_2025-01-01.csv"] != whole["web_events/web_events_2025-01-01.csv"]


def test_the_number_of_processes_does_not_change_a_byte(whole, tmp_path):
    assert _generated(tmp_path, *SMALL, "--processes", "3") == whole


@pytest.mark.parametrize(
    ("options", "first", "last"),
    [
        (["--only-day", "2025-01-01"], "2025-01-01", "2025-01-01"),
        (["--only-day", "2025-02-09"], "2025-02-09", "2025-02-09"),
        (["--from-day", "2025-01-10", "--to-day", "2025-02-04"], "2025-01-10", "2025-02-04"),
        (["--from-day", "2025-02-01"], "2025-02-01", "2025-02-09"),
    ],
)
def test_days_written_alone_are_those_of_the_whole_and_come_without_truth(whole, tmp_path, options, first, last):
    alone = _generated(tmp_path, *SMALL, *options)
    assert alone == {name: data for name, data in whole.items() if first <= name.partition(".")[0][-10:] <= last}


def test_more_days_continue_the_data_without_changing_it(whole, tmp_path):
    longer = _generated(tmp_path, "--users", "300", "--days", "45")
    assert {name: data for name, data in longer.items() if name in whole and name != "truth.json"} == {
        name: data for name, data in whole.items() if name != "truth.json"
    }


def test_the_committed_sample_is_what_the_command_in_its_readme_writes(tmp_path):
    begin = ".venv/bin/python jobs/generate.py --out sample_data "
    command = next(line for line in (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith(begin))
    options = command.removeprefix(begin).split()
    committed = _files(SAMPLE)
    del committed["README.md"]
    assert _content(_generated(tmp_path, *options)) == _content(committed)
