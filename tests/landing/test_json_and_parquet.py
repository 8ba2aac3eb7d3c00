"""Deliveries that are not CSV: the same columns, the same rules, every value as the text that was written."""

import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from pyarrow import parquet

from engagement_lib.landing.preflight import Inspection
from tests.landing.delivered import COLUMNS, HEADER, corrupt, inspected, records_of, titles

EVENT = '{"event_name":"app-open","user_id":"u","event_timestamp":"t","item_title":"T0"}\n'


def values(record: dict[str, str | None]) -> list[str | None]:
    return [record[column] for column in COLUMNS]


def parquet_file(folder: Path, table: pa.Table, **options: object) -> Inspection:
    parquet.write_table(table, folder / "made.parquet", **options)
    return inspected(folder, "a.parquet", (folder / "made.parquet").read_bytes(), required=["event_name"])


def test_json_values_keep_their_text(tmp_path: Path) -> None:
    content = '{"event_name":true,"User-ID":873,"event_timestamp":1.10,"item_id":null,"item_title":""}\n'
    inspection = inspected(tmp_path, "a.ndjson", content)
    assert [values(record) for record in records_of(inspection)] == [["true", "873", "1.10", None, None]]


@pytest.mark.parametrize("number", ["1e400", "9007199254740993", "0.10", "-0", "1" * 5000, "1E5"])
def test_no_digit_of_a_json_number_changes(tmp_path: Path, number: str) -> None:
    inspection = inspected(tmp_path, "a.jsonl", EVENT.replace('"T0"', number))
    assert titles(inspection) == [number]


def test_nested_json_is_kept_as_json_and_unknown_keys_are_rescued(tmp_path: Path) -> None:
    content = EVENT.replace('"T0"', '{"a": [1.50, "é", null, true], "b": {}}, "mood": "fine", "none": null, "deep": [2.0]')
    [record] = records_of(inspected(tmp_path, "a.json", content))
    assert record["item_title"] == '{"a":[1.50,"é",null,true],"b":{}}'
    assert json.loads(record["_rescued"]) == {"mood": "fine", "deep": "[2.0]"}


@pytest.mark.parametrize("anonymous", [0, 999, 1000, 5000])
def test_a_json_key_without_a_value_may_be_left_out(tmp_path: Path, anonymous: int) -> None:
    without = EVENT.replace('"user_id":"u",', "")
    inspection = inspected(tmp_path, "a.ndjson", without * anonymous + EVENT)
    assert (inspection.verdict, inspection.records, inspection.reason) == ("accepted", anonymous + 1, "")
    never = inspected(tmp_path, "b.ndjson", without * 1001)
    assert never.verdict == "refused" and "required column(s) user_id missing" in never.reason


LONG = '{"item_title":"' + "x" * (9 << 20) + '"}\n'


@pytest.mark.parametrize("before", [LONG, "{broken\n" * 1001, "\n" * 2000], ids=["a long line", "broken lines", "blank lines"])
def test_what_comes_before_the_first_json_object_costs_itself_only(tmp_path: Path, before: str) -> None:
    inspection = inspected(tmp_path, "a.ndjson", before + EVENT)
    assert inspection.verdict == "accepted"
    assert titles(inspection)[-1] == "T0"


def test_a_json_key_is_missing_only_where_all_lines_were_looked_at(tmp_path: Path) -> None:
    late = EVENT.replace('"user_id"', '"item_id":1,"user_id"')
    assert inspected(tmp_path, "a.ndjson", EVENT * 2).missing == ("item_id",)
    assert inspected(tmp_path, "b.ndjson", EVENT * 1000 + late).missing == ()


def test_a_json_key_that_nobody_can_print_is_named_all_the_same(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.ndjson", EVENT.replace('"T0"', '"T0","\\ud800":1'))
    assert inspection.unknown == ("\\ud800",)


def test_blank_lines_are_no_json_records(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.ndjson.gz", gzip.compress(("\ufeff" + EVENT + "\n  \r\n" + EVENT.strip()).encode()))
    assert (inspection.records, titles(inspection)) == (2, ["T0", "T0"])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "not a JSON object"),
        ('{"event_name"', "not JSON: Expecting ':' delimiter at character 14 of the record"),
        ('{"item_title":"\\ud800"}', "half of a surrogate pair"),
        ('{"item_title":NaN}', "NaN is not JSON"),
        ('{"item_title":"\\u0000"}', "a NUL character in 'item_title'"),
        ('{"user_id":"1","USER ID":"2"}', "two keys feed column user_id"),
        ('{"mood":"1"," mood":"2"}', "two keys are kept as 'mood'"),
        ('{"item_id":1,"item_id":2}', "key 'item_id' is there twice in one object"),
        ('{"item_id":1,"item_title":"T1","item_id":null}', "key 'item_id' is there twice in one object"),
        ('{"item_title":{"a":[{"b":1,"b":1}]}}', "key 'b' is there twice in one object"),
        ('{"item_title":' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"item_title":' + "[" * 600 + "]" * 600 + "}", "nested too deeply"),
        ('{"item_title":"' + "x" * (1 << 20) + '"}', "1048593 bytes in one record"),
    ],
)
def test_a_line_that_is_no_proper_object_is_kept_apart(tmp_path: Path, line: str, reason: str) -> None:
    inspection = inspected(tmp_path, "a.ndjson", EVENT + line + "\n" + EVENT)
    assert inspection.records == 3
    assert corrupt(inspection) == {2: line}
    assert records_of(inspection)[1]["_corrupt_reason"].startswith(f"line 2: {reason}")
    assert titles(inspection) == ["T0", None, "T0"]


