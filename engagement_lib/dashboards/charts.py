"""Charts as Vega-Lite, compiled to Vega when a page is made, so that opening it costs no compilation.

A chart names its rows ``rows``; the page's script fills them with ``x``, ``y``, ``series`` and what the chart needs.
Colours of text and lines come from the page's style sheet, so that dark, light and print need no other chart.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import vl_convert

from engagement_lib.dashboards.tile import Tile, words

#: Distinguishable with every common colour blindness and readable on white and on near-black.
PALETTE = ("#3d7edb", "#e08b1d", "#1f9e83", "#c45ba0", "#8a7a2e", "#6a6fd1", "#cf5a45", "#7b8794")
_QUIET = "#8b93a1"
_X_DAY = {"field": "x", "type": "temporal", "title": None, "scale": {"type": "utc"}}
_AXIS_DAY = {"format": "%-d %b", "grid": False, "tickCount": 6, "labelOverlap": True, "labelFlush": True, "ticks": False}
_CONFIG = {
    "background": "transparent",
    "view": {"stroke": None},
    "font": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
    "axis": {"labelFontSize": 11, "labelColor": "#6a7280", "domain": False, "gridColor": "#e7e8ea", "tickColor": "#e7e8ea"},
    "legend": {"labelFontSize": 12, "labelColor": "#3c424c", "symbolType": "circle", "symbolSize": 70, "title": None},
    "range": {"category": list(PALETTE), "heatmap": ["#eef4fd", "#9fc2f3", "#3d7edb", "#123f86"]},
}


@cache
def library() -> str:
    """Vega's code for the page, out of the installed package."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")


@cache
def chart(tile: Tile) -> dict[str, Any]:
    """The tile's chart as Vega."""
    makers = {
        "line": _line,
        "stack": _stack,
        "bars": _bars,
        "columns": _columns,
        "steps": _steps,
        "heat": _heat,
        "interval": _interval,
        "number": lambda tile: _SPARK,
    }
    return _compiled(makers[tile.chart](tile))


def _compiled(spec: dict[str, Any]) -> dict[str, Any]:
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "width": "container", "config": _CONFIG}
    whole |= {"autosize": {"type": "fit-x", "contains": "padding"}, "data": {"name": "rows"}, **spec}
    vega = vl_convert.vegalite_to_vega(whole)
    vega.pop("$schema", None)
    return vega


def _number_axis(tile: Tile) -> dict[str, Any]:
    axis = {"tickCount": 4, "ticks": False, "labelPadding": 6}
    if tile.unit == "percent":
        return {**axis, "format": ".0%"}
    if tile.unit == "seconds":
        return {**axis, "labelExpr": "datum.value < 120 ? datum.value + ' s' : round(datum.value / 60) + ' min'"}
    return {**axis, "labelExpr": "abs(datum.value) < 10000 ? format(datum.value, ',') : format(datum.value, '~s')"}


def _series(tile: Tile) -> dict[str, Any]:
    """The colour of a series; one alone is named by the tile's heading."""
    if not tile.by and (len(tile.columns) == 1 or tile.over == "ratio"):
        return {"value": PALETTE[0]}
    legend = {"orient": "top", "direction": "horizontal", "columns": 4, "offset": 4}
    return {"field": "series", "type": "nominal", "sort": None, "legend": legend}


def _line(tile: Tile) -> dict[str, Any]:
    """A line per series; what is not yet fully observed is thin and grey; days with a gap in the feed are marked."""
    y = {"field": "y", "type": "quantitative", "title": None, "axis": _number_axis(tile)}
    x = {**_X_DAY, "axis": _AXIS_DAY}
    near = {"type": "point", "nearest": True, "on": "pointerover", "clear": "pointerout", "encodings": ["x"]}
    return {
        "height": 210,
        "layer": [
            {
                "data": {"name": "gaps"},
                "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.16, "color": PALETTE[1]},
                "encoding": {"x": {"field": "x", "type": "temporal", "scale": {"type": "utc"}}},
            },
            {
                "transform": [{"filter": "datum.partial || datum.edge"}],
                "mark": {"type": "line", "strokeWidth": 1.5, "strokeDash": [3, 3], "color": _QUIET},
                "encoding": {"x": x, "y": y, "detail": {"field": "series"}},
            },
            {
                "transform": [{"filter": "!datum.partial"}],
                "mark": {"type": "line", "strokeWidth": 2, "strokeJoin": "round"},
                "encoding": {"x": x, "y": y, "color": _series(tile)},
            },
            {
                "params": [{"name": "near", "select": near}],
                "mark": {"type": "point", "filled": True, "size": 55, "tooltip": {"content": "data"}},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": _series(tile),
                    "opacity": {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0},
                },
            },
        ],
    }


def _stack(tile: Tile) -> dict[str, Any]:
    y = {"field": "y", "type": "quantitative", "title": None, "axis": _number_axis(tile), "stack": True}
    x = {**_X_DAY, "axis": _AXIS_DAY}
    bar = {"type": "area", "opacity": 0.9, "tooltip": {"content": "data"}, "interpolate": "step-after"}
    return {"height": 210, "mark": bar, "encoding": {"x": x, "y": y, "color": _series(tile), "order": {"field": "rank"}}}


