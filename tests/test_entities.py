"""Entity files on their way from landing to silver: every record accounted for, whatever comes when."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from engagement_lib.cli import main
from engagement_lib.engine.lake import Lake
from engagement_lib.pipeline import all_tables

TABLES = all_tables()
USERS = [
    "user_id,signup_at,country_code,updated_at",
    "u1,2025-02-01 10:00:00,DE,",
    "u1,2025-02-01 10:00:00,DE,",
    "u2,2025-02-02 10:00:00,AT,2025-02-03 00:00:00",
    "u3,soon,AT,",
]


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of entity files only: a first delivery of users, then a change that came late and other entities."""
    folder = tmp_path_factory.mktemp("entities")
    for name in ("users", "payments", "features"):
        (folder / "landing" / name).mkdir(parents=True)
    (folder / "landing" / "users" / "one.csv").write_text("\n".join(USERS) + "\n")
    assert run(spark, folder) == 0
    change = {"user_id": "u2", "signup_at": "2025-02-02 10:00:00", "country_code": "CH", "updated_at": "2025-02-02T12:00:00Z"}
    (folder / "landing" / "users" / "two.ndjson").write_text(json.dumps(change) + "\n" + json.dumps({**change, "x": 1}) + "\n")
    pq.write_table(
        pa.table({"payment_id": ["p1"], "subscription_id": ["s1"], "user_id": ["u1"], "paid_at": ["2025-02-09 00:00:00"]}
                 | {"amount": ["9.99"], "currency": ["EUR"], "status": ["succeeded"]}),
        folder / "landing" / "payments" / "p.parquet",
    )  # fmt: skip
    packed = gzip.compress(b"feature_id,launched_at,eligible_access_types\nsearch,2025-02-01 00:00:00,premium\n")
    (folder / "landing" / "features" / "f.csv.gz").write_bytes(packed)
    assert run(spark, folder) == 0
    return folder


def run(spark: SparkSession, folder: Path, *more: str) -> int:
    where = ["--landing", str(folder / "landing"), "--lake", str(folder / "lake"), "--select", "bronze silver"]
    return main([*where, *more], spark=spark)


def test_every_record_of_an_entity_file_is_accounted_for(folder: Path, spark: SparkSession) -> None:
    files = Lake(spark, root=str(folder / "lake")).read(TABLES["ops.files"]).collect()
    counts = {row.path: (row.records, row.events, row.duplicates, row.quarantined) for row in files}
    assert counts == {
        "users/one.csv": (4, 2, 1, 1),
        "users/two.ndjson": (2, 1, 1, 0),
        "payments/p.parquet": (1, 1, 0, 0),
        "features/f.csv.gz": (1, 1, 0, 0),
    }


def test_a_change_that_comes_late_takes_its_place_in_the_history(folder: Path, spark: SparkSession) -> None:
    users = Lake(spark, root=str(folder / "lake")).read(TABLES["silver.users"]).orderBy("user_id", "valid_from").collect()
    assert [(u.user_id, u.country_code, str(u.valid_from), str(u.valid_to), u.is_current) for u in users] == [
        ("u1", "DE", "2025-02-01 10:00:00", "None", True),
        ("u2", "CH", "2025-02-02 12:00:00", "2025-02-03 00:00:00", False),
        ("u2", "AT", "2025-02-03 00:00:00", "None", True),
    ]


def test_a_run_without_anything_new_writes_nothing_and_tables_without_files_stay_unwritten(
    folder: Path, spark: SparkSession
) -> None:
    before = sorted(str(path) for path in (folder / "lake").rglob("*"))
    assert run(spark, folder) == 0
    assert sorted(str(path) for path in (folder / "lake").rglob("*")) == before
    lake = Lake(spark, root=str(folder / "lake"))
    assert lake.last_commit(TABLES["silver.experiments"]) is None
    assert lake.read(TABLES["silver.experiments"]).collect() == []


def test_a_ledger_that_was_lost_is_counted_again(folder: Path, spark: SparkSession) -> None:
    lake = Lake(spark, root=str(folder / "lake"))
    stored = {(row.path, row.events, row.duplicates, row.quarantined) for row in lake.read(TABLES["ops.files"]).collect()}
    for path in sorted((folder / "lake" / "ops" / "files").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert run(spark, folder) == 0
    lake = Lake(spark, root=str(folder / "lake"))
    assert {(row.path, row.events, row.duplicates, row.quarantined) for row in lake.read(TABLES["ops.files"]).collect()} == stored
