"""What a chart is drawn from: records under fixed names, and what its data says of its scales."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..types.plan import ChartStep, Mark
from ..types.values import Column, Row, Wire
from .numbers import NULL, is_label, show
from .safe import cut, plain

_FIELDS = ("x", "y", "series", "of_x", "of_series")
FIELDS: dict[Mark, tuple[str, ...]] = {
    "pie": ("x", "y", "of_x"),
    "histogram": ("x", "x2", "y", "of_x"),
    "box": ("x", "y", "low", "q1", "mid", "q3", "high", "of_x"),
}
"""The columns of a chart's data, in order; the other marks have `x, y, series` and the totals."""

_COUNTS = ("of_x", "of_series")
_CATEGORICAL = ("bar", "stacked", "grouped", "pie", "box", "heatmap")
_PERIOD = re.compile(r"(1[89]|2[01])\d\d([- ]?(Q\d|W\d\d|\d\d(-\d\d)?))?")
_LONG = 12
_LABEL = 60


@dataclass(frozen=True)
class Drawing:
    """A chart step with its data made ready: labels as text, times as UTC instants."""

    step: ChartStep
    x_type: str
    """`nominal`, `ordinal`, `quantitative` or `temporal`."""
    records: list[dict[str, Any]]
    note: str
    """What was left out of the picture, "" when nothing was."""

    @classmethod
    def of(cls, step: ChartStep, columns: Sequence[Column], data: Sequence[Row]) -> Drawing:
        x = next((column for column in columns if column.name == step.x), None)
        fields = FIELDS.get(step.mark, _FIELDS)
        rows = [dict(zip(fields, row, strict=True)) for row in data]
        x_type = _x_type(step, x)
        labels = _labels([row["x"] for row in rows], step, x)
        records = [
            _record(row, label, x_type, step) for row, label in zip(rows, labels, strict=True)
        ]
        return cls(step, x_type, records, _note(step, rows))

    def numbers(self, field: str) -> list[float]:
        """The numbers of a field, missing ones left out."""
        return [record[field] for record in self.records if record.get(field) is not None]

    def distinct(self, field: str) -> list[str]:
        """The values of a text field in order of appearance (years in theirs), "Other" last."""
        values = list(dict.fromkeys(record[field] for record in self.records))
        if field == "series" and all(_PERIOD.fullmatch(value) for value in values):
            return sorted(values)
        return sorted(values, key=lambda value: value == "Other")

    @property
    def lengthwise(self) -> bool:
        """Whether bars lie: there are many of them, or their labels are long."""
        labels = self.distinct("x")
        if self.x_is_period:
            return False
        return len(labels) > 8 or max(map(len, labels), default=0) > _LONG

    @property
    def x_is_period(self) -> bool:
        """Whether the labels are years, months or days, which read from left to right."""
        labels = self.distinct("x")
        return bool(labels) and all(_PERIOD.fullmatch(label) for label in labels)

    @property
    def x_title(self) -> str:
        return _heading(self.step.x_title or self.step.x)

    @property
    def y_title(self) -> str:
        return _heading(self.step.y_title or self.step.y or "rows")

    @property
    def series_title(self) -> str:
        return _heading(self.step.series or "")

    @property
    def x_is_label(self) -> bool:
        """Whether numbers along x are years or identifiers, written without separators."""
        return is_label(Column(name=self.step.x, type="integer"))


def settled(step: ChartStep) -> ChartStep:
    """The step with a mark and a series that go together, as a planner may have meant it.

    Bars of two splits are grouped, grouped bars of one are bars; other marks drop what they
    cannot show.
    """
    if step.series and step.mark == "bar":
        return step.model_copy(update={"mark": "grouped"})
    if step.series and step.mark in ("pie", "histogram", "box"):
        return step.model_copy(update={"series": None})
    if not step.series and step.mark in ("grouped", "stacked", "heatmap"):
        return step.model_copy(update={"mark": "bar"})
    return step


def _heading(name: str) -> str:
    return cut(plain(name).replace("_", " "), _LABEL)


def _x_type(step: ChartStep, column: Column | None) -> str:
    if step.mark in ("scatter", "histogram"):
        return "quantitative"
    if step.mark in _CATEGORICAL or column is None:
        return "nominal"
    if column.temporal:
        return "temporal"
    return "quantitative" if column.numeric else "ordinal"


def _record(row: dict[str, Wire], label: str, x_type: str, step: ChartStep) -> dict[str, Any]:
    record: dict[str, Any] = {
        name: _finite(value) for name, value in row.items() if name not in _COUNTS
    }
    if x_type in ("nominal", "ordinal"):
        record["x"] = label
    elif x_type == "temporal":
        record |= {"x": _instant(row["x"]), "when": label}
    if step.series:
        record["series"] = _text(row.get("series"))
    else:
        record.pop("series", None)
    return record


def _finite(value: Wire) -> Wire:
    """A number that was sent as a string (a large count) as a number again."""
    return float(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else value


def _text(value: Wire) -> str:
    return NULL if value is None else cut(plain(str(value)), _LABEL)


def _instant(value: Wire) -> str | None:
    """The time on the clock as written, as UTC, so that no viewer's time zone moves it."""
    if value is None:
        return None
    wall = re.sub(r"(Z|[+-]\d\d:?\d\d)$", "", str(value)) if "T" in str(value) else str(value)
    return f"{wall}Z" if "T" in wall else f"{wall}T00:00:00Z"


def _labels(values: Sequence[Wire], step: ChartStep, column: Column | None) -> list[str]:
    """The values of x for people; first days of months and years go by their month or year."""
    if column is None:
        return [""] * len(values)
    grouped = not is_label(Column(name=step.x, type=column.type))
    texts = [cut(plain(show(value, column.type, grouped=grouped)), _LABEL) for value in values]
    if not column.temporal or len(set(texts)) < 2:
        return texts
    for ending in ("-01-01", "-01"):
        if all(text.endswith(ending) and len(text) == 10 for text in texts):
            return [text.removesuffix(ending) for text in texts]
    return texts


def _note(step: ChartStep, rows: Sequence[dict[str, Wire]]) -> str:
    """One line that says what was left out of the picture."""
    if not rows:
        return "No values to draw"
    notes = (_x_note(step, rows), _series_note(step, rows))
    return "; ".join(note for note in notes if note)


def _x_note(step: ChartStep, rows: Sequence[dict[str, Wire]]) -> str:
    total = int(str(rows[0].get("of_x") or 0))
    drawn = (
        len({str(row["x"]) for row in rows}) if step.mark in (*_CATEGORICAL, "area") else len(rows)
    )
    if step.mark in ("pie", "histogram") or drawn >= total:
        return ""
    if step.mark == "scatter":
        return f"A random sample of {drawn:,} of {total:,} points"
    if step.mark == "line":
        return f"The highs and lows of {total:,} points"
    if step.mark == "area":
        return f"Averages over {drawn:,} spans of {total:,} points"
    which = {"-y": "largest", "y": "smallest", "-x": "last"}.get(step.sort, "first")
    return f"The {which} {drawn:,} of {total:,} {_heading(step.x)} values"


def _series_note(step: ChartStep, rows: Sequence[dict[str, Wire]]) -> str:
    total = int(str(rows[0].get("of_series") or 0))
    names = {str(row.get("series")) for row in rows}
    if not step.series or "Other" in names or len(names) >= total:
        return ""
    which = "first" if step.mark == "heatmap" else "largest"
    return f"the {which} {len(names):,} of {total:,} {_heading(step.series)} values"
