"""Which chart shows an answer best, by rule, when nobody asked for one; `query` gives its data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..render.numbers import is_label
from ..types.plan import ChartStep, Mark, Reading
from ..types.values import Column, Row, Wire
from .chart_query import CATEGORIES, query

__all__ = ["choose", "query"]

MANY = 20
"""Rows from which a distribution or a relation is worth drawing."""

MANY_GROUPS = 12
"""Categories from which bars side by side are too many to compare."""

_PERIODS = ("year", "yr", "quarter", "month", "week", "day", "weekday", "hour", "decade", "date")
_PERIOD_TEXT = re.compile(r"(19|20)\d\d([-/ ]?(Q[1-4]|W\d\d|\d\d(-\d\d)?))?")
_ADDITIVE = ("", "sum", "count", "count_distinct", "share")


def choose(
    columns: Sequence[Column],
    rows: int,
    preview: Sequence[Row],
    reading: Reading,
    table: str,
) -> ChartStep | None:
    """The chart of an answer's table, or None when a chart would add nothing to it.

    Time and a number give a line, a category and a number bars (a pie for up to six shares of a
    whole), a number alone a histogram, two a scatter. Identifiers are never measured.
    """
    parts = _sort_out(columns, preview, reading)
    if rows < 2 or reading.shape == "value" or not parts.numbers:
        return None
    step = _of_keys(parts, rows, reading) if parts.keys else _of_numbers(parts, rows)
    if step is None:
        return None
    return step.model_copy(
        update={"table": table, "title": _title(step, reading), "y_title": _y_title(step, reading)}
    )


@dataclass(frozen=True)
class _Part:
    """A column with the values of the preview."""

    column: Column
    values: tuple[Wire, ...]

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def texts(self) -> list[str]:
        """The values that are there, as text."""
        return [str(value) for value in self.values if value is not None]

    @property
    def distinct(self) -> int:
        return len(set(self.texts))


@dataclass(frozen=True)
class _Parts:
    """Columns by their use: what a number is split by, along time or not, and the numbers."""

    times: tuple[_Part, ...]
    categories: tuple[_Part, ...]
    numbers: tuple[_Part, ...]

    @property
    def keys(self) -> tuple[_Part, ...]:
        return self.times + self.categories

    @property
    def unique(self) -> bool:
        """Whether each combination of the keys stands in one row, as far as the preview shows."""
        seen = list(zip(*(key.values for key in self.keys), strict=True))
        return len({str(combination) for combination in seen}) == len(seen)


def _sort_out(columns: Sequence[Column], preview: Sequence[Row], reading: Reading) -> _Parts:
    parts = [
        _Part(column, tuple(row[index] for row in preview)) for index, column in enumerate(columns)
    ]
    times = [part for part in parts if _is_time(part)]
    others = [part for part in parts if part not in times]
    groups = [part for part in others if _is_group(part, reading)]
    texts = [part for part in others if part.column.kind in ("text", "boolean")]
    named = [part for part in texts if not is_label(part.column)]
    numbers = [part for part in others if part.column.numeric and not is_label(part.column)]
    measures = [part for part in numbers if part not in groups and any(part.texts)]
    return _Parts(
        tuple(times), tuple(groups or named or texts[:1]), _by_interest(measures, reading)
    )


def _is_group(part: _Part, reading: Reading) -> bool:
    return any(_words(part.name) <= _words(group) for group in reading.groups)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


def _is_time(part: _Part) -> bool:
    """A date, a column of numbers named after a period, or text such as 2024-03 and 2024-Q1."""
    if part.column.temporal:
        return True
    if part.column.kind == "integer":
        return re.split(r"[\W_]+", part.name.casefold().strip())[-1] in _PERIODS
    if part.column.kind != "text" or not part.texts:
        return False
    return all(_PERIOD_TEXT.fullmatch(text) for text in part.texts)


def _by_interest(numbers: Sequence[_Part], reading: Reading) -> tuple[_Part, ...]:
    """The number the reading names comes first; else the table's order holds."""
    asked = _words(reading.measure)
    return tuple(sorted(numbers, key=lambda part: not (asked and _words(part.name) <= asked)))


