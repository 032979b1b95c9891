"""The bounded data a chart draws, as trusted SQL over the table it shows.

Output columns have fixed names, so that no name of the user's reaches a chart library: `x`, `y`,
`series`; `x2` (a bin's end); `low`, `q1`, `mid`, `q3`, `high` (a box); and `of_x`, `of_series`: how
many points or categories there were before the cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..render.drawing import settled
from ..types.errors import ConfigError
from ..types.plan import ChartStep, Mark
from ..types.values import Column
from .chart_points import BY_SIZE, POINTS, Drawn, label, measure, places, points
from .chart_spread import box, histogram

CATEGORIES = 30
SERIES = 10
SLICES = 8
CELLS = 40
"""Categories along each side of a heatmap."""


def query(step: ChartStep, columns: Sequence[Column], rows: int, source: str) -> str:
    """SQL over `source` (a qualified, quoted table) for what the chart draws: at most 5,000 rows.

    Rows of the same x and series are added up, except in scatters, lines and boxes, which show
    each. Raises `ConfigError` for a column that is not there or does not suit the mark.
    """
    step = settled(step)
    _check(step, {column.name: column for column in columns})
    kinds = {column.name: column.kind for column in columns}
    return _QUERIES[step.mark](Drawn(step, kinds, rows, source))


def _check(step: ChartStep, columns: dict[str, Column]) -> None:
    for name in (step.x, step.y, step.series):
        if name is not None and name not in columns:
            raise ConfigError(
                f"The chart's table has no column {name!r}.",
                hint=f"Its columns are {', '.join(columns)}.",
            )
    if step.mark == "scatter" and step.y is None:
        raise ConfigError(
            "A scatter chart needs two columns of numbers, x and y.",
            hint="Name both, or choose a histogram of one.",
        )
    number = {"histogram": step.x, "scatter": step.x, "box": step.y or step.x}.get(step.mark)
    for name in (number, step.y):
        if name is not None and not columns[name].numeric:
            raise ConfigError(
                f"A {step.mark} chart cannot measure {name!r}: it holds {columns[name].kind}.",
                hint="Choose a column of numbers, or a bar chart that counts rows (y=None).",
            )


def _order(step: ChartStep) -> str:
    keys = {"x": "x nulls last", "-x": "x desc nulls last"}
    keys |= {"y": "sum(y) nulls last", "-y": "sum(y) desc nulls last"}
    return f"{keys[step.sort]}, min(pos)" if step.sort else "min(pos)"


def _totals(limit: int, *, rest: bool) -> Callable[[Drawn], str]:
    """Sums by category and series: the first categories, the largest series.

    `rest` gathers further series as "Other", where leaving them out would change a total.
    """

    def build(chart: Drawn) -> str:
        other = f"case when s.place <= {SERIES} then p.series else 'Other' end"
        series = other if rest else "p.series"
        kept = "" if rest else f" and s.place <= {SERIES}"
        return f"""with {points(chart, chart.x, chart.step.y)},
{places("xs", "x", _order(chart.step))},
{places("ss", "series", BY_SIZE)}
select p.x as x, sum(p.y) as y, {series} as series,
  (select count(*) from xs) as of_x, (select count(*) from ss) as of_series
from points p join xs on p.x is not distinct from xs.value
  join ss s on p.series is not distinct from s.value
where xs.place <= {limit}{kept}
group by p.x, {series}
order by min(xs.place), min(p.pos)"""

    return build


def _heatmap(chart: Drawn) -> str:
    return f"""with {points(chart, chart.x, chart.step.y)},
{places("xs", "x", _order(chart.step))},
{places("ss", "series", "min(pos)")}
select p.x as x, sum(p.y) as y, p.series as series,
  (select count(*) from xs) as of_x, (select count(*) from ss) as of_series
from points p join xs on p.x is not distinct from xs.value
  join ss on p.series is not distinct from ss.value
