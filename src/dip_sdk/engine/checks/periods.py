"""Periods the data does not cover to their ends: `partial_period`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from ...types.result import Check
from ...types.values import Row
from ..when import day, period
from .block import Block
from .calls import TOTALS, arguments, name_of
from .context import LARGE, finding

DAYS = {"year": 366, "quarter": 92, "month": 31, "week": 7}
FORMATS = {"%Y-%m": "month", "%Y": "year", "%Y/%m": "month", "%b %Y": "month", "%B %Y": "month"}
MOST_PERIODS = 2_000


@dataclass(frozen=True)
class _Period:
    begins: date
    ends: date
    first: date
    last: date

    @property
    def before(self) -> int:
        """Days at its beginning without data."""
        return (self.first - self.begins).days

    @property
    def after(self) -> int:
        """Days at its end without data, the last day that has some counted."""
        return (self.ends - self.last).days


def partial_period(block: Block) -> Iterator[Check]:
    """The first or last period holds fewer days than the others do: its total is no low."""
    bucket = _bucket(block)
    if bucket is None or block.rows > LARGE:
        return
    unit, column = bucket
    inner = block.query(
        (f"date_trunc('{unit}', ({column})::timestamp)::date as p", f"({column}) as d")
    )
    sql = f"select p, min(d), max(d) from ({inner}) where p is not null group by p order by p"
    rows = block.ask(sql, limit=MOST_PERIODS)
    periods = [_period(row, unit) for row in rows]
    if 2 <= len(periods) < MOST_PERIODS:
        yield from _judge(block, unit, periods)


def _judge(block: Block, unit: str, periods: Sequence[_Period]) -> Iterator[Check]:
    last, first = periods[-1], periods[0]
    if _stands_out(last.after, [p.after for p in periods[:-1]], unit):
        name = period(last.begins.isoformat(), unit)
        message = f"{_opened(name)} is not complete: the data ends on {day(last.last.isoformat())}."
        yield _check(block, message, last, last.last)
    if _stands_out(first.before, [p.before for p in periods[1:]], unit):
        name = period(first.begins.isoformat(), unit)
        begin = day(first.first.isoformat())
        message = f"{_opened(name)} is not complete: the data begins on {begin}."
        yield _check(block, message, first, first.first)


def _stands_out(gap: int, others: Sequence[int], unit: str) -> bool:
    """Wider than twice what the other periods show, and a tenth of the period at least."""
    widest = max(others)
    return gap > max(2 * widest, widest + 2) and gap >= DAYS[unit] / 10


def _check(block: Block, message: str, found: _Period, edge: date) -> Check:
    totals = any(a.name in TOTALS for a in block.aggregates)
    matters = totals and block.context.answer.reading.shape != "top"
    begins, last = found.begins.isoformat(), edge.isoformat()
    return finding("partial_period", message, warns=matters, period=begins, edge=last)


def _bucket(block: Block) -> tuple[str, str] | None:
    """The unit of time and the column of the first key that is a period."""
    for key in block.keys or ():
        for node in key.walk():
            found = _unit(node)
            if found:
                return found[0], found[1].sql(dialect="duckdb", identify=True)
    return None


def _unit(node: exp.Expr) -> tuple[str, exp.Expr] | None:
    name, given = name_of(node), arguments(node)
    if isinstance(node, exp.Extract):
        unit, value = node.this.name.casefold(), node.expression
        return ("year", value) if unit == "year" else None
    if name == "year" and given:
        return "year", given[0]
    if name in ("date_trunc", "datetrunc", "date_part", "datepart") and len(given) == 2:
        unit = given[0].name.casefold()
        allowed = DAYS if "trunc" in name else ("year",)
        return (unit, given[1]) if unit in allowed else None
    if name == "strftime" and len(given) == 2:
        form, value = (given[1], given[0]) if given[1].is_string else (given[0], given[1])
        return (FORMATS[form.name], value) if form.name in FORMATS else None
    return None


def _period(row: Row, unit: str) -> _Period:
    begins, first, last = (date.fromisoformat(str(cell)[:10]) for cell in row)
    return _Period(begins, _next(begins, unit), first, last)


def _next(begins: date, unit: str) -> date:
    if unit == "week":
        return begins + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
