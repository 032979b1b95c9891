"""Doubts that only the data settle: things once or once for each link, rows or their counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .compile import Compiled, compiled
from .linking import Index
from .query import Measure, Query, UnreadableError
from .words import name_words

# From so many rows on, a value of its own in each row tells that the column names the rows.
_TELLING_ROWS = 10


def doubted(readings: Sequence[Compiled], index: Index) -> list[Compiled]:
    """The other readings that people may have in mind."""
    others = [f(reading.query, index) for reading in readings for f in (_linked, _added_up)]
    others += [_rows(reading.query) for reading in readings]
    return [way for query in others if query for way in _ways(query, index)]


def pointless(query: Query, index: Index) -> str:
    """Why a reading answers nothing, in words; "" where it does.

    An average needs groups of more than one row: "average population by state" of states.
    Of a few rows that each have a value of their own it says nothing: there it may be chance.
    """
    averaged = {m.table for m in query.measures if m.fn in {"avg", "median"}}
    averaged = {table for table in averaged if index.tables[table].rows >= _TELLING_ROWS}
    for key in query.keys if not query.chart else ():
        if key.col.table in averaged and key.col.table == query.base and index.unique(key.col):
            return f"Each '{key.col.label}' has one row of its own: there is nothing to average."
    return ""


_STORED = frozenset({("count",), ("frequency",), ("freq",), ("n",)})


def _added_up(query: Query, index: Index) -> Query | None:
    """Of a table whose rows hold counts ("checkins" with a `count`), the counts added up."""
    if [m.fn for m in query.measures] != ["count"] or query.share:
        return None
    columns = index.columns(query.measures[0].table)
    stored = [c for c in columns if c.measurable and name_words(c.name) in _STORED]
    if len(stored) != 1:
        return None
    return _measured(query, query.measures[0], Measure("sum", stored[0].table, stored[0]))


def _rows(query: Query) -> Query | None:
    """Of "number of games by platform", where a few titles repeat, also the number of rows."""
    counted = [m for m in query.measures if m.plain]
    if len(counted) != 1:
        return None
    return _measured(query, counted[0], Measure("count", counted[0].table))


def _measured(query: Query, old: Measure, new: Measure) -> Query:
    """The same with one measure for another."""
    sort = query.sort
    return replace(
        query,
        measures=tuple(new if m == old else m for m in query.measures),
        having=tuple(replace(h, measure=new) if h.measure == old else h for h in query.having),
        sort=replace(sort, measure=new) if sort and sort.measure == old else sort,
    )


def _linked(query: Query, index: Index) -> Query | None:
    """Of "the singers in concerts of 2014" also a row for each time that one was in such a concert.

    Only where a table of links lies between: there people mean the one as often as the other.
    """
    plain = query.columns and query.shape == "list" and not query.sort
    if not plain or query.distinct or query.limit or query.measures:
        return None
    for condition in query.conditions:
        paths = index.graph.paths(query.base, condition.col.table, unique=False)
        if condition.apart or condition.op not in {"in", "=", "during"} or len(paths) != 1:
            return None
        if len(paths[0]) > 1 and not paths[0][0].unique:
            return replace(query, base=paths[0][0].to_table)
    return None


def _ways(query: Query, index: Index) -> list[Compiled]:
    try:
        return compiled(query, index)
    except UnreadableError:
        return []