where xs.place <= {CELLS} and ss.place <= {CELLS}
group by p.x, p.series
order by min(xs.place), min(ss.place)"""


def _pie(chart: Drawn) -> str:
    """The largest parts, and the rest as one."""
    kept = f"(n <= {SLICES} or place < {SLICES})"
    return f"""with {points(chart, label(chart.step.x, "text"), chart.step.y)},
{places("xs", "x", BY_SIZE)},
parts as (select p.*, xs.place, (select count(*) from xs) as n
  from points p join xs on p.x is not distinct from xs.value)
select case when {kept} then x else 'Other (' || (n - {SLICES} + 1) || ')' end as x, sum(y) as y,
  max(n) as of_x
from parts
group by 1
order by bool_or(not {kept}), min(place)"""


def _scatter(chart: Drawn) -> str:
    """All points, or a sample by hash: the same points each time."""
    sample = "order by pos" if chart.small else f"order by hash(x, y, pos), pos limit {POINTS}"
    return f"""with {points(chart, measure(chart.step.x), chart.step.y)},
{places("ss", "series", BY_SIZE)}
select x, y, case when s.place <= {SERIES} then p.series else 'Other' end as series,
  count(*) over () as of_x, (select count(*) from ss) as of_series
from points p join ss s on p.series is not distinct from s.value
where x is not null and y is not null
{sample}"""


def _line(chart: Drawn) -> str:
    """Every point of the largest series; of long ones the highest and lowest of each span."""
    thinned = "" if chart.small else f"\nqualify {_PEAK} or {_PIT} or of_x <= {POINTS}"
    return f"""with {points(chart, chart.x, chart.step.y)},
{places("ss", "series", BY_SIZE)},
kept as (select p.*, s.place, count(*) over () as of_x, {_span(chart)} as span
  from points p join ss s on p.series is not distinct from s.value
  where p.x is not null and s.place <= {SERIES})
select x, y, series, of_x, (select count(*) from ss) as of_series
from kept{thinned}
order by {_along(chart)}"""


_PEAK = "row_number() over (partition by place, span order by y desc nulls last, pos) = 1"
_PIT = "row_number() over (partition by place, span order by y nulls last, pos) = 1"


def _span(chart: Drawn) -> str:
    """Which of the equal parts of its series a point falls in."""
    if chart.small:
        return "0"
    spans = POINTS // 2 // (SERIES if chart.step.series else 1)
    place = f"row_number() over (partition by s.place order by {_along(chart)})"
    return f"{place} * {spans} // (count(*) over (partition by s.place) + 1)"


def _area(chart: Drawn) -> str:
    """Sums by x and series; a long axis in spans, each with the average of its sums."""
    return f"""with {points(chart, chart.x, chart.step.y)},
{places("xs", "x", _along(chart, grouped=True))},
{places("ss", "series", BY_SIZE)},
sums as (select p.x, xs.place, (select count(*) from xs) as n,
    case when s.place <= {SERIES} then p.series else 'Other' end as series, sum(p.y) as y
  from points p join xs on p.x is not distinct from xs.value
    join ss s on p.series is not distinct from s.value
  where p.x is not null group by all)
select min(x) as x, avg(y) as y, series, max(n) as of_x, (select count(*) from ss) as of_series
from sums
group by series, place * least(n, {POINTS // SERIES}) // (n + 1)
order by min(place), series"""


def _along(chart: Drawn, *, grouped: bool = False) -> str:
    """The order of a line: time and numbers ascending, text (names of months) as the table has."""
    position = "min(pos)" if grouped else "pos"
    ordered = chart.kinds[chart.step.x] in (
        "integer",
        "decimal",
        "double",
        "date",
        "timestamp",
        "timestamptz",
    )
    return f"x, {position}" if ordered else position


_QUERIES: dict[Mark, Callable[[Drawn], str]] = {
    "bar": _totals(CATEGORIES, rest=True),
    "stacked": _totals(CATEGORIES, rest=True),
    "grouped": _totals(CATEGORIES, rest=False),
    "line": _line,
    "area": _area,
    "scatter": _scatter,
    "pie": _pie,
    "histogram": histogram,
    "box": box,
    "heatmap": _heatmap,
}
