"""The select that is exported: its columns by position, so that no name can clash."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ...types.sql import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from duckdb.sqltypes import DuckDBPyType

Report: TypeAlias = Callable[[float], None] | None
"""Told the share that is done, 0 to 1; None where nobody watches."""


@dataclass(frozen=True)
class Field:
    """A column of the source: how SQL reads it, what the file calls it, its DuckDB type."""

    sql: str
    name: str
    type: DuckDBPyType


@dataclass(frozen=True)
class Source:
    """A select on a connection, with the names its columns shall have in the file."""

    con: DuckDBPyConnection
    sql: str
    names: tuple[str, ...]
    safe: bool = True

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        types = self.con.sql(self.sql).types
        triples = zip(self._positions, self.names, types, strict=True)
        return tuple(Field(sql, name, kind) for sql, name, kind in triples)

    def select(self, items: Iterable[str]) -> str:
        """A select of these expressions over the source."""
        return (
            f"select {', '.join(items)} from ({self.sql}) as source({', '.join(self._positions)})"
        )

    @property
    def _positions(self) -> tuple[str, ...]:
        return tuple(f"c{number}" for number in range(len(self.names)))


def aliased(item: str, name: str) -> str:
    """An expression of a select, under a name."""
    return f"{item} as {quoted(name)}"
