"""Questions inside a question: "the state with the largest city" stands for the rows it finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....types.dataset import ROW_NUMBER
from .linking import Hit, Index
from .query import Col, Key, Query

LINK_COST = 0.5
"""What it costs to match the cells that name rows elsewhere, not the rows themselves."""


def hits_of(query: Query, index: Index, words: str) -> Iterator[Hit]:
    """What may be matched with the answer of an inner question; nothing where it has no things.

    Its rows; or the columns of other tables that name those rows.
    """
    if query.keys:
        yield from _groups(query, words)
    elif _of_things(query, index):
        rows = Col(query.base, ROW_NUMBER, "integer", label=query.base)
        yield Hit(rows, (words,), 0.0, _showing(query, rows))
        yield from _named_elsewhere(query, index, words)


def _groups(query: Query, words: str) -> Iterator[Hit]:
    if len(query.keys) == 1 and not query.keys[0].grain and (query.ties or query.having):
        key = query.keys[0].identity or query.keys[0].col
        inner = replace(query, keys=(Key(key),), show_measure=False)
        yield Hit(key, (words,), 0.0, inner)


def _of_things(query: Query, index: Index) -> bool:
    """It finds rows by some condition, and shows of them no more than their name."""
    if query.measures or not (query.conditions or query.sort):
        return False
    return set(query.columns) <= {index.name_column(query.base)}


def _named_elsewhere(query: Query, index: Index, words: str) -> Iterator[Hit]:
    for link in index.graph.links:
        if link.right_table == query.base and link.right_unique:
            key = index.cols[link.right_table, link.right_column]
            other = index.cols[link.left_table, link.left_column]
            yield Hit(other, (words,), LINK_COST, _showing(query, key))


def _showing(query: Query, col: Col) -> Query:
    return replace(query, columns=(col,), distinct=False, shape="list")
