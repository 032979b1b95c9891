"""A chart step and its data as a Vega-Lite specification, drawn well on light and dark.

The specification is ours throughout: data stands in it as values under fixed field names, and no
expression, address or markup ever comes from the data.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from pydantic import ValidationError

from ..types.errors import ConfigError
from ..types.plan import ChartStep, Mark
from ..types.values import Column, Row
from .drawing import Drawing, settled
from .marks import MARKS, WIDTH
from .safe import cut, plain
from .scales import Spec

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""Names the format; nothing is fetched from there."""

TITLE_LETTER = 7.5
"""Pixels of a letter of the title, on average."""

INK = "#767676"
"""Text and lines: readable (4.5 : 1) on white and on near-black alike."""

_CONFIG: Spec = {
    "font": "Arial, 'Liberation Sans', Helvetica, sans-serif",
    "view": {"stroke": None},
    "title": {
        "color": INK, "subtitleColor": INK, "fontSize": 14, "subtitleFontSize": 11,
        "anchor": "start", "offset": 12, "fontWeight": 600,
    },
    "axis": {
        "labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK,
        "gridColor": INK, "gridOpacity": 0.22, "labelFontSize": 11, "titleFontSize": 12,
        "titleFontWeight": 500, "labelLimit": 170, "titleLimit": 300, "labelOverlap": True,
        "labelSeparation": 6,
    },
    "legend": {
        "labelColor": INK, "titleColor": INK, "labelFontSize": 11, "titleFontSize": 12,
        "titleFontWeight": 500, "labelLimit": 150, "titleLimit": 150, "symbolLimit": 12,
    },
    "text": {"color": INK},
    "mark": {"invalid": "break-paths-show-domains"},
}  # fmt: skip


def spec(step: ChartStep, columns: Sequence[Column], data: Sequence[Row]) -> dict[str, Any]:
    """The chart as Vega-Lite 6 with its data inside.

    `columns` are those of the table the step names, `data` the rows that the SQL of
    `engine.chart.query` gave of it. A pie with negative parts is drawn as bars.
    """
    drawing = Drawing.of(settled(step), columns, data)
    if step.mark == "pie" and any(value < 0 for value in drawing.numbers("y")):
        drawing = replace(drawing, step=step.model_copy(update={"mark": "bar"}))
    drawn = MARKS[drawing.step.mark](drawing)
    return {
        "$schema": SCHEMA,
        "background": "transparent",
        "title": _title(drawing, drawn.get("width", WIDTH)),
        "data": {"values": drawing.records},
        "config": _CONFIG,
        **drawn,
    }


def _title(drawing: Drawing, width: int) -> Spec:
    """The title, broken into lines where the chart is narrower: it would be cut off otherwise."""
    text = cut(plain(drawing.step.title), 90)
    lines = textwrap.wrap(text, max(20, round(width / TITLE_LETTER)))
    title: Spec = {"text": lines if len(lines) > 1 else text}
    return title | ({"subtitle": drawing.note} if drawing.note else {})


def restyle(step: ChartStep, **changes: object) -> ChartStep:
    """The chart step with another mark, title, sort, x, y, series, x_title or y_title.

    A change of mark takes over what the new one can show: a histogram measures what the bars
    measured. Raises `ConfigError` for a combination that cannot be drawn, saying what to change.
    """
    allowed = sorted(set(ChartStep.model_fields) - {"kind", "table"})
    unknown = sorted(set(changes) - set(allowed))
    if unknown:
        raise ConfigError(
            f"A chart has no {unknown[0]!r} to change.",
            hint=f"What can be changed: {', '.join(allowed)}.",
        )
    try:
        new = ChartStep.model_validate(step.model_dump() | _carried(step, changes) | changes)
    except ValidationError as error:
        raise _not_a_choice(error) from None
    _check(new)
    return new


def _carried(step: ChartStep, changes: dict[str, object]) -> dict[str, object]:
    """What the new mark reads from other fields than the old one did."""
    mark = changes.get("mark", step.mark)
    if mark == "histogram" and step.mark != "histogram":
        return {"x": step.y or step.x, "y": None, "series": None, "sort": ""}
    if mark == "box" and step.mark != "box":
        return {"series": None, "sort": ""}
    return {}


_CHOICES = {"mark": ", ".join(get_args(Mark)), "sort": "x, -x, y, -y or '' (as in the table)"}


def _not_a_choice(error: ValidationError) -> ConfigError:
    problem = error.errors()[0]
    name = str(problem["loc"][0]) if problem["loc"] else "value"
    return ConfigError(
        f"{problem.get('input')!r} cannot be the {name} of a chart.",
        hint=f"Choose one of: {_CHOICES.get(name, 'a column name or a text')}.",
    )


def _check(step: ChartStep) -> None:
    """Refuse a combination of fields that its mark cannot show."""
    if step.mark in ("stacked", "grouped", "heatmap") and not step.series:
        raise ConfigError(
            f"A {step.mark} chart needs a second split.",
            hint="Name the column: restyle(..., series='year'), or choose mark='bar'.",
        )
    if step.mark in ("bar", "pie", "histogram", "box") and step.series:
        raise ConfigError(
            f"A {step.mark} chart shows one split, this chart has two: "
            f"{step.x!r} and {step.series!r}.",
            hint="Leave one out with series=None, or choose 'grouped', 'stacked' or 'heatmap'.",
        )
    if step.mark == "scatter" and not step.y:
        raise ConfigError(
            "A scatter chart needs two columns of numbers.",
            hint="Name the second: restyle(..., y='price').",
        )
