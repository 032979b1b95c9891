"""The common table expressions that the SQL of every chart begins with."""

from __future__ import annotations

from dataclasses import dataclass

from ..types.plan import ChartStep
from ..types.sql import quoted

POINTS = 2000
"""Points of a scatter or a line, all series together."""
LABEL = 200
"""Characters of a category that are kept."""


@dataclass(frozen=True)
class Drawn:
    """What every builder below needs."""

    step: ChartStep
    kinds: dict[str, str]
    rows: int
    source: str

    @property
    def x(self) -> str:
        return label(self.step.x, self.kinds[self.step.x])

    @property
    def small(self) -> bool:
        return self.rows <= POINTS


def points(chart: Drawn, x: str, y: str | None) -> str:
    """The CTE `points`: x, y, series and the row's position, in the table's order."""
    series = label(chart.step.series, "text") if chart.step.series else "null"
    return (
        f"points as (select {x} as x, {measure(y)} as y, {series} as series, "
        f"row_number() over () as pos from {chart.source})"
    )


def label(name: str, kind: str) -> str:
    """A category: numbers and dates as they are, all else as text cut to a sensible length."""
    if kind in ("integer", "decimal", "double", "date", "timestamp", "timestamptz"):
        return quoted(name)
    return f"left(cast({quoted(name)} as varchar), {LABEL})"


def measure(name: str | None) -> str:
    """A finite number as double; without a column, 1: its sum counts rows."""
    if name is None:
        return "cast(1 as double)"
    value = f"try_cast({quoted(name)} as double)"
    return f"case when isfinite({value}) then {value} end"


def places(name: str, field: str, order: str) -> str:
    """A CTE that numbers the distinct values of a field of `points` in the order they are kept."""
    return (
        f"{name} as (select {field} as value, row_number() over (order by {order}) as place "
        f"from points group by {field})"
    )


BY_SIZE = "sum(abs(y)) desc nulls last, min(pos)"