def _bars(tile: Tile) -> dict[str, Any]:
    """Horizontal bars, longest first, with their values at the end; immature ones are grey."""
    label = {"labelLimit": 190, "ticks": False, "labelPadding": 8, "labelFontSize": 12}
    y = {"field": "label", "type": "nominal", "title": None, "sort": None, "axis": label}
    x = {"field": "y", "type": "quantitative", "title": None, "axis": None, "scale": {"domainMin": 0, "padding": 30}}
    colour = {"condition": {"test": "datum.partial", "value": _QUIET}, "value": PALETTE[0]}
    return {
        "height": {"step": 26},
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3, "height": 16, "tooltip": {"content": "data"}},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12},
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
        ],
    }


def _columns(tile: Tile) -> dict[str, Any]:
    """Upright bars in the order of a number, as in a histogram."""
    x = {"field": "x", "type": "ordinal", "title": words(tile.by).lower(), "axis": {"labelAngle": 0, "ticks": False}}
    y = {"field": "y", "type": "quantitative", "title": None, "axis": _number_axis(tile)}
    colour = {"condition": {"test": "datum.partial", "value": _QUIET}, "value": PALETTE[0]}
    mark = {"type": "bar", "cornerRadiusEnd": 3, "tooltip": {"content": "data"}}
    return {"height": 190, "mark": mark, "encoding": {"x": x, "y": y, "color": colour}}


def _steps(tile: Tile) -> dict[str, Any]:
    """A funnel: one bar per step, with the share that came from the step before and the share lost."""
    spec = _bars(tile)
    spec["height"] = {"step": 40}
    spec["layer"][0]["mark"]["height"] = 26
    behind = {"type": "bar", "height": 26, "opacity": 0.13, "color": PALETTE[0], "cornerRadiusEnd": 3}
    x = {**spec["layer"][0]["encoding"]["x"], "field": "before"}
    spec["layer"].insert(0, {"mark": behind, "encoding": {"x": x, "y": spec["layer"][0]["encoding"]["y"]}})
    spec["layer"][2]["encoding"]["x"] = x
    return spec


def _heat(tile: Tile) -> dict[str, Any]:
    """Cohorts down, age to the right; an empty cell is not yet observable."""
    x = {"field": "x", "type": "ordinal", "title": None, "axis": {"orient": "top", "labelAngle": 0, "ticks": False}}
    y = {"field": "label", "type": "ordinal", "title": None, "sort": None, "axis": {"ticks": False, "labelPadding": 8}}
    scale = {"range": "heatmap", "domainMin": 0, "zero": True}
    bright = "datum.y > 0.45 * datum.most"
    return {
        "height": {"step": 26},
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 2, "tooltip": {"content": "data"}},
                "encoding": {
                    "x": {**x, "scale": {"paddingInner": 0.04}},
                    "y": {**y, "scale": {"paddingInner": 0.08}},
                    "color": {
                        "condition": {"test": "datum.partial", "value": "rgba(139,147,161,.15)"},
                        "field": "y",
                        "type": "quantitative",
                        "scale": scale,
                        "legend": None,
                    },
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {
                    "x": x,
                    "y": y,
                    "text": {"field": "words"},
                    "color": {
                        "condition": [{"test": "datum.partial", "value": _QUIET}, {"test": bright, "value": "#ffffff"}],
                        "value": "#17325c",
                    },
                },
            },
        ],
    }


def _interval(tile: Tile) -> dict[str, Any]:
    """A point with its interval; no effect is the line in the middle."""
    y = {
        "field": "label",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"ticks": False, "labelLimit": 190, "labelPadding": 8},
    }
    axis = {"tickCount": 4, "ticks": False, "labelPadding": 6, "format": "+.0%" if tile.unit == "percent" else "+~s"}
    x = {"type": "quantitative", "title": None, "axis": axis}
    unsure = {"condition": {"test": "datum.low <= 0 && datum.high >= 0", "value": _QUIET}, "value": PALETTE[0]}
    return {
        "height": {"step": 34},
        "layer": [
            {"mark": {"type": "rule", "strokeDash": [4, 3], "color": _QUIET}, "encoding": {"x": {"datum": 0}}},
            {
                "mark": {"type": "rule", "strokeWidth": 3},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": unsure},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1, "tooltip": {"content": "data"}},
                "encoding": {"y": y, "x": {**x, "field": "y"}, "color": unsure},
            },
        ],
    }


#: The line behind a key figure: a shape to see at a glance, without axes.
_SPARK = {
    "height": 36,
    "layer": [
        {
            "mark": {"type": "area", "opacity": 0.14, "color": PALETTE[0]},
            "encoding": {
                "x": {**_X_DAY, "axis": None},
                "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"zero": False}, "stack": None},
                "y2": {"field": "base"},
            },
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.5, "color": PALETTE[0]},
            "encoding": {
                "x": {**_X_DAY, "axis": None},
                "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"zero": False}},
            },
        },
    ],
}
