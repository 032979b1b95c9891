"""The bounded data a chart draws, as trusted SQL over the table it shows.

Output columns have fixed names, so that no name of the user's reaches a chart library: `x`, `y`,
`series`; `x2` (a bin's end); `low`, `q1`, `mid`, `q3`, `high` (a box); and `of_x`, `of_series`: how
many points or categories there were before the cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..types.errors import ConfigError
from ..types.plan import ChartStep, Mark
from ..types.values import Column

POINTS = 2000
"""Points of a scatter or a line, all series together."""
CATEGORIES = 30
SERIES = 10
SLICES = 8
CELLS = 40
"""Categories along each side of a heatmap."""
BOXES = 20
OUTLIERS = 40
"""Outliers drawn of each box: the farthest."""
LABEL = 200
"""Characters of a category that are kept."""

_FENCE = 1.5


def query(step: ChartStep, columns: Sequence[Column], rows: int, source: str) -> str:
    """SQL over `source` (a qualified, quoted table) for what the chart draws: at most 5,000 rows.

    Rows of the same x and series are added up, except in scatters, lines and boxes, which show
    each. Raises `ConfigError` for a column that is not there or does not suit the mark.
    """
    _check(step, {column.name: column for column in columns})
    kinds = {column.name: column.kind for column in columns}
    return _QUERIES[step.mark](_Chart(step, kinds, rows, source))


def quote(name: str) -> str:
    """An identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def _check(step: ChartStep, columns: dict[str, Column]) -> None:
    for name in (step.x, step.y, step.series):
        if name is not None and name not in columns:
            raise ConfigError(
                f"The chart's table has no column {name!r}.",
                hint=f"Its columns are {', '.join(columns)}.",
            )
    number = {"histogram": step.x, "scatter": step.x, "box": step.y or step.x}.get(step.mark)
    for name in (number, step.y):
        if name is not None and not columns[name].numeric:
            raise ConfigError(
                f"A {step.mark} chart cannot measure {name!r}: it holds {columns[name].kind}.",
                hint="Choose a column of numbers, or a bar chart that counts rows (y=None).",
            )


@dataclass(frozen=True)
class _Chart:
    """What every builder below needs."""

    step: ChartStep
    kinds: dict[str, str]
    rows: int
    source: str

    @property
    def x(self) -> str:
        return _label(self.step.x, self.kinds[self.step.x])

    @property
    def small(self) -> bool:
        return self.rows <= POINTS


def _points(chart: _Chart, x: str, y: str | None) -> str:
    """The CTE `points`: x, y, series and the row's position, in the table's order."""
    series = _label(chart.step.series, "text") if chart.step.series else "null"
    return (
        f"points as (select {x} as x, {_measure(y)} as y, {series} as series, "
        f"row_number() over () as pos from {chart.source})"
    )


def _label(name: str, kind: str) -> str:
    """A category: numbers and dates as they are, all else as text cut to a sensible length."""
    if kind in ("integer", "decimal", "double", "date", "timestamp", "timestamptz"):
        return quote(name)
    return f"left(cast({quote(name)} as varchar), {LABEL})"


def _measure(name: str | None) -> str:
    """A finite number as double; without a column, 1: its sum counts rows."""
    if name is None:
        return "cast(1 as double)"
    value = f"try_cast({quote(name)} as double)"
    return f"case when isfinite({value}) then {value} end"


def _places(name: str, field: str, order: str) -> str:
    """A CTE that numbers the distinct values of a field of `points` in the order they are kept."""
    return (
        f"{name} as (select {field} as value, row_number() over (order by {order}) as place "
        f"from points group by {field})"
    )


def _order(step: ChartStep) -> str:
    keys = {"x": "x nulls last", "-x": "x desc nulls last"}
    keys |= {"y": "sum(y) nulls last", "-y": "sum(y) desc nulls last"}
    return f"{keys[step.sort]}, min(pos)" if step.sort else "min(pos)"


