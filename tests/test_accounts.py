"""What is not all there: a file that cannot be read to its end, records that are not accounted for."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine import ingest
from engagement_lib.engine.lake import Lake
from engagement_lib.landing.preflight import Inspection
from engagement_lib.pipeline import all_tables
from engagement_lib.sources.mobile_events import SOURCE as MOBILE
from tests.test_reliability import record, text_of

TABLES = all_tables()
MOBILE_EVENT = {
    "event_name": "app-open",
    "event_timestamp": "2025-02-03 10:00:00.000",
    "arrival_timestamp": "2025-02-03 11:00:00.000",
    "user_id": "u9",
}


def test_the_other_sources_are_loaded_and_the_next_run_makes_it_good(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "landing").mkdir()
    mobile = tmp_path / "landing" / "mobile_events_1.csv"
    mobile.write_text(text_of([MOBILE_EVENT], list(MOBILE.column_names)))
    (tmp_path / "landing" / "web_events_1.csv").write_text(text_of([record(1)]))

    def inspected_too_early(arrival, **columns) -> Inspection:  # type: ignore[no-untyped-def]
        found = inspect(arrival, **columns)
        if arrival.source == "mobile_events":
            with mobile.open("a") as file:
                file.write("more\n")
        return found

    inspect = ingest.inspect
    where = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake"), "--select", "bronze silver.events"]
    with monkeypatch.context() as upload:
        upload.setattr(ingest, "inspect", inspected_too_early)
        assert main(where, spark=spark) == 1
    said = "bronze.mobile_events: reading failed: mobile_events_1.csv changed between its pre-flight and its reading"
    assert said in capsys.readouterr().err
    lake = Lake(spark, root=str(tmp_path / "lake"))
    assert lake.read(TABLES["bronze.web_events"]).count() == 1
    assert lake.read(TABLES["bronze.mobile_events"]).count() == 0 and not lake.exists(TABLES["silver.events"])
    [(table, check)] = lake.read(TABLES["ops.checks"]).select("table_id", "check_name").collect()
    assert table == "bronze.mobile_events" and check.startswith(said)

    mobile.write_text(text_of([MOBILE_EVENT], list(MOBILE.column_names)))
    assert main(where, spark=spark) == 0
    lake.forget()
    assert {row.user_id for row in lake.read(TABLES["silver.events"]).collect()} == {"u1", "u9"}


def test_records_that_are_not_accounted_for_stand_in_ops_checks(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "web_events_1.csv").write_text(text_of([record(1), record(2)]))
    where = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake"), "--select", "bronze silver.events"]
    assert main(where, spark=spark) == 0
    lake = Lake(spark, root=str(tmp_path / "lake"))
    spark.sql(f"DELETE FROM delta.`{lake.location(TABLES['bronze.web_events'])}` WHERE user_id = 'u2'")
    assert main([*where, "--rebuild"], spark=spark) == 1
    said = "web_events_1.csv: 2 records are not 1 events + 0 duplicates + 0 quarantined"
    assert said in capsys.readouterr().err
    lake.forget()
    [(table, check)] = lake.read(TABLES["ops.checks"]).select("table_id", "check_name").collect()
    assert table == "ops.files" and check.startswith(said)
