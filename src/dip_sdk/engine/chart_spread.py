"""The SQL of charts that show how numbers are distributed: histograms and boxes."""

from __future__ import annotations

from .chart_points import Drawn, measure, places, points

BOXES = 20
OUTLIERS = 40
"""Outliers drawn of each box: the farthest."""

_FENCE = 1.5


def histogram(chart: Drawn) -> str:
    """Counts in bins by Freedman and Diaconis, 5 to 60 of them, of a round width."""
    least = 1 if chart.kinds[chart.step.x] == "integer" else 0
    return f"""with points as (select {measure(chart.step.x)} as v from {chart.source}),
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


def box(chart: Drawn) -> str:
    """Quartiles, whiskers to 1.5 of their distance, and the farthest values beyond."""
    group = chart.x if chart.step.y else "''"
    fence = f"{_FENCE} * (q3 - q1)"
    return f"""with {points(chart, group, chart.step.y or chart.step.x)},
{places("xs", "x", "min(pos)")},
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
