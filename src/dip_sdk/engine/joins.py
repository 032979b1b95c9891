"""The joins a glossary names, as links between the tables that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..types.dataset import Link, Table, TableColumn
from ..types.sql import quoted
from .run import Looking


def named_links(joins: Sequence[str], tables: Sequence[Table], look: Looking) -> tuple[Link, ...]:
    """One link a join whose tables and columns are there; unique values stand on the right."""
    return tuple(link for join in joins for link in _link(join, tables, look))


def with_named(named: Sequence[Link], likely: Sequence[Link]) -> tuple[Link, ...]:
    """What is named holds; a likely join of the same two tables is left out."""
    settled = {frozenset((link.left_table, link.right_table)) for link in named}
    rest = (
        link for link in likely if frozenset((link.left_table, link.right_table)) not in settled
    )
    return (*named, *rest)


def _link(join: str, tables: Sequence[Table], look: Looking) -> Iterator[Link]:
    left, right = (_column(side, tables) for side in join.split("="))
    if left is None or right is None:
        return
    if not _unique(*right, look) and _unique(*left, look):
        left, right = right, left
    yield Link(
        left_table=left[0].name,
        left_column=left[1].name,
        right_table=right[0].name,
        right_column=right[1].name,
        right_unique=_unique(*right, look),
        overlap=_overlap(left, right, look),
    )


def _column(side: str, tables: Sequence[Table]) -> tuple[Table, TableColumn] | None:
    name, _, column = side.strip().partition(".")
    table = next((t for t in tables if t.name.casefold() == name.strip().casefold()), None)
    found = table.column(column.strip()) if table else None
    return (table, found) if table and found else None


def _unique(table: Table, column: TableColumn, look: Looking) -> bool:
    name = quoted(column.name)
    sql = f"select count({name}) = count(distinct {name}) from main.{quoted(table.name)}"
    return bool(look(sql, {}, 1).rows[0][0])


def _overlap(
    left: tuple[Table, TableColumn], right: tuple[Table, TableColumn], look: Looking
) -> float:
    """Share of the left's distinct values that the right holds."""
    ours, theirs = (
        f"select distinct cast({quoted(column.name)} as varchar) as value "
        f"from main.{quoted(table.name)} where {quoted(column.name)} is not null"
        for table, column in (left, right)
    )
    sql = (
        f"select count(*) filter (where value in ({theirs})) / greatest(count(*), 1)::double "
        f"from ({ours})"
    )
    share = look(sql, {}, 1).rows[0][0]
    return float(share) if isinstance(share, (int, float)) else 0.0
