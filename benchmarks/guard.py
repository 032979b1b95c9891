"""1q: checking 20 lines of SQL over narrow and wide tables, and refusing bombs at once."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dip_sdk.engine.guard import Guard
from dip_sdk.engine.guard.parse import parse
from dip_sdk.types.dataset import Parsed, Table, TableColumn
from dip_sdk.types.errors import PlanRejected

from .measure import Figure

STATEMENT = """
with monthly as (
  select date_trunc('month', c1) as month, c2 as region, sum(c3) as total, count(*) as n,
         avg(c4) as mean, quantile_cont(c3, 0.9) as high
  from wide
  where c5 > 10 and c2 in ('North', 'South') and c1 between date '2024-01-01' and date '2024-12-31'
  group by all
), ranked as (
  select *, row_number() over (partition by month order by total desc) as place,
         total - lag(total) over (partition by region order by month) as change,
         sum(total) over (partition by region order by month rows unbounded preceding) as running
  from monthly
), best as (
  select month, region, total, change, running, n, mean, high
  from ranked
  where place <= 3
)
select b.month, b.region, round(b.total, 2) as total, coalesce(b.change, 0) as change,
       b.running / sum(b.total) over () as share,
       case when b.total > 100 then 'big' else 'small' end
from best b left join wide w on w.c2 = b.region and w.c1 = b.month
where w.c6 is not null order by b.month, total desc limit 100
""".strip()

AIMS = {10: 10, 200: 10, 2_000: 30}
"""Columns of the table -> milliseconds."""

BOMBS = {
    "9,000 brackets": "select " + "(" * 9_000,
    "1,700 joins without ON": "select * from wide" + " join wide" * 1_700,
    "9,900 operators": "select " + "+".join(["1"] * 9_900),
}
ROUNDS = 100


def figures(folder: Path, scale: float) -> Iterator[Figure]:  # noqa: ARG001 - one shape for all
    parse(STATEMENT)
    parsing = _milliseconds(lambda: parse(STATEMENT))
    for columns, aim in AIMS.items():
        guard = Guard([_wide(columns)])
        taken = _milliseconds(lambda guard=guard: guard.check(STATEMENT))
        note = f"{taken / parsing:.1f} times parsing alone"
        yield Figure("1q", f"check of 20 lines, {columns:,} columns", taken, " ms", aim, "-", note)
    for name, sql in BOMBS.items():
        taken = _milliseconds(lambda sql=sql: guard.check(sql))
        yield Figure("1q", f"refusal of {name}", taken, " ms", 100, "-")


def _wide(columns: int) -> Table:
    names = [TableColumn(name=f"c{number}", type="text") for number in range(1, columns + 1)]
    return Table(
        name="wide", dataset_id="d", source="s", rows=1, columns=tuple(names), inner="i", path="p",
        parsed=Parsed(format="csv"), fingerprint="f",
    )  # fmt: skip


def _milliseconds(work: Callable[[], object]) -> float:
    """The median of many rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with contextlib.suppress(PlanRejected):
            work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)
