"""What a data engineer must be able to do to the pipeline without harm: bad files, two runs, other days, other parameters."""

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from delta.tables import DeltaTable
from pyspark.sql import SparkSession

from engagement_lib.__main__ import main as look
from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.run import Run
from engagement_lib.engine.table import Table
from engagement_lib.errors import CheckFailed
from engagement_lib.pipeline import all_tables, as_readers_see
from engagement_lib.sources.web_events import SOURCE as WEB

TABLES = all_tables()
COLUMNS = list(WEB.column_names)


def record(number: int, **changes: str) -> dict[str, str]:
    """One valid web record, its own user and title."""
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {"event_name": "item-started", "event_timestamp": f"2025-02-03 10:{number:02d}:00.000", "user_id": f"u{number}"}
    cells |= {"arrival_timestamp": "2025-02-03 11:00:00.000", "session_id": f"s{number}", "item_id": "7", "item_title": "A title"}
    return cells | {"country_code": "DE", "user_access_type": "free"} | changes


def text_of(records: list[dict[str, str]], columns: list[str] = COLUMNS) -> str:
    return "\n".join([",".join(columns), *[",".join(r.get(c, "") for c in columns) for r in records]]) + "\n"


def damaged_files(landing: Path) -> None:
    """Good and bad files side by side; each good record has a user of its own."""
    landing.mkdir(parents=True)
    fine = text_of([record(1), record(2)])
    (landing / "web_events_a_good.csv").write_text(fine)
    (landing / "web_events_b_reordered.csv").write_text(text_of([record(3), record(4)], COLUMNS[::-1]))
    without = [c for c in COLUMNS if c != "event_timestamp"]
    (landing / "web_events_c_without_time.csv").write_text(text_of([record(5)], without))
    (landing / "web_events_d_new_column.csv").write_text(text_of([record(6, mood="fine")], [*COLUMNS, "mood"]))
    (landing / "web_events_e_truncated.csv.gz").write_bytes(gzip.compress(fine.encode())[:-20])
    unclosed = text_of([record(7), record(8, item_title='"open'), record(9)])
    (landing / "web_events_f_open_quote.csv").write_text(unclosed)
    (landing / "web_events_g_empty.csv").write_bytes(b"")
    (landing / "web_events_h_utf16.csv").write_text(text_of([record(10)]), encoding="utf-16")


@pytest.fixture(scope="module")
def damaged(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, int, Path]:
    folder = tmp_path_factory.mktemp("damaged")
    damaged_files(folder / "landing")
    where = ["--landing", str(folder / "landing"), "--lake", str(folder / "lake")]
    code = main([*where, "--select", "bronze silver gold.dim_country"], spark=spark)
    return Lake(spark, root=str(folder / "lake")), code, folder


def test_good_files_load_and_bad_ones_are_named_with_the_reason(damaged: tuple[Lake, int, Path]) -> None:
    lake, code, _ = damaged
    files = {row.path[11:12]: row for row in lake.read(TABLES["ops.files"]).collect()}
    assert code == 3
    assert {letter for letter, row in files.items() if row.verdict == "refused"} == set("cegh")
    for letter, words in {"c": "event_timestamp", "e": "cut off", "g": "empty", "h": "UTF-16"}.items():
        assert words in files[letter].reason
    assert files["d"].unknown_columns == ["mood"]
    assert all(row.records == row.events + row.duplicates + row.quarantined for row in files.values() if row.verdict == "loaded")


def test_no_record_of_a_damaged_file_becomes_something_else(damaged: tuple[Lake, int, Path]) -> None:
    lake, _, _ = damaged
    events = lake.read(TABLES["silver.events"]).collect()
    assert {row.user_id for row in events} == {"u1", "u2", "u3", "u4", "u6", "u7", "u9"}
    assert {(row.item_title, row.item_id, row.country_code) for row in events} == {("A title", "7", "DE")}
    [broken] = lake.read(TABLES["silver.quarantine"]).collect()
    assert broken.source_file == "web_events_f_open_quote.csv" and broken.source_record == 2
    assert broken.rule == "unparsable_record" and '"open' in broken.raw


