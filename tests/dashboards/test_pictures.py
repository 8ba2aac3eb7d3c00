"""Charts as PNG files."""

from pathlib import Path

from engagement_lib.dashboards.pages import PAGES
from engagement_lib.dashboards.pages.data_quality import DATA_QUALITY
from engagement_lib.dashboards.pages.main import MAIN
from engagement_lib.dashboards.pictures import _ended, _is_partial, _points, _value, picture, write_pictures
from engagement_lib.dashboards.reading import facts_of
from engagement_lib.dashboards.tile import Tile
from engagement_lib.tables.gold.report_session_quality import report_session_quality
from tests.dashboards.example import example_facts


def tile(heading: str) -> Tile:
    return next(tile for tile in MAIN.tiles if tile.heading == heading and tile.chart == "line")


def test_charts_over_days_become_pictures_and_a_page_without_rows_none(tmp_path: Path) -> None:
    written = write_pictures(tmp_path / "pictures", (MAIN,), example_facts(9))
    assert "main-active-users-per-day-by-platform.png" in {path.name for path in written}
    assert len(written) == 7 and all(path.read_bytes().startswith(b"\x89PNG") for path in written)
    assert write_pictures(tmp_path / "none", PAGES, facts_of({}, {})) == []


def test_days_of_several_platforms_become_one_picture(tmp_path: Path) -> None:
    late = next(tile for tile in DATA_QUALITY.tiles if tile.columns == ("over_1_day",))
    assert [point["y"] for point in _points(late, example_facts(4))] == [0, 3, 6, 9]
    by_platform = next(tile for tile in DATA_QUALITY.tiles if tile.columns == ("arrived_on_a_later_date",))
    points = [(point["series"], point["y"]) for point in _points(by_platform, example_facts(2))]
    assert points == [("mobile", 2), ("mobile", 3), ("web", 1), ("web", 2)]
    ended = _ended(by_platform, list(_points(by_platform, example_facts(2))))
    assert [(point["series"], point["y"]) for point in ended[4:]] == [("mobile", 3), ("web", 2)]
    assert len({point["x"] for point in ended}) == 3
    assert len(write_pictures(tmp_path, (DATA_QUALITY,), example_facts(4))) >= 4


def test_a_picture_shows_its_rows_and_nothing_else() -> None:
    def drawn(y: float, series: str = "web") -> bytes:
        points = [{"x": n * 86400000, "y": y * n, "series": series, "partial": False, "rank": 0} for n in range(3)]
        return picture(tile("Active users per day by platform"), points)

    assert drawn(1) == drawn(1) != drawn(1, "mobile")


def test_a_ratio_is_the_quotient_of_its_columns_and_nothing_where_there_is_nothing_to_divide_by() -> None:
    ratio = Tile(report_session_quality, ("a", "b"), "line", over="ratio")
    assert _value(ratio, {"a": 1, "b": 4}, "a") == 0.25
    assert _value(ratio, {"a": 1, "b": 0}, "a") is None
    assert _value(Tile(report_session_quality, ("a", "b"), "line"), {"a": 1, "b": 4}, "b") == 4


def test_a_value_is_partial_where_its_column_is_false_or_with_a_mark_before_its_name_true() -> None:
    plain, marked, always = (Tile(report_session_quality, ("a",), "line", mature=name) for name in ("is_mature", "!is_open", ""))
    assert [_is_partial(plain, {"is_mature": is_mature}) for is_mature in (False, True)] == [True, False]
    assert [_is_partial(marked, {"is_open": is_open}) for is_open in (False, True)] == [False, True]
    assert not _is_partial(always, {})
