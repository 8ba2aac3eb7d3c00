"""What a job does by its options."""

from argparse import Namespace
from datetime import date

import pytest

from engagement_lib import cli
from engagement_lib.cli import main
from engagement_lib.engine import catalogue
from engagement_lib.errors import LakeBusy
from engagement_lib.pipeline import Request, all_tables

TABLES = all_tables()


def request(layer: str | None = None, **options: object) -> Request:
    unset = {"as_of": None, "select": None, "first": None, "last": None, "rebuild": False, "replay": False}
    return cli._request(Namespace(**unset | options), layer, TABLES)


def test_the_jobs_of_the_layers_together_run_what_the_whole_pipeline_runs() -> None:
    """What ops computes is among it: readers wait for all tables."""
    parts = [table.id for layer in ("bronze", "silver", "gold") for table in request(layer).tables]
    assert sorted(parts) == sorted(table.id for table in request().tables)
    assert {each.id for each in catalogue.runnable(request("gold").tables)} >= {"gold.fact_session", "ops.event_quality"}


def test_from_without_to_is_one_day() -> None:
    assert request(first=date(2025, 2, 2)).redo == (date(2025, 2, 2),)
    assert request(first=date(2025, 2, 2), last=date(2025, 2, 4)).redo == tuple(date(2025, 2, day) for day in (2, 3, 4))


def test_a_selection_of_which_a_job_runs_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert request("gold", select="silver.users").tables == []
    assert "--select silver.users: none of these tables is run by this job" in capsys.readouterr().err
    assert request("gold", select="gold.fact_session silver.users").tables == [TABLES["gold.fact_session"]]
    assert capsys.readouterr().err == ""


def test_a_job_waits_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    asked = []

    class Held:
        def __init__(self, root: str, *, owner: str, wait_seconds: float) -> None:
            asked.append(wait_seconds)

        def __enter__(self) -> None:
            raise LakeBusy("held")

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(cli, "LakeLock", Held)
    (tmp_path / "conf.yml").write_text("")
    where = ["--lake", str(tmp_path / "lake"), "--conf-file", str(tmp_path / "conf.yml")]
    assert (main([*where, "--wait", "600"]), main(where)) == (4, 4)
    assert asked == [600, 0]
