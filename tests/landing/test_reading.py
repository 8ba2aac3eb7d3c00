"""Accepted files through Spark: one row per record, whatever the mixture of shapes."""

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from engagement_lib.errors import InputRefused
from engagement_lib.landing import segments, sharing
from engagement_lib.landing.preflight import Inspection
from engagement_lib.landing.reading import piece_rows, read
from engagement_lib.landing.sharing import piece_of, share
from tests.landing.delivered import COLUMNS, HEADER, REQUIRED, inspected, lines, records_of

MIXTURE: dict[str, str | bytes] = {
    "as agreed.csv": f"{HEADER}\n{lines(5)}",
    "reordered.csv": "item_title,user_id,event_name,item_id,event_timestamp\nT0,u0,app-open,7,t\n",
    "more.csv": f"{HEADER},mood\nitem-started,u,t,1,T0,fine\n",
    "less.csv": "event_name,user_id,event_timestamp\napp-open,u,t\n",
    "open quote.csv": f'{HEADER}\n{lines(2)}a,u,t,1,"open\n{lines(3)}',
    "line break.csv": f'{HEADER}\n{lines(2)}a,u,t,1,"legal\r\nbreak"\n{lines(3)}',
    "ragged.csv": f"{HEADER}\n{lines(2)}a,u\n{lines(3)}",
    "latin-1.csv": f"{HEADER}\n{lines(2)}a,u,t,1,Müller\n".encode("latin-1"),
    "commas.csv": f"{HEADER}\n{lines(2)}{',' * 25_000}\n",
    "a:b[1]{1,2}?'\".csv.gz": gzip.compress(f"{HEADER}\n{lines(7)}".encode()),
    "events.ndjson": '{"event_name":"app-open","user_id":873,"event_timestamp":"t","mood":"fine"}\n[]\n',
    "empty.csv": "",
    "header.csv": HEADER,
    "semicolon.csv": f"{HEADER}\n{lines(5)}".replace(",", ";"),
}


def rows_of(records: DataFrame) -> list[dict[str, str | int | None]]:
    return [row.asDict() for row in records.orderBy("_file", "_record").collect()]


def test_spark_gives_every_record_of_every_accepted_file_and_of_no_other(tmp_path: Path, spark: SparkSession) -> None:
    inspections = [inspected(tmp_path, name, content) for name, content in MIXTURE.items()]
    rows = rows_of(read(spark, inspections, columns=COLUMNS, parallelism=2))
    accepted = sorted((each for each in inspections if each.is_accepted), key=lambda each: each.path)
    assert rows == [record for inspection in accepted for record in records_of(inspection)]
    assert {row["_file"] for row in rows}.isdisjoint({"empty.csv", "header.csv", "semicolon.csv"})
    assert [row["_rescued"] for row in rows if row["_rescued"]] == ['{"mood": "fine"}', '{"mood": "fine"}']
    assert {row["_file_hash"] for row in rows} == {each.sha256 for each in accepted if each.records}


def test_counting_and_pruning_columns_loses_no_record(tmp_path: Path, spark: SparkSession) -> None:
    inspections = [inspected(tmp_path, name, content) for name, content in MIXTURE.items()]
    records = read(spark, inspections, columns=COLUMNS, parallelism=2)
    expected = sum(inspection.records or 0 for inspection in inspections)
    assert records.count() == expected
    assert records.select("user_id", "_corrupt").where(F.col("_corrupt").isNotNull()).count() == 5


def test_no_accepted_file_gives_no_row_of_the_same_columns(tmp_path: Path, spark: SparkSession) -> None:
    some = read(spark, [inspected(tmp_path, "a.csv", f"{HEADER}\n{lines(1)}")], columns=COLUMNS, parallelism=2)
    none = read(spark, [inspected(tmp_path, "b.csv", HEADER)], columns=COLUMNS, parallelism=2)
    assert none.collect() == []
    assert none.schema == some.schema


def test_naughty_strings_arrive_as_they_were_written(tmp_path: Path, spark: SparkSession, shared: Path) -> None:
    naughty = [text for text in json.loads((shared / "naughty_strings" / "blns.json").read_text()) if text]
    fields = ['"' + text.replace('"', '""') + '"' for text in naughty]
    as_csv = f"{HEADER}\n" + "".join(f"a,u,t,{n},{field}\n" for n, field in enumerate(fields))
    event = {"event_name": "a", "user_id": "u", "event_timestamp": "t"}
    as_json = "".join(json.dumps({**event, "item_title": text}) + "\n" for text in naughty)
    inspections = [inspected(tmp_path, "a.csv", as_csv), inspected(tmp_path, "b.ndjson", as_json)]
    rows = rows_of(read(spark, inspections, columns=COLUMNS, parallelism=2))
    assert len(naughty) > 400
    assert [row["item_title"] for row in rows] == naughty * 2


def many_segments(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Inspection:
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 1000)
    monkeypatch.setattr(sharing, "SMALLEST_SHARE_BYTES", 1000)
    return inspected(folder, "a.csv", f"{HEADER}\n{lines(500)}")


def test_one_big_file_is_shared_by_the_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inspection = many_segments(tmp_path, monkeypatch)
    shares = share([inspection], 3)
    batches = [[batch for piece in pieces for batch in piece_rows(piece, COLUMNS)] for pieces in shares]
    numbers = [[number for batch in own for number in batch["_record"].to_pylist()] for own in batches]
    assert sorted(n for own in numbers for n in own) == list(range(1, 501))
    assert min(map(len, numbers)) > 100


