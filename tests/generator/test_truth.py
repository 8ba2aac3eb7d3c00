"""truth.json against an independent count of the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engagement_lib.generator.cli import main
from engagement_lib.generator.malformed import REASONS
from tests.generator.recount import recount

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


def _truth(landing: Path) -> dict:
    truth = json.loads((landing / "truth.json").read_text(encoding="utf-8"))
    del truth["generator"]
    return truth


def test_the_truth_of_the_committed_sample_is_what_its_files_hold(tmp_path):
    assert recount(SAMPLE, tmp_path) == _truth(SAMPLE)


def test_the_committed_sample_holds_each_kind_of_malformed_record():
    assert _truth(SAMPLE)["total"]["quarantine_reasons"].keys() == set(REASONS)


@pytest.mark.parametrize("options", [["--seed", "11"], ["--seed", "12", "--plain"]])
def test_the_truth_of_another_seed_is_what_its_files_hold(tmp_path, options):
    main(["--out", str(tmp_path / "landing"), "--users", "300", "--days", "50", *options])
    assert recount(tmp_path / "landing", tmp_path) == _truth(tmp_path / "landing")