def test_a_run_while_another_holds_the_lake_ends_with_one_line(
    damaged: tuple[Lake, int, Path], spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, folder = damaged
    code = (
        "import sys, time; from engagement_lib.engine.lock import LakeLock\n"
        f"with LakeLock({str(folder / 'lake')!r}, owner='other'): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        assert main(["--landing", str(folder / "landing"), "--lake", str(folder / "lake")], spark=spark) == 4
    finally:
        holder.kill()
        holder.wait()
    error = capsys.readouterr().err.strip()
    assert error.count("\n") == 0 and f"process {holder.pid}" in error
    assert main(["--lake", str(folder / "lake"), "--landing", str(folder / "landing"), "--dry-run"], spark=spark) == 0


def test_tables_can_be_shown_and_queried_by_name(
    damaged: tuple[Lake, int, Path], spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--lake", str(damaged[0].root)]
    assert look(["show", "silver.quarantine", *where]) == 0
    assert "unparsable_record" in capsys.readouterr().out
    query = (
        "select e.user_id, c.country_name from silver.events e join gold.dim_country c using (country_code) order by 1 limit 1"
    )
    assert look(["sql", query, *where]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["u1", "Germany"]
    named = "select count(*) from ops.runs where table_id in ('silver.events', \"bronze.web_events\")"
    assert look(["sql", named, *where]) == 0
    assert capsys.readouterr().out.split()[-1] == "2"
    remarked = "-- today's rows\nselect count(*) from silver.events /* not 'silver.duplicates' */ where platform = 'web'"
    assert look(["sql", remarked, *where]) == 0
    capsys.readouterr()
    assert look(["sql", "select explode(sequence(1, 3))", *where, "--rows", "2"]) == 0
    assert capsys.readouterr().err == "There are more rows; --rows shows more than 2.\n"
    assert look(["sql", "select explode(sequence(1, 2))", *where, "--rows", "2"]) == 0
    assert capsys.readouterr().err == ""
    assert look(["show", "silver.quarantin", *where]) == 2
    assert "did you mean" in capsys.readouterr().err
    assert look(["sql", "select no_such_column from silver.events", *where]) == 2


def test_an_earlier_as_of_day_moves_windows_back_and_a_later_run_brings_them_forward(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [record(1), record(2, event_timestamp="2025-02-05 09:00:00.000", arrival_timestamp="2025-02-05 09:00:01.000")]
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "web_events.csv").write_text(text_of(days))
    where = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake")]
    where += ["--select", "+gold.report_active_windows"]
    lake = Lake(spark, root=str(tmp_path / "lake"))

    def covered() -> list[tuple[str, int]]:
        rows = Lake(spark, root=str(lake.root)).read(TABLES["gold.report_active_windows"]).where("split = 'total'")
        return [(str(r.activity_date), r.monthly_active_users_30d) for r in rows.orderBy("activity_date").collect()]

    assert main([*where, "--as-of", "2025-02-04"], spark=spark) == 0
    assert covered() == [("2025-02-03", 1), ("2025-02-04", 1)]
    assert main(where, spark=spark) == 0
    assert covered() == [("2025-02-03", 1), ("2025-02-04", 1), ("2025-02-05", 2)]
    assert main([*where, "--as-of", "2025-02-03"], spark=spark) == 0
    assert covered() == [("2025-02-03", 1)]
    assert main([*where, "--as-of", "2025-02-02"], spark=spark) == 2
    assert "--as-of 2025-02-02 is before the first day with data, 2025-02-03" in capsys.readouterr().err
    assert covered() == [("2025-02-03", 1)]


def test_days_far_from_the_data_are_refused_or_left_out(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each day asked for was written into each table's commit, and the end of the calendar ended the run after silver."""
    later = {"event_timestamp": "2025-02-05 09:00:00.000", "arrival_timestamp": "2025-02-05 09:00:01.000"}
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "web_events.csv").write_text(text_of([record(1), record(2, **later)]))
    where = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake"), "--select"]
    assert main([*where, "+gold.fact_session", "--as-of", "2026-02-07"], spark=spark) == 2
    late = "--as-of 2026-02-07 is more than 366 days after the last day with data, 2025-02-05; give an earlier day"
    assert late in capsys.readouterr().err
    lake, session = Lake(spark, root=str(tmp_path / "lake")), TABLES["gold.fact_session"]
    assert lake.read(TABLES["silver.events"]).count() == 2 and not lake.exists(session)
    for option in ([], ["--dry-run"]):
        for chosen in ("bronze", "silver.events", "silver.users"):
            assert main([*where, chosen, "--as-of", "2026-02-07", *option], spark=spark) == 0, (
                "what came in is there without days"
            )
    assert main([*where, "gold.fact_session", "--as-of", "2026-02-06"], spark=spark) == 0
    ends = ["--from", "0001-01-01", "--to", "9999-12-31"]
    none = "none is a day with data; these are 2025-02-03 to 2025-02-05"
    far = {"--from=2025-02-01": none, "--from=2025-02-07": none, "--as-of=9999-12-31": "more than 366 days after the last day"}
    for asked, words in far.items():
        for option in ([], ["--dry-run"]):
            assert main([*where, "gold.fact_session", asked, *option], spark=spark) == 2
            assert words in capsys.readouterr().err
    assert main([*where, "gold.fact_session", *ends, "--dry-run"], spark=spark) == 0
    assert "2025-02-02 to 2025-02-06" in capsys.readouterr().out
    assert main([*where, "gold.fact_session", *ends], spark=spark) == 0
    lake.forget()
    commit = lake.last_commit(session)
    assert commit and [day.day for day in commit.days or ()] == [2, 3, 4, 5, 6], "a day more at both ends, for time zones"


def test_other_parameters_stop_the_run_and_name_the_command_that_rebuilds(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "web_events.csv").write_text(text_of([record(1), record(2)]))
    conf = tmp_path / "conf.yml"
    conf.write_text("parameters:\n  session_gap_minutes: 45\n  content_events: [item-finished]\n")
    where = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake"), "--conf-file"]
    plain = tmp_path / "plain.yml"
    plain.write_text("")
    some = ["--select", "+gold.report_session_quality gold.fact_content_consumption gold.fact_user_engagement"]
    assert main([*where, str(plain), *some], spark=spark) == 0
    for option in ([], ["--dry-run"]):
        assert main([*where, str(conf), *some, *option], spark=spark) == 2
        assert "session_gap_minutes=30 (now 45); run with --rebuild --select 'gold.fact_session+'" in capsys.readouterr().err
    again = ["--rebuild", "--select", "gold.fact_session gold.report_session_quality"]
    assert main([*where, str(conf), *again], spark=spark) == 0
    assert "earlier run: gold.fact_user_engagement was built with content_events=" in capsys.readouterr().out
    assert main([*where, str(conf), "--rebuild", "--select", "gold.fact_user_engagement"], spark=spark) == 0
    assert "Readers still see" not in capsys.readouterr().out
    assert main([*where, str(conf), *some], spark=spark) == 0


def test_what_is_made_of_a_restored_table_is_made_again(spark: SparkSession, tmp_path: Path) -> None:
    """The restored table has no commit of ours, and rows all the same."""
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "users_1.csv").write_text("user_id,signup_at\nu1,2025-02-01 10:00:00\n")
    where = ["--landing", str(landing), "--lake", str(tmp_path / "lake"), "--select", "+gold.dim_user"]
    assert main(where, spark=spark) == 0
    bronze = DeltaTable.forPath(spark, str(tmp_path / "lake" / "bronze" / "users"))
    bronze.delete()
    bronze.restoreToVersion(1)
    shutil.rmtree(tmp_path / "lake" / "silver" / "users")
    assert main(where, spark=spark) == 0
    lake = Lake(spark, root=str(tmp_path / "lake"))
    assert [lake.read(TABLES[name]).count() for name in ("silver.users", "gold.dim_user")] == [1, 1]


def test_a_run_says_where_it_adds_to_rows_of_other_code(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    where = ["--landing", str(landing), "--lake", str(tmp_path / "lake"), "--select", "+silver.events"]
    (landing / "web_events_1.csv").write_text(text_of([record(1)]))
    assert main(where, spark=spark) == 0
    assert "code changed" not in capsys.readouterr().out
    monkeypatch.setattr(Table, "source_hash", property(lambda table: "written otherwise"))
    (landing / "web_events_2.csv").write_text(text_of([record(2)]))
    assert main(where, spark=spark) == 0
    assert "silver.events: its code changed" in capsys.readouterr().out


def test_files_of_sources_that_are_not_selected_are_left_to_them(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    landing = tmp_path / "landing"
    (landing / "experiments").mkdir(parents=True)
    (landing / "web_events_1.csv").write_text(text_of([record(1)]))
    (landing / "experiments" / "assignments_1.csv").write_text("experiment_id,user_id,variant\ne1,u1,a\n")
    (landing / "notes.txt").write_text("of nobody")
    where = ["--landing", str(landing), "--lake", str(tmp_path / "lake")]
    assert main([*where, "--select", "bronze.experiments"], spark=spark) == 0
    told = capsys.readouterr().out
    assert "ignored  notes.txt" in told and "web_events_1.csv" not in told
    assert not Lake(spark, root=str(tmp_path / "lake")).exists(TABLES["bronze.experiments"])


def test_a_loaded_path_with_new_content_is_refused_or_a_further_delivery(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that somebody appended to: its old records are duplicates, none is lost; by default the person decides."""
    path = tmp_path / "landing" / "web_events.csv"
    path.parent.mkdir()
    path.write_text(text_of([record(1), record(2)]))
    where = ["--landing", str(path.parent), "--lake", str(tmp_path / "lake"), "--select", "+silver.events"]
    assert main(where, spark=spark) == 0
    path.write_text(text_of([record(1), record(2), record(3)]))
    assert main(where, spark=spark) == 3
    assert "web_events.csv was refused: its content changed" in capsys.readouterr().err
    conf = tmp_path / "conf.yml"
    conf.write_text("landing:\n  changed_files: add\n")
    assert main([*where, "--conf-file", str(conf)], spark=spark) == 0
    lake = Lake(spark, root=str(tmp_path / "lake"))
    files = lake.read(TABLES["ops.files"]).where("verdict = 'loaded'").orderBy("load").collect()
    assert [(f.records, f.events, f.duplicates, f.quarantined) for f in files] == [(2, 2, 0, 0), (3, 1, 2, 0)]
    first, _ = loads = [file.load for file in files]

    def loaded() -> list[tuple[int, int]]:
        rows = Lake(spark, root=str(lake.root)).read(TABLES["silver.events"]).orderBy("source_record").collect()
        return [(row.source_record, row._load) for row in rows]

    assert loaded() == [(1, first), (2, first), (3, loads[1])]
    assert main([*where, "--conf-file", str(conf), "--rebuild"], spark=spark) == 0
    assert loaded() == [(1, first), (2, first), (3, loads[1])]


def test_readers_see_no_table_of_a_run_that_failed(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    landing, root = tmp_path / "landing", str(tmp_path / "lake")
    landing.mkdir()
    where = ["--landing", str(landing), "--lake", root, "--select", "+gold.fact_session"]

    def seen() -> list[int]:
        lake = as_readers_see(Lake(spark, root=root))
        return [lake.read(TABLES[name]).count() for name in ("silver.events", "gold.fact_session")]

    (landing / "web_events_1.csv").write_text(text_of([record(1), record(2)]))
    assert main(where, spark=spark) == 0
    assert seen() == [2, 2]
    (landing / "web_events_2.csv").write_text(text_of([record(3)]))
    with monkeypatch.context() as broken:
        broken.setattr(Run, "_replace", failing)
        assert main(where, spark=spark) == 1
    assert "Readers still see the tables of an earlier run" in capsys.readouterr().out
    assert Lake(spark, root=root).read(TABLES["silver.events"]).count() == 3
    assert seen() == [2, 2]
    assert main([*where[:-1], "silver"], spark=spark) == 0
    assert "gold.fact_session waits to be run" in capsys.readouterr().out
    assert seen() == [2, 2]
    assert main(where, spark=spark) == 0
    assert seen() == [3, 3]


def failing(run: Run, table: Table, *_: object) -> None:
    raise CheckFailed(f"{table.id}: broken on purpose")


def test_a_file_without_records_is_taken_in_and_changes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    where = ["--landing", str(landing), "--lake", str(tmp_path / "lake"), "--select", "+silver.events"]
    (landing / "web_events_1.csv").write_text(text_of([]))
    assert main(where, spark=spark) == 0
    (landing / "web_events_2.csv").write_text(text_of([record(1)]))
    assert main(where, spark=spark) == 0
    assert main(where, spark=spark) == 0
    assert Lake(spark, root=str(tmp_path / "lake")).read(TABLES["silver.events"]).count() == 1


def test_a_file_of_a_header_may_be_filled_later_under_its_name(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was loaded from it, so nothing changed after it was loaded; once it has given records, it is a loaded file."""
    path = tmp_path / "landing" / "web_events_1.csv"
    path.parent.mkdir()
    where = ["--landing", str(path.parent), "--lake", str(tmp_path / "lake"), "--select", "+silver.events"]
    path.write_text(text_of([]))
    (path.parent / "web_events_2.csv").write_text(text_of([record(1)]))
    assert main(where, spark=spark) == 0
    path.write_text(text_of([record(2), record(3)]))
    assert main(where, spark=spark) == 0
    lake = Lake(spark, root=str(tmp_path / "lake"))
    assert {row.user_id for row in lake.read(TABLES["silver.events"]).collect()} == {"u1", "u2", "u3"}
    path.write_text(text_of([record(2), record(3), record(4)]))
    assert main(where, spark=spark) == 3
    assert "web_events_1.csv was refused: its content changed" in capsys.readouterr().err