def _of_keys(parts: _Parts, rows: int, reading: Reading) -> ChartStep | None:
    if not parts.unique:
        return _of_repeated_keys(parts, rows)
    times, categories, y = parts.times, parts.categories, parts.numbers[0].name
    if len(times) == 1 and not categories:
        return _step("line" if rows > 2 else "bar", times[0].name, y)
    if len(times) == 1 and len(categories) == 1:
        return _step(
            "line" if times[0].distinct > 2 else "grouped", times[0].name, y, categories[0]
        )
    if len(categories) == 1 and not times:
        return _bars(parts, rows, reading)
    if len(categories) == 2 and not times:
        return _two_splits(parts, reading)
    return None


def _bars(parts: _Parts, rows: int, reading: Reading) -> ChartStep:
    x, number = parts.categories[0].name, parts.numbers[0]
    if rows <= 6 and _is_whole(number, reading):
        return _step("pie", x, number.name)
    step = _step("bar", x, number.name)
    unordered = rows > CATEGORIES and not reading.order
    return step.model_copy(update={"sort": "-y"}) if unordered else step


def _is_whole(number: _Part, reading: Reading) -> bool:
    """Whether the values are shares that make up one whole."""
    values = [float(text) for text in number.texts]
    if reading.aggregate != "share" and "share" not in number.name.casefold():
        return False
    whole = sum(values)
    return min(values, default=-1) >= 0 and (abs(whole - 1) < 0.01 or abs(whole - 100) < 1)


def _two_splits(parts: _Parts, reading: Reading) -> ChartStep:
    """The finer split along the axis; the other side by side, stacked, or as a heatmap's rows."""
    x, series = sorted(parts.categories, key=lambda part: -part.distinct)
    y, many = parts.numbers[0].name, x.distinct > MANY_GROUPS
    if series.distinct <= 4 and not many:
        return _step("grouped", x.name, y, series)
    adds_up = reading.aggregate in _ADDITIVE and _never_negative(parts.numbers[0])
    if series.distinct > 10 or not adds_up:
        return _step("heatmap", x.name, y, series)
    step = _step("stacked", x.name, y, series)
    return step.model_copy(update={"sort": "-y"}) if many and not reading.order else step


def _never_negative(number: _Part) -> bool:
    return not any(text.startswith("-") for text in number.texts)


def _of_repeated_keys(parts: _Parts, rows: int) -> ChartStep | None:
    """Rows as they are, many to a category: how a number is distributed in each."""
    if rows < MANY or parts.times or len(parts.categories) != 1 or len(parts.numbers) != 1:
        return None
    category = parts.categories[0]
    if not 2 <= category.distinct <= 12:
        return None
    return _step("box", category.name, parts.numbers[0].name)


def _of_numbers(parts: _Parts, rows: int) -> ChartStep | None:
    if rows < MANY or len(parts.numbers) > 2:
        return None
    if len(parts.numbers) == 2:
        return _step("scatter", parts.numbers[0].name, parts.numbers[1].name)
    return _step("histogram", parts.numbers[0].name, None)


def _step(mark: Mark, x: str, y: str | None, series: _Part | None = None) -> ChartStep:
    return ChartStep(table="", mark=mark, x=x, y=y, series=series.name if series else None)


def _title(step: ChartStep, reading: Reading) -> str:
    """ "Total amount by region, in 2024"."""
    if step.mark == "histogram":
        title = f"Distribution of {step.x}"
    elif step.mark == "scatter":
        title = f"{step.y} against {step.x}"
    else:
        splits = reading.groups or tuple(name for name in (step.x, step.series) if name)
        title = f"{_measured(step, reading)} by {' and '.join(splits)}"
    title = f"{title}, {reading.period}" if reading.period else title
    return (title[:1].upper() + title[1:]).replace("_", " ")


def _measured(step: ChartStep, reading: Reading) -> str:
    name = reading.measure or step.y or "rows"
    share = reading.aggregate == "share" and "share" not in name.casefold()
    return f"share of {name}" if share else name


def _y_title(step: ChartStep, reading: Reading) -> str:
    return f"{step.y} ({reading.unit})" if step.y and reading.unit else ""
