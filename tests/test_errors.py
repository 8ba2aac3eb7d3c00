"""What a person gets wrong ends in one line with what, why and what next, and the exit code of docs/errors.md; no Spark is
started for it.
"""

import errno
import os
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from engagement_lib import pipeline
from engagement_lib.__main__ import with_names
from engagement_lib.cli import main
from engagement_lib.errors import CheckFailed, ConfigError
from engagement_lib.settings import Settings

#: case -> (configuration, arguments, exit code, words that the line must have)
MISTAKES = {
    "no such file": (None, ["--conf-file", "no_such.yml"], 2, ["no_such.yml", "cannot be read", "give --conf-file"]),
    "no YAML": ("lake: {root: x\nrun: [", [], 2, ["conf.yml", "not valid YAML in line"]),
    "a list at the top": ("- lake\n", [], 2, ["conf.yml", "must hold sections", "not a list"]),
    "a text at the top": ("lake\n", [], 2, ["must hold sections", "not a str"]),
    "an unknown section": ("laek: {root: x}\n", [], 2, ["laek is not a setting", "did you mean lake?"]),
    "an unknown key": ("landing: {min_age_second: 3}\n", [], 2, ["landing.min_age_second", "did you mean min_age_seconds?"]),
    "a text for a number": ("run: {side_by_side: two}\n", [], 2, ["run.side_by_side must be a whole number, not 'two'"]),
    "true for a number": ("run: {side_by_side: true}\n", [], 2, ["run.side_by_side must be a whole number, not True"]),
    "a text for a section": ("landing: here\n", [], 2, ["landing must be a mapping, not 'here'"]),
    "a policy that is none": ("landing: {changed_files: skip}\n", [], 2, ["changed_files must be refuse or add, not 'skip'"]),
    "an unknown parameter": ("parameters: {session_gap_minuts: 5}\n", [], 2, ["did you mean session_gap_minutes?"]),
    "a text for a parameter": ("parameters: {session_gap_minutes: '5'}\n", [], 2, ["must be a whole number, not '5'"]),
    "an event name that is no text": ("parameters: {passive_events: [on]}\n", [], 2, ["passive_events is [True]; it can be"]),
    "an alias of no event": (
        "parameters: {event_name_aliases: {began: item-start}}\n",
        [],
        2,
        ["event_name_aliases is {'began': 'item-start'}; it can be known event names by other names", "item-started"],
    ),
    "content of no event": (
        "parameters: {content_events: [item-start]}\n",
        [],
        2,
        ["content_events is ['item-start']; it can be"],
    ),
    "a region of no country": ("parameters: {regions: {DACH: [DE, XX]}}\n", [], 2, ["regions.DACH: 'XX' is not a country code"]),
    "a key that stands there twice": (
        "run: {side_by_side: 2}\nrun: {side_by_side: 3}\n",
        [],
        2,
        ["in line 2 (run stands there twice)"],
    ),
    "an alias that is a column": (
        "landing: {aliases: {mobile_events: {client_cognito_id: user_id}}}\n",
        [],
        2,
        ["mobile_events.client_cognito_id: that name means client_cognito_id already"],
    ),
    "an alias of two columns": (
        "landing: {aliases: {mobile_events: {User-Key: user_id, user_key: client_id}}}\n",
        [],
        2,
        ["mobile_events.user_key: that name means user_id already"],
    ),
    "a funnel of no event": (
        "parameters: {funnels: {odd: {steps: [app-open, item-strated], days: 7}}}\n",
        [],
        2,
        ["funnels.odd: there is no event 'item-strated'"],
    ),
    "a time zone that is none": (
        "parameters: {report_time_zone: '+01:00'}\n",
        [],
        2,
        ["report_time_zone is '+01:00'; it can be an IANA name"],
    ),
    "a window too long": ("parameters: {segment_window_days: 64}\n", [], 2, ["is 64; it can be 1 to 63"]),
    "no pause at all": ("parameters: {session_gap_minutes: 0}\n", [], 2, ["is 0; it can be 1 to 1440"]),
    "a pause longer than a session": (
        "parameters: {session_gap_minutes: 90, session_max_hours: 1}\n",
        [],
        2,
        ["session_gap_minutes is 90: no pause may be longer than session_max_hours, 1"],
    ),
    "a share above all": ("parameters: {at_risk_share: 50}\n", [], 2, ["is 50.0; it can be 0 to 1"]),
    "days below none": ("parameters: {trial_grace_days: -7}\n", [], 2, ["is -7; it can be 0 or more"]),
    "a choice that is none": ("parameters: {week_start: Monday}\n", [], 2, ["is 'Monday'; it can be monday or sunday"]),
    "a weekday that is none": ("parameters: {drift_weekend: [0, 6]}\n", [], 2, ["is [0, 6]; it can be ISO days"]),
    "a weekday in a list": ("parameters: {drift_weekend: [[6]]}\n", [], 2, ["is [[6]]; it can be ISO days"]),
    "a threshold of nothing": ("parameters: {drift_threshold: 0}\n", [], 2, ["is 0.0; it can be above 0"]),
    "a form of a day": ("parameters: {calendar_last_date: '3.2.2025'}\n", [], 2, ["it can be a date as yyyy-mm-dd"]),
    "an unknown table": ("", ["--select", "gold.fact_sesion"], 2, ["gold.fact_sesion", "did you mean", "gold.fact_session"]),
    "no table": ("", ["--select", ""], 2, ["--select names no table", "leave it out to run all"]),
    "a comma for tables": ("", ["--select", " , "], 2, ["--select names no table"]),
    "some days of all": ("", ["--rebuild", "--from", "2025-02-03"], 2, ["--rebuild builds all days anew", "leave out the one"]),
    "an end without a start": ("", ["--to", "2025-02-03"], 2, ["--to needs --from"]),
    "an end before the start": ("", ["--from", "2025-02-03", "--to", "2025-02-01"], 2, ["--to 2025-02-01 is before --from"]),
    "nothing side by side": ("run: {side_by_side: 0}\n", [], 2, ["run.side_by_side must be 1 or more"]),
    "a day that is none": (
        "parameters: {calendar_first_date: 2025-13-45}\n",
        [],
        2,
        ["conf.yml", "a value that YAML cannot read"],
    ),
    "an alias of no source": (
        "landing: {aliases: {mobile: {a: user_id}}}\n",
        [],
        2,
        ["no source mobile", "did you mean mobile_events?"],
    ),
    "an alias of no column": (
        "landing: {aliases: {web_events: {u: user}}}\n",
        [],
        2,
        ["web_events.u: user is no column", "did you mean user_id?"],
    ),
    "an alias that is a list": (
        "landing: {aliases: {web_events: [u]}}\n",
        [],
        2,
        ["landing.aliases.web_events must be a mapping"],
    ),
    "an alias of no text": (
        "landing: {aliases: {web_events: {on: user_id}}}\n",
        [],
        2,
        ["landing.aliases.web_events.True: True is what YAML reads", "put it in quotes"],
    ),
    "a parameter that YAML reads as true": ("parameters: {on: 2}\n", [], 2, ["parameters.True: no table has such a parameter"]),
    "a number for a parameter's name": ("parameters: {1: 2}\n", [], 2, ["parameters.1: no table has such a parameter"]),
    "a number for an event": (
        "parameters: {event_name_aliases: {open: 5}}\n",
        [],
        2,
        ["parameters.event_name_aliases.open: 5 is what YAML reads", "put it in quotes"],
    ),
    "an event that YAML reads as true": (
        "parameters: {event_name_aliases: {on: item-started}}\n",
        [],
        2,
        ["parameters.event_name_aliases.True: True is what YAML reads"],
    ),
    "a list for a property of Spark": (
        "spark: {spark.jars: [a, b]}\n",
        [],
        2,
        ["spark: spark.jars must be a text", "not ['a', 'b']"],
    ),
    "another time zone": (
        "spark: {spark.sql.session.timeZone: Europe/Berlin}\n",
        [],
        2,
        ["spark: spark.sql.session.timeZone must be UTC, not Europe/Berlin", "it decides what the tables hold"],
    ),
    "other arithmetic": (
        "spark: {spark.sql.ansi.enabled: false}\n",
        [],
        2,
        ["spark: spark.sql.ansi.enabled must be true, not false"],
    ),
    "a property of Spark that is no text": ("spark: {1: a}\n", [], 2, ["spark.1: 1 is what YAML reads"]),
    "pages behind an address": ("", ["--dashboards", "s3a://b/pages"], 2, ["s3a://b/pages is no folder of this machine"]),
    "an empty lake": ("", ["--lake", ""], 2, ["lake.root is empty", "give a folder"]),
    "a lake in a file": ("", ["--lake", "{folder}/conf.yml/lake"], 5, ["conf.yml/lake", "Not a directory", "choose another"]),
}