def test_bytes_that_are_no_utf8_cost_one_json_record(tmp_path: Path) -> None:
    inspection = inspected(tmp_path, "a.ndjson", EVENT.encode() + b'{"item_title":"M\xfcller"}\n')
    assert corrupt(inspection) == {2: '{"item_title":"M\\xfcller"}'}


def test_an_alias_may_first_appear_far_down_in_a_json_file(tmp_path: Path) -> None:
    content = EVENT * 1500 + EVENT.replace("item_title", "Title").replace("T0", "T1")
    assert titles(inspected(tmp_path, "a.ndjson", content, aliases={"title": "item_title"}))[-1] == "T1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[" + EVENT.strip() + "]", "one JSON array"),
        ("hello\nworld\n", "none of the 2 lines is a JSON object"),
        ("\n\n", "blank lines only"),
        ('{"user_id":1,"user_id":2}\n', "none of the 1 lines is a JSON object that has each key once"),
        ('{"event_name":"x"}\n', "required column(s) user_id, event_timestamp missing"),
        (EVENT.encode("utf-16"), "UTF-16"),
    ],
)
def test_a_json_file_of_another_shape_is_refused(tmp_path: Path, content: str | bytes, reason: str) -> None:
    inspection = inspected(tmp_path, "a.ndjson", content)
    assert inspection.verdict == "refused"
    assert reason in inspection.reason


def test_parquet_values_become_text(tmp_path: Path) -> None:
    moment = datetime(2025, 2, 4, 6, 47, 0, 123456, UTC)
    table = pa.table(
        {
            "Event-Name": pa.array(["app-open", None]),
            "user_id": pa.array([873, 2**53 + 1]),
            "event_timestamp": pa.array([moment, None], pa.timestamp("us", "Europe/Berlin")),
            "item_id": pa.array([Decimal("1.10"), None]),
            "item_title": pa.array(["", "T1"]).dictionary_encode(),
            "when": pa.array([date(2025, 2, 4), None]),
            "nested": pa.array([{"a": [1, None]}, None]),
            "raw": pa.array([b"\xff", None]),
        }
    )
    first, second = records_of(parquet_file(tmp_path, table))
    assert values(first) == ["app-open", "873", "2025-02-04 06:47:00.123456", "1.1", None]
    assert json.loads(first["_rescued"]) == {"when": "2025-02-04", "nested": '{"a": [1, null]}', "raw": "\\xff"}
    assert values(second) == [None, "9007199254740993", None, None, "T1"]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_a_parquet_time_has_the_digits_that_it_needs(tmp_path: Path, unit: str, zone: str | None) -> None:
    texts = ["2025-02-04 06:47:00.000", "2025-02-04 06:47:00.120", "1999-12-31 23:59:59.999", "2100-01-01 00:00:00.001"]
    if unit != "ms":
        texts += ["2025-02-04 06:47:00.123456", "2025-02-04 06:47:00.123457", "1969-12-31 23:59:59.999999"]
    moments = pa.array([datetime.fromisoformat(text) for text in texts], pa.timestamp("us")).cast(pa.timestamp(unit, zone))
    records = records_of(parquet_file(tmp_path, pa.table({"event_name": texts, "event_timestamp": moments})))
    assert [record["event_timestamp"] for record in records] == texts


