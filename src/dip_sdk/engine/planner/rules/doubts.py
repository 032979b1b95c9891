"""Doubts that only the data settle: a list of things, once each or once for each of their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .compile import Compiled, compiled
from .linking import Index
from .query import Query, UnreadableError


def repeated(readings: Sequence[Compiled], index: Index) -> list[Compiled]:
    """Of "the singers in concerts of 2014" also a row for each time that one was in such a concert.

    Only where a table of links lies between: there people mean the one as often as the other.
    """
    others = (_linked(reading.query, index) for reading in readings)
    return [way for query in others if query for way in _ways(query, index)]


def _linked(query: Query, index: Index) -> Query | None:
    """The list made of the rows of the table of links, instead of the things."""
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
