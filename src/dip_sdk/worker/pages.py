"""Rows of an opened result: as they lie, or by their numbers, found anew or in a permutation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ..types.result import Condition
from ..types.sql import quoted
from ..types.values import Row
from .instance import only_row
from .orders import NUMBER, ROW, Order
from .permutations import Permutation
from .rows import decode
from .stored import Stored


@dataclass(frozen=True)
class Opened:
    """A result where it lies at the moment, on a cursor that reads it."""

    cursor: duckdb.DuckDBPyConnection
    table: Stored


def order(table: Stored, sort: Sequence[str], where: Sequence[Condition]) -> Order:
    """The order asked for. Raises `QueryFailed` for a column that is not there."""
    asked = Order(table.fields, table.columns, tuple(sort), tuple(where))
    asked.check()
    return asked


def in_place(opened: Opened, offset: int, limit: int) -> tuple[Row, ...]:
    """Rows as they lie."""
    sql = (
        f"select {opened.table.reading} from {opened.table.relation} t "
        f"where t.{ROW} >= ? and t.{ROW} < ? order by t.{ROW}"
    )
    return _fetch(opened, sql, [offset, offset + limit])


def numbered(opened: Opened, numbers: Sequence[int]) -> tuple[Row, ...]:
    """The rows of these numbers, in this order."""
    sql = (
        f"select {opened.table.reading} "
        f"from (select unnest(?::bigint[]) as r, unnest(range(?)) as place) p "
        f"join {opened.table.relation} t on t.{ROW} = p.r order by p.place"
    )
    return _fetch(opened, sql, [list(numbers), len(numbers)])


def found_anew(
    opened: Opened, order: Order, offset: int, limit: int
) -> tuple[tuple[int, ...], int]:
    """Row numbers in an order, by a look at all rows, and how many rows pass the filter."""
    source = f"from {opened.table.relation} t {order.filter}"
    sql = f"select t.{ROW} {source} order by {order.by} limit ? offset ?"
    found = opened.cursor.execute(sql, [*order.values, limit, offset]).fetchall()
    total = opened.table.rows
    if order.where:
        (total,) = only_row(opened.cursor, f"select count(*) {source}", order.values)
    return tuple(number for (number,) in found), total


def all_numbers(opened: Opened, order: Order) -> object:
    """The numbers of all rows that pass the filter, in an order, as an Arrow stream."""
    sql = f"select {NUMBER} as r from {opened.table.relation} t {order.filter} order by {order.by}"
    return opened.cursor.sql(sql, params=order.values).__arrow_c_stream__()


def whole(table: Stored, permutation: Permutation | None = None) -> str:
    """All rows, with their own types, as a select without parameters."""
    names = ", ".join(f"t.{quoted(field.name)}" for field in table.fields)
    if permutation is None:
        return f"select {names} from {table.relation} t"
    return (
        f"select {names} from memory.main.{permutation.table} p "
        f"join {table.relation} t on t.{ROW} = p.r order by p.{ROW}"
    )


def _fetch(opened: Opened, sql: str, values: Sequence[object]) -> tuple[Row, ...]:
    return decode(opened.table.fields, opened.cursor.execute(sql, list(values)).fetchall())