def test_parquet_digits_below_a_microsecond_are_cut_off(tmp_path: Path) -> None:
    moments = pa.array([1738651620123456789, 1738651620123000001], pa.timestamp("ns"))
    records = records_of(parquet_file(tmp_path, pa.table({"event_name": ["a", "b"], "event_timestamp": moments})))
    assert [r["event_timestamp"] for r in records] == ["2025-02-04 06:47:00.123456", "2025-02-04 06:47:00.123"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (873.0, "873"),
        (12345678901.0, "12345678901"),
        (-12345678901.0, "-12345678901"),
        (2.0**53, "9007199254740992"),
        (1e22, "1" + "0" * 22),
        (12345678901.25, "12345678901.25"),
        (0.1, "0.1"),
        (99.99, "99.99"),
        (1e-7, "0.0000001"),
        (0.1 + 0.2, "0.30000000000000004"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (None, None),
    ],
)
def test_a_parquet_number_has_no_exponent(tmp_path: Path, number: float | None, text: str | None) -> None:
    table = pa.table({"event_name": ["a", "b"], "user_id": pa.array([1.5, number])})
    assert [record["user_id"] for record in records_of(parquet_file(tmp_path, table))] == ["1.5", text]


@pytest.mark.parametrize(
    ("number", "text"),
    [("873", "873"), ("100", "100"), ("9.99", "9.99"), ("-0.5", "-0.5"), ("0", "0"), ("0.0000000012", "0.0000000012")],
)
def test_a_parquet_decimal_has_no_digits_that_its_type_adds(tmp_path: Path, number: str, text: str) -> None:
    """A NUMERIC column of a warehouse has a scale of 9 or more, and its ids are those of other files."""
    column = pa.array([Decimal(number), None, Decimal("1234567890123456789012345678.5")], pa.decimal128(38, 10))
    found = [r["user_id"] for r in records_of(parquet_file(tmp_path, pa.table({"event_name": ["a"] * 3, "user_id": column})))]
    assert found == [text, None, "1234567890123456789012345678.5"]
    nested = pa.table({"event_name": ["a"] * 3, "user_id": pa.StructArray.from_arrays([column], ["id"])})
    assert json.loads(records_of(parquet_file(tmp_path, nested))[0]["user_id"]) == {"id": text}


def test_no_parquet_double_becomes_another_number(tmp_path: Path) -> None:
    chance = Random(7)
    numbers = [chance.uniform(-1, 1) * 10.0 ** chance.randint(-30, 30) for _ in range(2000)]
    numbers += [float(chance.randint(0, 2**53)) for _ in range(2000)]
    records = records_of(parquet_file(tmp_path, pa.table({"event_name": pa.array(numbers)})))
    texts = [record["event_name"] for record in records]
    assert [float(text) for text in texts] == numbers
    assert not any("e" in text for text in texts)
    assert texts[2000:] == [str(int(number)) for number in numbers[2000:]]


def test_one_delivery_is_the_same_as_csv_and_as_parquet(tmp_path: Path) -> None:
    """Also where an export made doubles of a column of ids, because one is missing."""
    texts = ["2025-02-04 06:47:00.123456", "2025-02-04 06:47:00.123457", "2025-02-04 06:47:00.120"]
    users = ["12345678901", "7", ""]
    lines = [f"item-started,{user},{text},{n},T{n}\n" for n, (user, text) in enumerate(zip(users, texts, strict=True))]
    table = pa.table(
        {
            "event_name": ["item-started"] * 3,
            "user_id": pa.array([12345678901.0, 7.0, None]),
            "event_timestamp": pa.array([datetime.fromisoformat(text) for text in texts], pa.timestamp("us", "UTC")),
            "item_id": pa.array(range(3)),
            "item_title": [f"T{n}" for n in range(3)],
        }
    )
    from_csv = records_of(inspected(tmp_path, "a.csv", HEADER + "\n" + "".join(lines)))
    assert list(map(values, records_of(parquet_file(tmp_path, table)))) == list(map(values, from_csv))


def test_parquet_records_are_numbered_across_row_groups(tmp_path: Path) -> None:
    inspection = parquet_file(tmp_path, pa.table({"event_name": [str(n) for n in range(25)]}), row_group_size=10)
    assert (inspection.records, len(inspection.segments)) == (25, 3)
    assert [(r["_record"], r["event_name"]) for r in records_of(inspection)] == [(n + 1, str(n)) for n in range(25)]


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"event_name": ["x" * 1000]}), tmp_path / "made.parquet", write_page_checksum=True)
    data = (tmp_path / "made.parquet").read_bytes()
    flipped = bytearray(data)
    flipped[60] ^= 255
    for content in (data[:-4], data[:50], bytes(flipped), b"", b"event_name\nx\n"):
        inspection = inspected(tmp_path, "a.parquet", content, required=["event_name"])
        assert (inspection.verdict, "Parquet" in inspection.reason) == ("refused", True)


def test_parquet_text_that_is_no_utf8_is_refused_by_column(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"]).buffers())
    inspection = parquet_file(tmp_path, pa.table({"event_name": broken}))
    assert (inspection.verdict, "column event_name cannot be read as text" in inspection.reason) == ("refused", True)
