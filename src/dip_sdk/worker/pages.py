"""Rows of an opened result: as they lie, sorted anew, or by a permutation that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ..types.result import Condition
from ..types.values import Column, Row
from .instance import only_row
from .orders import ROW, Order
from .permutations import Permutation
from .rows import Field, decode, fields, quoted, reading


@dataclass(frozen=True)
class Opened:
    """A result where it lies at the moment, on a cursor that reads it."""

    cursor: duckdb.DuckDBPyConnection
    relation: str
    fields: tuple[Field, ...]
    columns: tuple[Column, ...]
    rows: int

    @property
    def reading(self) -> str:
        return reading(self.fields, "t")


def opened(cursor: duckdb.DuckDBPyConnection, relation: str, columns: tuple[Column, ...]) -> Opened:
    """Look at a result's table: its columns and how many rows it has."""
    found = fields(cursor.execute(f"select * from {relation} limit 0").description)
    (rows,) = only_row(cursor, f"select count(*) from {relation}")
    return Opened(cursor, relation, found, columns, rows)


def order(opened: Opened, sort: Sequence[str], where: Sequence[Condition]) -> Order:
    """The order asked for. Raises `QueryFailed` for a column that is not there."""
    asked = Order(opened.fields, opened.columns, tuple(sort), tuple(where))
    asked.check()
    return asked


def in_place(opened: Opened, offset: int, limit: int) -> tuple[tuple[Row, ...], int]:
    """Rows as they lie, and how many there are in all."""
    sql = (
        f"select {opened.reading} from {opened.relation} t "
        f"where t.{ROW} >= ? and t.{ROW} < ? order by t.{ROW}"
    )
    return _fetch(opened, sql, [offset, offset + limit]), opened.rows


def in_order(
    opened: Opened, permutation: Permutation, offset: int, limit: int
) -> tuple[tuple[Row, ...], int]:
    """Rows by a permutation, and how many it has."""
    sql = (
        f"{_joined(opened.reading, permutation, opened)} "
        f"where p.{ROW} >= ? and p.{ROW} < ? order by p.{ROW}"
    )
    return _fetch(opened, sql, [offset, offset + limit]), permutation.rows


def sorted_anew(
    opened: Opened, order: Order, offset: int, limit: int
) -> tuple[tuple[Row, ...], int]:
    """Rows in an order found by a look at all of them, and how many pass the filter."""
    source = f"from {opened.relation} t {order.filter}"
    sql = f"select {opened.reading} {source} order by {order.by} limit ? offset ?"
    rows = _fetch(opened, sql, [*order.values, limit, offset])
    if not order.where:
        return rows, opened.rows
    (total,) = only_row(opened.cursor, f"select count(*) {source}", order.values)
    return rows, total


def whole(opened: Opened, permutation: Permutation | None = None) -> str:
    """All rows, with their own types, as a select without parameters."""
    names = ", ".join(f"t.{quoted(field.name)}" for field in opened.fields)
    if permutation is None:
        return f"select {names} from {opened.relation} t"
    return f"{_joined(names, permutation, opened)} order by p.{ROW}"


def _joined(select: str, permutation: Permutation, opened: Opened) -> str:
    return (
        f"select {select} from memory.main.{permutation.table} p "
        f"join {opened.relation} t on t.{ROW} = p.r"
    )


def _fetch(opened: Opened, sql: str, values: Sequence[object]) -> tuple[Row, ...]:
    return decode(opened.fields, opened.cursor.execute(sql, list(values)).fetchall())