_BY_SIZE = "sum(abs(y)) desc nulls last, min(pos)"


def _totals(limit: int, *, rest: bool) -> Callable[[_Chart], str]:
    """Sums by category and series: the first categories, the largest series.

    `rest` gathers further series as "Other", where leaving them out would change a total.
    """

    def build(chart: _Chart) -> str:
        other = f"case when s.place <= {SERIES} then p.series else 'Other' end"
        series = other if rest else "p.series"
        kept = "" if rest else f" and s.place <= {SERIES}"
        return f"""with {_points(chart, chart.x, chart.step.y)},
{_places("xs", "x", _order(chart.step))},
{_places("ss", "series", _BY_SIZE)}
select p.x as x, sum(p.y) as y, {series} as series,
  (select count(*) from xs) as of_x, (select count(*) from ss) as of_series
from points p join xs on p.x is not distinct from xs.value
  join ss s on p.series is not distinct from s.value
where xs.place <= {limit}{kept}
group by p.x, {series}
order by min(xs.place), min(p.pos)"""

    return build


def _heatmap(chart: _Chart) -> str:
    return f"""with {_points(chart, chart.x, chart.step.y)},
{_places("xs", "x", _order(chart.step))},
{_places("ss", "series", "min(pos)")}
select p.x as x, sum(p.y) as y, p.series as series,
  (select count(*) from xs) as of_x, (select count(*) from ss) as of_series
from points p join xs on p.x is not distinct from xs.value
  join ss on p.series is not distinct from ss.value
where xs.place <= {CELLS} and ss.place <= {CELLS}
group by p.x, p.series
order by min(xs.place), min(ss.place)"""


def _pie(chart: _Chart) -> str:
    """The largest parts, and the rest as one."""
    kept = f"(n <= {SLICES} or place < {SLICES})"
    return f"""with {_points(chart, _label(chart.step.x, "text"), chart.step.y)},
{_places("xs", "x", _BY_SIZE)},
parts as (select p.*, xs.place, (select count(*) from xs) as n
  from points p join xs on p.x is not distinct from xs.value)
select case when {kept} then x else 'Other (' || (n - {SLICES} + 1) || ')' end as x, sum(y) as y,
  max(n) as of_x
from parts
group by 1
order by bool_or(not {kept}), min(place)"""


def _scatter(chart: _Chart) -> str:
    """All points, or a sample by hash: the same points each time."""
    sample = "order by pos" if chart.small else f"order by hash(x, y, pos), pos limit {POINTS}"
    return f"""with {_points(chart, _measure(chart.step.x), chart.step.y)},
{_places("ss", "series", _BY_SIZE)}
select x, y, case when s.place <= {SERIES} then p.series else 'Other' end as series,
  count(*) over () as of_x, (select count(*) from ss) as of_series
from points p join ss s on p.series is not distinct from s.value
where x is not null and y is not null
{sample}"""


def _line(chart: _Chart) -> str:
    """Every point of the largest series; of long ones the highest and lowest of each span."""
    thinned = "" if chart.small else f"\nqualify {_PEAK} or {_PIT} or of_x <= {POINTS}"
    return f"""with {_points(chart, chart.x, chart.step.y)},
{_places("ss", "series", _BY_SIZE)},
kept as (select p.*, s.place, count(*) over () as of_x, {_span(chart)} as span
  from points p join ss s on p.series is not distinct from s.value
  where p.x is not null and s.place <= {SERIES})
select x, y, series, of_x, (select count(*) from ss) as of_series
from kept{thinned}
order by {_along(chart)}"""


_PEAK = "row_number() over (partition by place, span order by y desc nulls last, pos) = 1"
_PIT = "row_number() over (partition by place, span order by y nulls last, pos) = 1"


def _span(chart: _Chart) -> str:
    """Which of the equal parts of its series a point falls in."""
    if chart.small:
        return "0"
    spans = POINTS // 2 // (SERIES if chart.step.series else 1)
    place = f"row_number() over (partition by s.place order by {_along(chart)})"
    return f"{place} * {spans} // (count(*) over (partition by s.place) + 1)"


