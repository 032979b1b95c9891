"""A numeric column over time; `forecast` is in `forecasts`, `decompose` and `autocorrelation` in
`cycles`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...types.operations import series as asked
from ...types.operations.base import Assumption
from .base import Data, Outcome
from .calendar import PER_YEAR, times
from .course_words import edges, gaps, left_out, manner, plural, several, table
from .courses import Course, enough, filled, groups, holes, read, whole
from .cycles import autocorrelation, decompose
from .forecasts import forecast
from .samples import Floats, finite, refuse
from .telling import num

__all__ = ["autocorrelation", "decompose", "forecast", "growth", "moving_average", "resample"]


@dataclass(frozen=True)
class Line:
    """Values in the order of time, at periods or at the times of rows."""

    name: str
    times: Any
    values: Floats


def resample(operation: asked.Resample, data: Data) -> Outcome:
    """A row for each period of each group: `time` its first day, `value`, and the `rows` behind it.

    A period without values is missing, or as `fill` says; a count is 0 there.
    """
    found = read(operation, data)
    done = [filled(course, operation.fill) for course in found.all]
    parts = [(c.name, {"time": c.times, "value": c.values, "rows": c.rows}) for c in done]
    said = [_extent(operation, Line(c.name, c.times, c.values)) for c in done]
    empty, periods = sum(map(holes, found.all)), sum(course.n for course in found.all)
    fill = "zero" if operation.how == "count" else operation.fill
    reading = f"{several(said)}{manner(operation, found)}{edges(found, left_out=False)}"
    rests = (*found.rests, gaps(found.unit, empty, periods, fill))
    return Outcome(table(operation, parts), reading, rests)


def moving_average(operation: asked.MovingAverage, data: Data) -> Outcome:
    """A row for each period, or for each row that has a time: `time`, `value`, and the `average`
    of its window, missing where the window has fewer known values than it needs.

    The exponential average weighs by (1 - 2 / (window + 1))^age, divided by the sum of weights.
    """
    import numpy as np

    if operation.unit is None:
        lines, rests = _rows(operation, data)
        told = ""
    else:
        found = read(operation, data)
        lines = tuple(Line(c.name, c.times, c.values) for c in found.all)
        empty, periods = sum(map(holes, found.all)), sum(course.n for course in found.all)
        rests = (*found.rests, gaps(found.unit, empty, periods, "none"))
        told = manner(operation, found) + edges(found, left_out=False)
    averages = [_average(operation, line.values) for line in lines]
    if all(np.isnan(average).all() for average in averages):
        raise refuse(
            f"No window of {operation.window:,} has as many known values as it needs.",
            "Take a smaller window, or lower least.",
            "too_few_values",
        )
    pairs = list(zip(lines, averages, strict=True))
    parts = [(x.name, {"time": x.times, "value": x.values, "average": y}) for x, y in pairs]
    said = [
        _extent(operation, Line(x.name, x.times, y), "the moving average of ") for x, y in pairs
    ]
    return Outcome(table(operation, parts), several(said) + told, rests)


def growth(operation: asked.Growth, data: Data) -> Outcome:
    """A row for each whole period: `value`, the value `before` it, the `change` and, where the
    value before is above zero, `change_percent`; `total_percent` since the first known value, and
    `annual_percent`, that growth a year: (value / first)^(1 / years) - 1, from one year on."""
    import numpy as np

    found = read(operation, data)
    courses = whole(operation, found)
    parts = []
    for course in courses or found.all[:1]:
        known = int((~np.isnan(course.values)).sum()) if courses else 0
        enough(course, known, operation.over + 1)
        parts.append((course.name, _grown(course, operation.over)))
    empty, periods = sum(map(holes, courses)), sum(course.n for course in courses)
    rests = (
        *found.rests,
        gaps(found.unit, empty, periods, "none"),
        _bases(np.concatenate([columns["before"] for _, columns in parts])),
    )
    said = [_growth_said(operation, found.unit, name, columns) for name, columns in parts]
    told = manner(operation, found) + edges(found, left_out=not operation.partial)
    return Outcome(table(operation, parts), several(said) + told, rests)


def _rows(
    operation: asked.MovingAverage, data: Data
) -> tuple[tuple[Line, ...], tuple[Assumption, ...]]:
    """Each group's rows in the order of time; those of the same time as the table has them."""
    import numpy as np

    stamps, values = times(data, operation.time).instants, finite(data, operation.column)
    labels, codes = groups(operation, data)
    usable = ~np.isnat(stamps) & (codes >= 0)
    order = np.lexsort((stamps, codes))
    order = order[usable[order]]
    ends = np.searchsorted(codes[order], np.arange(len(labels) + 1))
    column = data.table.column(operation.time)
    parts = [order[ends[i] : ends[i + 1]] for i in range(len(labels))]
    lines = [
        Line(name, column.take(part), values[part])
        for name, part in zip(labels, parts, strict=True)
        if len(part)
    ]
    if not lines:
        raise refuse(f"No row has a known {operation.time}.", "Loosen a filter.", "too_few_values")
    ties = sum(len(part) - len(np.unique(stamps[part])) for part in parts)
    rests = left_out(operation, usable, values[usable])
    return tuple(lines), rests + _ties(ties)


