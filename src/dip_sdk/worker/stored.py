"""What is known of a result's table, looked up once: its name in SQL, its columns, its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ..types.values import Column
from .instance import only_row
from .rows import Field, fields, reading


@dataclass(frozen=True)
class Stored:
    """A result's table where it lies at the moment."""

    relation: str
    fields: tuple[Field, ...]
    columns: tuple[Column, ...]
    """Its columns as the wire names them."""
    rows: int

    @property
    def reading(self) -> str:
        """The select list of a statement that calls it `t`."""
        return reading(self.fields, "t")


def look_at(cursor: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[Column]) -> Stored:
    """Ask the table for its columns' types and its number of rows."""
    found = fields(cursor.execute(f"select * from {relation} limit 0").description)
    (rows,) = only_row(cursor, f"select count(*) from {relation}")
    return Stored(relation, found, tuple(columns), rows)