def test_a_query_names_our_tables_and_nothing_else() -> None:
    query = (
        "-- today's silver.events\nselect 'silver.events', \"ops.runs\" from silver.events join lake.silver.events /* ops.runs */"
    )
    assert with_names(query, pipeline.all_tables(), lambda table: f"<{table.id}>") == query.replace(
        "from silver.events", "from <silver.events>"
    )


def test_numbers_and_days_may_be_written_as_yaml_reads_them(tmp_path: Path) -> None:
    (tmp_path / "conf.yml").write_text("parameters: {drift_threshold: 3, calendar_first_date: 2016-01-01}\n")
    found = Settings.load(str(tmp_path / "conf.yml"), tables=pipeline.all_tables().values()).parameters
    assert {name: repr(value) for name, value in found.items()} == {
        "drift_threshold": "3.0",
        "calendar_first_date": "'2016-01-01'",
    }
    (tmp_path / "conf.yml").write_text("parameters: {calendar_first_date: 2016-01-01 10:00:00}\n")
    with pytest.raises(ConfigError, match="calendar_first_date must be a text"):
        Settings.load(str(tmp_path / "conf.yml"), tables=pipeline.all_tables().values())


def test_a_parameter_replaces_that_of_the_base_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text(
        "parameters: {regions: {DACH: [DE, AT, CH]}, report_time_zone: Europe/Berlin, session_gap_minutes: 45}\nrun: {side_by_side: 3}\n"
    )
    (tmp_path / "conf.yml").write_text(
        "parameters: {regions: {GERMANY: [DE]}, session_gap_minutes: null}\nlanding: {min_age_seconds: 5}\n"
    )
    found = Settings.load(str(tmp_path / "conf.yml"), tables=pipeline.all_tables().values())
    assert found.parameters == {"regions": {"GERMANY": ["DE"]}, "report_time_zone": "Europe/Berlin"}
    assert (found.side_by_side, found.landing["min_age_seconds"]) == (3, 5)