def _ties(count: int) -> tuple[Assumption, ...]:
    if not count:
        return ()
    message = (
        f"{count:,} {'row has' if count == 1 else 'rows have'} the time of a row before; such stay "
        "in the order of the table. Give unit to average whole periods."
    )
    return (Assumption(name="distinct_times", holds=False, message=message),)


def _average(operation: asked.MovingAverage, values: Floats) -> Floats:
    import numpy as np
    import pandas as pd

    column, window = pd.Series(values), operation.window
    if operation.kind == "exponential":
        made = column.ewm(span=window, min_periods=operation.least or 1).mean()
    else:
        least = operation.least or window
        made = column.rolling(window, min_periods=least, center=operation.centred).mean()
    return np.asarray(made, dtype=np.float64)


def _grown(course: Course, over: int) -> dict[str, Any]:
    import numpy as np

    values, before = course.values, np.full(course.n, np.nan)
    before[over:] = values[:-over]
    (known,) = np.nonzero(~np.isnan(values))
    first = values[known[0]]
    years = (np.arange(course.n) - known[0]) / PER_YEAR[course.unit]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        ratio = np.where(before > 0, values / before, np.nan)
        total = values / first if first > 0 else np.full(course.n, np.nan)
        annual = np.where((years >= 1) & (total >= 0), total ** (1 / years), np.nan)
    return {
        "time": course.times, "value": values, "before": before, "change": values - before,
        "change_percent": 100 * (ratio - 1), "total_percent": 100 * (total - 1),
        "annual_percent": 100 * (annual - 1),
    }  # fmt: skip


def _bases(before: Floats) -> Assumption:
    """A percent is of a value above zero."""
    zero, negative = int((before == 0).sum()), int((before < 0).sum())
    if not zero + negative:
        message = "Every value that a percent is taken of is above zero."
        return Assumption(name="positive_base", holds=True, message=message)
    message = (
        f"The value before is zero for {zero:,} and negative for {negative:,} rows: these have a "
        "change but no percent."
    )
    return Assumption(name="positive_base", holds=False, message=message)


def _growth_said(
    operation: asked.Growth, unit: asked.Unit, name: str, columns: dict[str, Any]
) -> str:
    import numpy as np

    (known,) = np.nonzero(~np.isnan(columns["value"]))
    first, last = known[0], known[-1]
    said = (
        f"{_named(name)}{operation.column} went from {_at(columns, 'value', first)} to "
        f"{_at(columns, 'value', last)}"
    )
    total, annual = columns["total_percent"][last], columns["annual_percent"][last]
    if not np.isnan(total):
        said += f", {_percent(total)} in all"
    if not np.isnan(annual):
        said += f" and {_percent(annual)} a year, compounded"
    change, percent = columns["change"][last], columns["change_percent"][last]
    if np.isnan(change):
        return said
    last_one = f", {_percent(percent)}" if not np.isnan(percent) else ""
    back = f"the {unit}" if operation.over == 1 else f"{operation.over:,} {plural(unit)}"
    return f"{said}; the last changed by {num(change)} on {back} before{last_one}"


def _extent(operation: asked.Series, line: Line, of: str = "") -> str:
    """From where to where a course goes, with its highest and its lowest."""
    import numpy as np

    (known,) = np.nonzero(~np.isnan(line.values))
    if not len(known):
        return f"{_named(line.name)}{of}{operation.column} has no known value"
    columns = {"time": line.times, "value": line.values}
    first, last = known[0], known[-1]
    high, low = int(np.nanargmax(line.values)), int(np.nanargmin(line.values))
    return (
        f"{_named(line.name)}{of}{operation.column} goes from {_at(columns, 'value', first)} to "
        f"{_at(columns, 'value', last)}, highest {_at(columns, 'value', high)}, lowest "
        f"{_at(columns, 'value', low)}"
    )


def _at(columns: dict[str, Any], what: str, place: int) -> str:
    """ "1,204 (2024-03-01)"."""
    return f"{num(columns[what][place])} ({str(columns['time'][int(place)])[:16]})"


def _percent(value: float) -> str:
    return f"{'+' if value > 0 else ''}{num(value)}%"


def _named(name: str) -> str:
    return f"{name}: " if name else ""
