"""Arguments that cannot be followed are refused in one line with exit code 2."""

from __future__ import annotations

import pytest

from engagement_lib.generator.cli import main


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--users", "3"], "error: --users 3: must be at least 10"),
        (["--users", "0"], "error: --users 0: must be at least 10"),
        (["--days", "0"], "error: --days 0: must be at least 1"),
        (["--seed", "-1"], "error: --seed -1: must be at least 0"),
        (["--processes", "0"], "error: --processes 0: must be at least 1"),
        (["--only-day", "2024-12-31"], "error: no day to write between 2024-12-31 and 2024-12-31: the data begin on 2025-01-01"),
        (["--from-day", "2025-02-02", "--to-day", "2025-02-01"], "error: no day to write between 2025-02-02 and 2025-02-01"),
        (["--only-day", "2025-01-05", "--to-day", "2025-01-06"], "error: --only-day excludes --from-day and --to-day"),
    ],
)
def test_a_wrong_argument_is_named_and_nothing_is_written(tmp_path, capsys, options, message):
    assert main(["--out", str(tmp_path / "landing"), *options]) == 2
    assert capsys.readouterr().err.startswith(message)
    assert not (tmp_path / "landing").exists()


def test_days_on_which_nothing_happens_have_no_truth(tmp_path, capsys):
    """Ten users who sign up within 90 days: on the first day there is none."""
    nothing = ["--out", str(tmp_path), "--users", "10", "--days", "1", "--plain"]
    assert main(nothing) == 2
    assert capsys.readouterr().err.startswith("error: no event happens with so few users in these days")
    assert main([*nothing, "--no-truth"]) == 0


def test_a_folder_with_files_of_another_run_is_refused(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--users", "50", "--days", "4"]) == 0
    assert main(["--out", str(tmp_path), "--users", "50", "--days", "4", "--plain"]) == 2
    error = capsys.readouterr().err
    assert "mobile_events_2025-01-02.csv.gz: not a file of this data; give an empty folder as --out" in error


def test_a_folder_that_cannot_be_made_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["--out", str(tmp_path / "file"), "--users", "50", "--days", "1"]) == 5
    assert capsys.readouterr().err.startswith(f"error: {tmp_path / 'file'}")


def test_the_wanted_number_of_events_is_met_within_a_tenth(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--events", "30000", "--days", "30", "--plain", "--no-truth"]) == 0
    records = int(capsys.readouterr().out.split(" files, ")[1].split(" records")[0].replace(",", ""))
    assert 27_000 <= records <= 33_000
    assert {path.name for path in tmp_path.iterdir()} == {"mobile_events", "web_events"}