def test_an_empty_value_is_as_if_it_was_not_there_in_every_file(tmp_path: Path) -> None:
    empty = "landing: {aliases: }\nspark: {spark.x: }\nparameters: {session_gap_minutes: }\ndashboards:\n"
    plain = Settings(lake={}, landing={"root": "landing"})
    for name, text in {"alone.yml": empty, "spark.yml": "spark:\n", "base.yml": empty, "over.yml": empty}.items():
        (tmp_path / name).write_text(text)
        assert Settings.load(str(tmp_path / name), tables=pipeline.all_tables().values()) == plain
    (tmp_path / "base.yml").write_text(
        "landing: {aliases: {web_events: {uid: user_id}}, root: x}\nspark: {spark.x: 5, spark.y: a}\n"
    )
    over = Settings.load(str(tmp_path / "over.yml"), tables=pipeline.all_tables().values())
    assert (over.landing, over.spark) == ({"root": "x"}, {"spark.y": "a"})


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_ends_in_one_line(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, arguments, code, words = MISTAKES[case]
    given = [argument.format(folder=tmp_path) for argument in arguments]
    if text is not None:
        (tmp_path / "conf.yml").write_text(text)
        given += ["--conf-file", str(tmp_path / "conf.yml")]
    if "--lake" not in given:
        given += ["--lake", str(tmp_path / "lake")]
    assert main(given) == code
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1, error
    for word in words:
        assert word in error


def test_a_configuration_of_another_encoding_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "conf.yml").write_bytes("lake: {root: Zürich}\n".encode("latin-1"))
    assert main(["--conf-file", str(tmp_path / "conf.yml")]) == 2
    assert "conf.yml: is not UTF-8 (byte 14)" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--as-of", "--from", "--to"])