def test_a_packed_file_is_read_by_one_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many_segments(tmp_path, monkeypatch)
    packed = inspected(tmp_path, "a.csv.gz", gzip.compress(f"{HEADER}\n{lines(500)}".encode()))
    assert len(packed.segments) > 10
    assert len(share([packed], 3)) == 1
    assert [record["item_title"] for record in records_of(packed)] == [f"T{n}" for n in range(500)]


def test_line_breaks_in_quotes_leave_every_segment_to_the_fast_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 200)
    titles = [f"T{n}\nof {'many words ' * (n % 9)}" for n in range(100)]
    content = "".join(f'item-started,u,2025-02-04 06:47:00.000,1,"{title}"\n' for title in titles)
    inspection = inspected(tmp_path, "a.csv", f"{HEADER}\n{content}")
    assert {segment.kind for segment in inspection.segments} == {segments.PLAIN}
    assert [record["item_title"] for record in records_of(inspection)] == titles


@pytest.mark.parametrize("name", ["open quote.csv", "events.ndjson"])
def test_a_file_that_grew_after_its_preflight_is_not_read(tmp_path: Path, name: str) -> None:
    inspection = inspected(tmp_path, name, MIXTURE[name])
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    with pytest.raises(InputRefused, match=f"{name} changed between its pre-flight and its reading"):
        list(piece_rows(piece_of(inspection), COLUMNS))


def test_other_bytes_of_the_same_length_are_noticed(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.csv", f"{HEADER}\n{lines(3)}")
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{lines(3)}".replace("T1", "T9"))
    with pytest.raises(InputRefused, match="changed between"):
        list(piece_rows(piece_of(inspection), COLUMNS))


def test_a_compressed_file_that_was_damaged_since_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the damage lies before the segment that is read: it is met on the way there."""
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 2_000)
    packed = gzip.compress(f"{HEADER}\n{lines(5000)}".encode(), mtime=0)
    inspection = inspected(tmp_path, "a.csv.gz", packed)
    (tmp_path / "a.csv.gz").write_bytes(packed[:300] + b"\xff" * 20 + packed[320:])
    last = replace(piece_of(inspection), segments=inspection.segments[-1:])
    with pytest.raises(InputRefused, match="changed between"):
        list(piece_rows(last, COLUMNS))


def as_parquet(*titles: str, column: str = "item_title") -> bytes:
    """A file whose size tells nothing of its values, a row group for each title."""
    table = pa.table({**{name: ["x"] * len(titles) for name in REQUIRED}, column: titles})
    file = io.BytesIO()
    parquet.write_table(table, file, row_group_size=1, use_dictionary=False, compression="none", write_statistics=False)
    return file.getvalue()


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(as_parquet("T0", "T9", "T2"), id="other values"),
        pytest.param(as_parquet("T0", "T1", "T2", column="item_label"), id="other columns"),
        pytest.param(as_parquet("T0", "T1", "T2")[:-4] + b"PAR2", id="no Parquet file"),
        pytest.param(as_parquet("T0", "T1", "T2")[:-60] + b"\xff" * 52 + as_parquet("T0", "T1", "T2")[-8:], id="no footer"),
    ],
)
def test_a_parquet_file_of_the_same_size_is_noticed(tmp_path: Path, later: bytes) -> None:
    inspection = inspected(tmp_path, "a.parquet", as_parquet("T0", "T1", "T2"))
    assert [record["item_title"] for record in records_of(inspection)] == ["T0", "T1", "T2"]
    assert len(later) == inspection.arrival.size
    (tmp_path / "a.parquet").write_bytes(later)
    with pytest.raises(InputRefused, match=r"a\.parquet changed between its pre-flight and its reading"):
        list(piece_rows(piece_of(inspection), COLUMNS))


@pytest.mark.parametrize("counted", [2, 4])
@pytest.mark.parametrize("name", ["a.csv", "a.ndjson"])
def test_a_file_of_more_or_fewer_rows_than_records_fails_the_read(tmp_path: Path, name: str, counted: int) -> None:
    """Its rows would be in bronze for good, and each run would end because they are not all accounted for."""
    event = '{"event_name":"app-open","user_id":873,"event_timestamp":"t"}\n'
    inspection = inspected(tmp_path, name, f"{HEADER}\n{lines(3)}" if name == "a.csv" else event * 3)
    [segment] = inspection.segments
    miscounted = replace(inspection, segments=(replace(segment, records=counted),))
    with pytest.raises(InputRefused, match=f"{name}: {counted} records were counted, 3 read"):
        list(piece_rows(piece_of(miscounted), COLUMNS))


def test_a_line_longer_than_a_segment_costs_itself_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 1000)
    inspection = inspected(tmp_path, "a.csv", f"{HEADER}\n{lines(2)}a,u,t,1,{'x' * 5000}\n{lines(2, first=2)}")
    third = records_of(inspection)[2]
    assert [record["item_title"] for record in records_of(inspection)] == ["T0", "T1", None, "T2", "T3"]
    assert (len(third["_corrupt"]), third["_corrupt_reason"]) == (1000, "line 4: 5009 bytes in one line; the first 1000 are kept")
    assert "1 of 5 records cannot be parsed, for example line 4: 5009 bytes in one line" in inspection.reason
