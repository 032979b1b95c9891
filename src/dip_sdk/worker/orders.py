"""How a page's sort and filter are said in SQL: typed, bound, and always a total order."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..types.errors import QueryFailed
from ..types.result import Condition
from ..types.sql import quoted
from ..types.values import Column, Wire
from .rows import Field

ROW = "rowid"
NUMBER = f"t.{ROW}::uinteger"
"""A row's number in a permutation."""


@dataclass(frozen=True)
class Order:
    """Which rows of a result, in which order. `t` is the result's name in what it writes."""

    fields: tuple[Field, ...]
    columns: tuple[Column, ...]
    sort: tuple[str, ...]
    where: tuple[Condition, ...]

    @property
    def plain(self) -> bool:
        """All rows as they lie."""
        return not self.sort and not self.where

    @cached_property
    def by(self) -> str:
        """The ORDER BY: nulls (and what is shown as null) last, ties by row.

        Short row numbers make short keys, which sort twice as fast.
        """
        return ", ".join([*(self._key(item) for item in self.sort), NUMBER])

    @cached_property
    def filter(self) -> str:
        """The WHERE clause, or nothing."""
        return f"where {' and '.join(sql for sql, _ in self._conditions)}" if self.where else ""

    @cached_property
    def values(self) -> list[Wire]:
        """What the WHERE clause binds."""
        return [value for _, values in self._conditions for value in values]

    def check(self) -> None:
        """Raises `QueryFailed` for a column that is not there or a value that does not fit."""
        _ = self.by, self.filter

    @cached_property
    def _conditions(self) -> list[tuple[str, list[Wire]]]:
        return [self._condition(condition) for condition in self.where]

    def _key(self, item: str) -> str:
        known = {field.name.casefold() for field in self.fields}
        descending = item.startswith("-") and item.casefold() not in known
        index = self._find(item[1:] if descending else item)
        name = f"t.{quoted(self.fields[index].name)}"
        if self.columns[index].non_finite:
            name = f"if(isfinite({name}), {name}, null)"
        return f"{name} {'desc' if descending else 'asc'} nulls last"

    def _find(self, name: str) -> int:
        names = [field.name for field in self.fields]
        if name in names:
            return names.index(name)
        folded = [known.casefold() for known in names]
        if name.casefold() in folded:
            return folded.index(name.casefold())
        raise _unknown_column(name, names)

    def _condition(self, condition: Condition) -> tuple[str, list[Wire]]:
        field = self.fields[self._find(condition.column)]
        name, value = f"t.{quoted(field.name)}", condition.value
        bound = f"cast(? as {field.type})"
        match condition.op:
            case "is null" | "is not null":
                return f"{name} {condition.op}", []
            case "contains":
                return f"contains(lower(cast({name} as varchar)), lower(?))", [str(value)]
            case "in":
                return _in(name, bound, value)
            case "=":
                return f"{name} is not distinct from {bound}", [value]
            case "!=":
                return f"{name} is distinct from {bound}", [value]
        return f"{name} {condition.op} {bound}", [value]


def _in(name: str, bound: str, value: Wire) -> tuple[str, list[Wire]]:
    values = value if isinstance(value, list) else [value]
    given: list[Wire] = [item for item in values if item is not None]
    parts = [f"{name} in ({', '.join([bound] * len(given))})"] if given else []
    if len(given) < len(values):
        parts.append(f"{name} is null")
    return f"({' or '.join(parts)})" if parts else "false", given


def _unknown_column(name: str, names: Sequence[str]) -> QueryFailed:
    folded = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.4)
    shown = ", ".join(names[:10])
    return QueryFailed(
        f"The result has no column {name!r}.",
        hint=f"Did you mean {folded[near[0]]!r}?" if near else f"Its columns are {shown}.",
        code="unknown_column",
    )
