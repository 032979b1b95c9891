"""Axes, colours, number formats and tooltips: what the marks have in common."""

from __future__ import annotations

from typing import Any, TypeAlias

from .drawing import Drawing

Spec: TypeAlias = dict[str, Any]

PALETTE = (
    "#4a86c5", "#d9762b", "#3f9d6b", "#c2589a", "#8b74c9",
    "#a88a1c", "#2f9fb3", "#cf5a5a", "#7c8f3a", "#93766a",
)  # fmt: skip
"""Told apart also by most colour-blind readers; at least 3 : 1 on white and on near-black."""

OTHER = "#8c8c8c"


def measure(drawing: Drawing, *, from_zero: bool = True) -> Spec:
    axis = {"field": "y", "type": "quantitative", "title": drawing.y_title}
    return axis | {"scale": {"zero": from_zero}, "axis": number_axis(drawing.numbers("y"))}


def colour(drawing: Drawing, field: str = "series", title: str = "") -> Spec:
    names = drawing.distinct(field)
    colours = [PALETTE[index % len(PALETTE)] for index in range(len(names))]
    if names and names[-1].startswith("Other"):
        colours[-1] = OTHER
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "title": title or drawing.series_title,
        "scale": {"domain": names, "range": colours},
    }


def tooltip(drawing: Drawing) -> list[Spec]:
    x: Spec = {"field": "x", "type": "nominal", "title": drawing.x_title}
    if drawing.x_type == "temporal":
        x["field"] = "when"
    elif drawing.x_type == "quantitative":
        style = "d" if drawing.x_is_label else number_format(drawing.numbers("x"))
        x |= {"type": "quantitative", "format": style}
    y = {"field": "y", "type": "quantitative", "title": drawing.y_title}
    y["format"] = number_format(drawing.numbers("y"))
    series = {"field": "series", "type": "nominal", "title": drawing.series_title}
    return [x, series, y] if drawing.step.series else [x, y]


def number_format(values: list[float]) -> str:
    """A number format with separators that shows about three digits of the typical value."""
    largest = max(map(abs, values), default=0)
    if 0 < largest < 0.01 or largest >= 1e15:
        return ".3~g"
    return ",.2~f" if largest >= 10 else ",.4~f"


def number_axis(values: list[float]) -> Spec:
    """Large numbers with k, M and B; a billion is B, not the physicist's G."""
    largest = max(map(abs, values), default=0)
    if 0 < largest < 0.01 or largest >= 1e15:
        return {"format": "~g"}
    if largest < 100_000:
        return {"format": ",~f"}
    return {"labelExpr": "replace(format(datum.value, '~s'), 'G', 'B')"}


def axis_along(drawing: Drawing) -> Spec:
    axis: Spec = {"field": "x", "type": drawing.x_type, "title": drawing.x_title}
    if drawing.x_type == "temporal":
        labels = {len(record["when"]) for record in drawing.records}
        months = {4: "%Y", 7: "%b %Y"}.get(labels.pop() if len(labels) == 1 else 0)
        few = len(drawing.distinct("when")) <= 12
        axis["scale"] = {"type": "utc"}
        axis["axis"] = {"grid": False} | ({"format": months} if months else {})
        if months and few:
            axis["axis"]["values"] = drawing.distinct("x")
    elif drawing.x_type == "quantitative":
        axis["scale"] = {"zero": False, "nice": False}
        axis["axis"] = {"grid": False, "format": "d" if drawing.x_is_label else ",~f"}
        if all(float(value).is_integer() for value in drawing.numbers("x")):
            axis["axis"]["tickMinStep"] = 1
    else:
        axis |= {"sort": None, "axis": {"grid": False, "labelAngle": -45}}
    return axis


def spreads(drawing: Drawing) -> bool:
    """Whether the values vary enough for a scale from zero to show it."""
    values = drawing.numbers("y")
    low, high = min(values, default=0), max(values, default=0)
    return low <= 0 or high - low > 0.3 * high
