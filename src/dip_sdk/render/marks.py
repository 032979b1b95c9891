"""The ten marks as Vega-Lite: encodings, axes, sizes and tooltips of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..types.plan import Mark
from .drawing import Drawing
from .scales import (
    PALETTE,
    Spec,
    axis_along,
    colour,
    measure,
    number_axis,
    number_format,
    spreads,
    tooltip,
)

WIDTH = 560
HEIGHT = 300


def _bar(drawing: Drawing) -> Spec:
    mark = {"type": "bar", "color": PALETTE[0], "cornerRadiusEnd": 2}
    return {"mark": mark, **_categories(drawing, thickness=22)}


def _stacked(drawing: Drawing) -> Spec:
    body = _categories(drawing, thickness=22)
    body["encoding"] |= {"color": colour(drawing), "order": {"field": "place"}}
    places = {name: place for place, name in enumerate(drawing.distinct("series"))}
    records = [record | {"place": places[record["series"]]} for record in drawing.records]
    return {"data": {"values": records}, "mark": {"type": "bar"}, **body}


def _grouped(drawing: Drawing) -> Spec:
    body = _categories(drawing, thickness=12 * len(drawing.distinct("series")) + 8)
    offset = "yOffset" if drawing.lengthwise else "xOffset"
    domain = {"domain": drawing.distinct("series")}
    body["encoding"] |= {
        "color": colour(drawing),
        offset: {"field": "series", "type": "nominal", "sort": None, "scale": domain},
    }
    return {"mark": {"type": "bar"}, **body}


def _categories(drawing: Drawing, thickness: int) -> Spec:
    """Bars along categories: standing where few and short, else lying, each with its label."""
    count = len(drawing.distinct("x"))
    category: Spec = {"field": "x", "type": "nominal", "sort": None, "title": drawing.x_title}
    value, tips = measure(drawing), tooltip(drawing)
    if drawing.lengthwise:
        category["axis"] = {"labelOverlap": False, "grid": False, "ticks": False, "domain": False}
        encoding = {"y": category, "x": value, "tooltip": tips}
        return {"encoding": encoding, "width": WIDTH - 80, "height": max(count, 2) * thickness}
    category["axis"] = {"labelAngle": 0 if count <= 8 else -45, "grid": False, "ticks": False}
    width = min(WIDTH, max(180, count * max(64, thickness)))
    return {
        "encoding": {"x": category, "y": value, "tooltip": tips},
        "width": width,
        "height": HEIGHT,
    }


def _line(drawing: Drawing) -> Spec:
    points = len(drawing.records) <= 60
    width = 1 if len(drawing.records) > 600 else 2
    mark: Spec = {"type": "line", "strokeWidth": width}
    mark["point"] = {"size": 36} if points else False
    return _along(drawing, mark)


def _area(drawing: Drawing) -> Spec:
    mark: Spec = {"type": "area", "line": not drawing.step.series, "opacity": 0.75}
    body = _along(drawing, mark)
    body["encoding"]["y"] |= {"stack": "zero" if drawing.step.series else None}
    return body


def _along(drawing: Drawing, mark: Spec) -> Spec:
    """A line or an area along time, numbers or an ordered text."""
    encoding: Spec = {
        "x": axis_along(drawing),
        "y": measure(drawing, from_zero=mark["type"] == "area" or spreads(drawing)),
        "tooltip": tooltip(drawing),
    }
    if drawing.step.series:
        encoding["color"] = colour(drawing)
    else:
        mark["color"] = PALETTE[0]
    return {"mark": mark, "encoding": encoding, "width": WIDTH, "height": HEIGHT}


def _scatter(drawing: Drawing) -> Spec:
    crowded = len(drawing.records) > 300
    mark: Spec = {"type": "circle", "size": 28 if crowded else 48}
    mark["opacity"] = 0.5 if crowded else 0.75
    x: Spec = {"field": "x", "type": "quantitative", "title": drawing.x_title}
    x |= {"scale": {"zero": False}, "axis": number_axis(drawing.numbers("x"))}
    encoding: Spec = {
        "x": x,
        "y": measure(drawing, from_zero=False),
        "tooltip": tooltip(drawing),
    }
    if drawing.step.series:
        encoding["color"] = colour(drawing)
    else:
        mark["color"] = PALETTE[0]
    return {"mark": mark, "encoding": encoding, "width": WIDTH - 100, "height": HEIGHT + 60}


def _pie(drawing: Drawing) -> Spec:
    """Parts in the order given, each with its share beside it."""
    records = [_part(record, place, drawing) for place, record in enumerate(drawing.records)]
    tips = [*tooltip(drawing), {"field": "share", "title": "share", "format": ".1%"}]
    angle: Spec = {"field": "y", "type": "quantitative", "stack": True}
    parts = colour(drawing, "x", drawing.x_title)
    arc = {"type": "arc", "outerRadius": 120, "padAngle": 0.012, "cornerRadius": 2}
    text = {"type": "text", "radius": 138, "fontSize": 12}
    return {
        "data": {"values": records},
        "encoding": {"theta": angle, "order": {"field": "place"}},
        "layer": [
            {"mark": arc, "encoding": {"color": parts, "tooltip": tips}},
            {"mark": text, "encoding": {"text": {"field": "part"}}},
        ],
        "width": HEIGHT,
        "height": HEIGHT,
    }


def _part(record: Spec, place: int, drawing: Drawing) -> Spec:
    """A record with its place and its share of the whole, in words where there is room."""
    share = (record["y"] or 0) / (sum(drawing.numbers("y")) or 1)
    return record | {
        "place": place,
        "share": share,
        "part": f"{share:.0%}" if share >= 0.03 else "",
    }


def _histogram(drawing: Drawing) -> Spec:
    edges = drawing.numbers("x") + drawing.numbers("x2")
    style = "d" if drawing.x_is_label else number_format(edges)
    x: Spec = {"field": "x", "bin": "binned", "type": "quantitative", "title": drawing.x_title}
    x |= {"axis": number_axis(edges) | {"grid": False, "format": style}}
    tips = [
        {"field": "x", "type": "quantitative", "title": "from", "format": style},
        {"field": "x2", "type": "quantitative", "title": "to", "format": style},
        {"field": "y", "type": "quantitative", "title": "rows", "format": ","},
    ]
    encoding = {"x": x, "x2": {"field": "x2"}, "y": measure(drawing), "tooltip": tips}
    mark = {"type": "bar", "color": PALETTE[0], "binSpacing": 1}
    return {"mark": mark, "encoding": encoding, "width": WIDTH, "height": HEIGHT}


def _box(drawing: Drawing) -> Spec:
    """Boxes from computed quartiles, whiskers, and points for outliers."""
    across, along = ("y", "x") if drawing.lengthwise else ("x", "y")
    category: Spec = {"field": "x", "type": "nominal", "sort": None, "title": drawing.x_title}
    category["axis"] = {"labelAngle": 0, "grid": False, "ticks": False} if drawing.step.y else None
    title = drawing.y_title if drawing.step.y else drawing.x_title
    count = max(1, len(drawing.distinct("x")))
    return {
        "encoding": {across: category},
        "layer": _box_layers(drawing, along, title),
        "width": WIDTH - 80 if drawing.lengthwise else min(WIDTH, max(160, count * 80)),
        "height": max(count, 2) * 30 if drawing.lengthwise else HEIGHT,
    }


def _box_layers(drawing: Drawing, along: str, title: str) -> list[Spec]:
    drawn = [value for name in ("low", "high", "y") for value in drawing.numbers(name)]
    axis = {"type": "quantitative", "scale": {"zero": False}, "title": title}
    axis["axis"] = number_axis(drawn)
    style = number_format(drawn)
    boxes = [{"filter": {"field": "mid", "valid": True}}]
    names = {"high": "upper whisker", "q3": "upper quartile", "mid": "median"}
    names |= {"q1": "lower quartile", "low": "lower whisker"}
    tips: list[Spec] = [
        {"field": field, "type": "quantitative", "title": name, "format": style}
        for field, name in names.items()
    ]

    def span(low: str, high: str, **mark: Any) -> Spec:
        ends = {along: axis | {"field": low}, f"{along}2": {"field": high}, "tooltip": tips}
        return {"transform": boxes, "mark": mark, "encoding": ends}

    body: Spec = {"type": "bar", "size": 26, "fillOpacity": 0.45, "stroke": PALETTE[0]}
    outlier = {along: axis | {"field": "y"}, "tooltip": [tips[0] | {"field": "y", "title": title}]}
    return [
        span("low", "high", type="rule", color=PALETTE[0]),
        span("q1", "q3", **body, color=PALETTE[0]),
        {
            "transform": boxes,
            "mark": {"type": "tick", "size": 26, "thickness": 3, "color": PALETTE[1]},
            "encoding": {along: axis | {"field": "mid"}, "tooltip": tips},
        },
        {
            "transform": [{"filter": {"field": "y", "valid": True}}],
            "mark": {"type": "circle", "size": 22, "opacity": 0.6, "color": PALETTE[0]},
            "encoding": outlier,
        },
    ]


def _heatmap(drawing: Drawing) -> Spec:
    columns, rows = len(drawing.distinct("x")), len(drawing.distinct("series"))
    legend = {"title": drawing.y_title, "format": number_format(drawing.numbers("y"))}
    axis = {"grid": False, "ticks": False, "domain": False, "labelOverlap": False}
    x: Spec = {"field": "x", "type": "nominal", "sort": None, "title": drawing.x_title}
    x["axis"] = axis | {"labelAngle": 0 if columns <= 6 else -45, "labelLimit": 90}
    y: Spec = {"field": "series", "type": "nominal", "sort": None, "title": drawing.series_title}
    shade = {"field": "y", "type": "quantitative", "scale": {"scheme": "viridis"}}
    return {
        "mark": {"type": "rect"},
        "encoding": {
            "x": x,
            "y": y | {"axis": axis},
            "color": shade | {"legend": legend},
            "tooltip": tooltip(drawing),
        },
        "width": min(WIDTH, max(160, columns * 40)),
        "height": max(80, rows * 24),
    }


MARKS: dict[Mark, Callable[[Drawing], Spec]] = {
    "bar": _bar,
    "stacked": _stacked,
    "grouped": _grouped,
    "line": _line,
    "area": _area,
    "scatter": _scatter,
    "pie": _pie,
    "histogram": _histogram,
    "box": _box,
    "heatmap": _heatmap,
}