@pytest.mark.parametrize("day", ["2025-02-30", "03.02.2025", "yesterday", "", "2025-02-03T00:00"])
def test_a_day_that_is_none_is_refused_with_the_form(option: str, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([option, day])
    assert end.value.code == 2
    assert f"argument {option}: '{day}' is not a day; write YYYY-MM-DD" in capsys.readouterr().err


def test_a_disk_that_becomes_full_is_named_though_spark_only_says_that_a_task_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The words are those of a write into a file system of 3 MB with Spark 4.2 and Delta 4.4."""
    (tmp_path / "conf.yml").write_text("")

    def full(*_: object, **__: object) -> None:
        reason = (
            "org.apache.spark.SparkException: [TASK_WRITE_FAILED] Task failed while writing rows to file:/lake. SQLSTATE: 58030"
        )
        raise RuntimeError(f"An error occurred while calling o74.save.\n: {reason}\nCaused by: No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("engagement_lib.cli.build_session", full)
        assert main(["--lake", str(tmp_path / "lake"), "--conf-file", str(tmp_path / "conf.yml")]) == 5
    error = capsys.readouterr().err
    assert error.startswith("error: no space is left") and error.count("\n") == 1


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_an_output_that_cannot_be_written_is_named_before_anything_starts(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the operating system would say it: a test that runs as root can write everywhere."""
    (tmp_path / "conf.yml").write_text("")

    def refused(path: object, *_: object) -> int:
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as broken:
        broken.setattr("engagement_lib.engine.lock.os.open", refused)
        assert main(["--lake", str(tmp_path / "lake"), "--conf-file", str(tmp_path / "conf.yml")]) == 5
    error = capsys.readouterr().err
    assert error == f"error: {tmp_path}/lake: cannot be written ({os.strerror(number)}); choose another lake.root\n"


@pytest.mark.parametrize(
    ("job", "arguments"),
    [
        ("engagement_lib.__main__", ["show", "silver.events"]),
        ("engagement_lib.__main__", ["sql", "select 1"]),
        ("engagement_lib.dashboards.job", ["--dashboards", "pages"]),
        ("engagement_lib.dashboards.catalogue", []),
        ("engagement_lib.cli", []),
    ],
)
def test_what_nobody_foresaw_is_one_line_in_every_job(
    job: str, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "conf.yml").write_text("")

    def failed(*_: object, **__: object) -> None:
        raise RuntimeError(
            "An error occurred while calling o74.save.\n: x.SparkException: Task failed\nCaused by: y.Lost: a block"
        )

    where = ["--lake", str(tmp_path / "lake"), "--conf-file", str(tmp_path / "conf.yml")]
    with monkeypatch.context() as broken:
        broken.setattr(f"{job}.build_session", failed)
        assert import_module(job).main([*arguments, *where]) == 5
        assert capsys.readouterr().err == "error: RuntimeError: y.Lost: a block; --debug shows where\n"
        assert import_module(job).main([*arguments, *where, "--debug"]) == 5
        assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_pages_that_cannot_be_written_do_not_hide_what_is_wrong_with_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "conf.yml").write_text("")
    result = pipeline.Result(problems=[CheckFailed("a.csv: 3 records are not 2 events")])

    problems: list[Exception] = [RuntimeError("a published file is gone"), ConfigError("dashboards: thesis.txt is no page")]

    def no_pages(*_: object) -> str:
        raise problems[-1]

    for name in ("build_session", "interpreted"):
        monkeypatch.setattr(f"engagement_lib.cli.{name}", lambda *_, **__: nullcontext())
    monkeypatch.setattr(pipeline, "open_lake", lambda *_: SimpleNamespace())
    monkeypatch.setattr(pipeline, "run_pipeline", lambda *_, **__: result)
    monkeypatch.setattr("engagement_lib.cli._summary", lambda *_: [])
    monkeypatch.setattr("engagement_lib.cli._pages", no_pages)
    given = ["--lake", str(tmp_path / "lake"), "--conf-file", str(tmp_path / "conf.yml"), "--dashboards", str(tmp_path)]
    assert main(given) == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: a.csv: 3 records are not 2 events",
        "error: dashboards: thesis.txt is no page",
    ]
    problems.pop()
    assert main(given) == 1
    foreseen, other = capsys.readouterr().err.splitlines()
    assert (foreseen, other) == (
        "error: a.csv: 3 records are not 2 events",
        "error: RuntimeError: a published file is gone; --debug shows where",
    )
    result.problems.clear()
    assert main(given) == 5
    problems.append(ConfigError("dashboards: thesis.txt is no page"))
    assert main(given) == 2