def _area(chart: _Chart) -> str:
    """Sums by x and series; a long axis in spans, each with the average of its sums."""
    return f"""with {_points(chart, chart.x, chart.step.y)},
{_places("xs", "x", _along(chart, grouped=True))},
{_places("ss", "series", _BY_SIZE)},
sums as (select p.x, xs.place, (select count(*) from xs) as n,
    case when s.place <= {SERIES} then p.series else 'Other' end as series, sum(p.y) as y
  from points p join xs on p.x is not distinct from xs.value
    join ss s on p.series is not distinct from s.value
  where p.x is not null group by all)
select min(x) as x, avg(y) as y, series, max(n) as of_x, (select count(*) from ss) as of_series
from sums
group by series, place * least(n, {POINTS // SERIES}) // (n + 1)
order by min(place), series"""


def _along(chart: _Chart, *, grouped: bool = False) -> str:
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


def _histogram(chart: _Chart) -> str:
    """Counts in bins by Freedman and Diaconis, 5 to 60 of them, of a round width."""
    least = 1 if chart.kinds[chart.step.x] == "integer" else 0
    return f"""with points as (select {_measure(chart.step.x)} as v from {chart.source}),
extent as (select max(v) - min(v) as size, count(v) as n,
    2 * (quantile_cont(v, 0.75) - quantile_cont(v, 0.25)) / cbrt(count(v)) as fine from points),
wanted as (select n, greatest(size / 60, least(size / 5, coalesce(nullif(fine, 0), size / 30)))
    as raw from extent),
scaled as (select n, raw, pow(10, floor(log10(raw))) as unit from wanted where raw > 0),
width as (select n, greatest({least}, unit * case when raw <= unit then 1
    when raw <= 2 * unit then 2 when raw <= 5 * unit then 5 else 10 end) as w from scaled
  union all select n, 1 from wanted where raw = 0)
select floor(v / w) * w as x, (floor(v / w) + 1) * w as x2, count(*) as y, max(n) as of_x
from points, width where v is not null
group by floor(v / w), w
order by 1"""


def _box(chart: _Chart) -> str:
    """Quartiles, whiskers to 1.5 of their distance, and the farthest values beyond."""
    group = chart.x if chart.step.y else "''"
    fence = f"{_FENCE} * (q3 - q1)"
    return f"""with {_points(chart, group, chart.step.y or chart.step.x)},
{_places("xs", "x", "min(pos)")},
kept as (select p.x, p.y, p.pos, xs.place from points p
  join xs on p.x is not distinct from xs.value where xs.place <= {BOXES} and y is not null),
quartiles as (select place, quantile_cont(y, 0.25) as q1, quantile_cont(y, 0.5) as mid,
    quantile_cont(y, 0.75) as q3 from kept group by place),
fenced as (select k.*, q1, mid, q3, y between q1 - {fence} and q3 + {fence} as inside
  from kept k join quartiles using (place)),
drawn as (select place, 0 as n, any_value(x) as x, null as y, min(y) filter (inside) as low,
    any_value(q1) as q1, any_value(mid) as mid, any_value(q3) as q3,
    max(y) filter (inside) as high from fenced group by place
  union all
  select place, row_number() over (partition by place order by abs(y - mid) desc, pos), x, y,
    null, null, null, null, null from fenced where not inside)
select x, y, low, q1, mid, q3, high, (select count(*) from xs) as of_x
from drawn where n <= {OUTLIERS} order by place, n"""


_QUERIES: dict[Mark, Callable[[_Chart], str]] = {
    "bar": _totals(CATEGORIES, rest=True),
    "stacked": _totals(CATEGORIES, rest=True),
    "grouped": _totals(CATEGORIES, rest=False),
    "line": _line,
    "area": _area,
    "scatter": _scatter,
    "pie": _pie,
    "histogram": _histogram,
    "box": _box,
    "heatmap": _heatmap,
}
