"""The scope of a statement: the tables it reads, its joins, its filters and its bound values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace

from ....types.sql import quoted
from ....types.values import Wire
from .conditions import NO_TOTAL, NONE
from .joins import Hop, Path
from .linking import Index
from .query import Col, Condition, Query, UnreadableError


@dataclass
class Scope(ABC):
    """One statement in the making: what its expressions may name."""

    query: Query
    index: Index
    paths: dict[str, Path]
    params: dict[str, Wire] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    aliases: dict[Path, str] = field(default_factory=lambda: {(): "t0"})
    filters: list[str] = field(default_factory=list)

    def column(self, col: Col) -> str:
        return f"{self._alias(col.table)}.{quoted(col.name)}"

    def measurable(self, col: Col) -> str:
        return f"{self._alias(col.table)}.{quoted(col.number or col.name)}"

    @abstractmethod
    def inner(self, query: Query) -> str:
        """The statement of a question inside this one."""

    def _alias(self, table: str) -> str:
        if table == self.query.base:
            return "t0"
        path = self.paths[table]
        for length in range(1, len(path) + 1):
            self._join(path[:length])
        return self.aliases[path]

    def _join(self, path: Path) -> None:
        if path in self.aliases:
            return
        hop, alias = path[-1], f"t{len(self.aliases)}"
        self.aliases[path] = alias
        things = [self.paths.get(k.col.table, ()) for k in self.query.keys if k.thing]
        whole = any(p[: len(path)] == path for p in things)
        kind = "left join" if all(h.unique for h in path) and not whole else "join"
        before = self.aliases[path[:-1]]
        self.joins.append(
            f"{kind} {quoted(hop.to_table)} as {alias} "
            f"on {before}.{quoted(hop.from_column)} = {alias}.{quoted(hop.to_column)}"
        )

    def sources(self) -> str:
        """The tables; called after every expression that may join one has been made."""
        self.filters = self._filters()
        return " ".join([f"from {quoted(self.query.base)} as t0", *self.joins])

    def where(self, more: list[str] | None = None) -> str:
        parts = [*self.filters, *(more or [])]
        return f" where {' and '.join(parts)}" if parts else ""

    def _filters(self) -> list[str]:
        plain, apart = [], dict[str, list[Condition]]()
        alone: list[Condition] = []
        keyed = {c.table for c in joined(self.query)}
        for condition in self.query.conditions:
            table = condition.col.table
            path = self.paths.get(table, ())
            none = condition.op == NONE
            if none and not path:
                raise UnreadableError(f"It asks for '{table}' without any of their own.")
            once = table in keyed or all(hop.unique for hop in path)
            if condition.apart and once:
                raise UnreadableError("It asks for two different values of one column at once.")
            if condition.apart:
                alone.append(condition)
            elif not none and once:
                plain.append(self.condition(condition))
            else:
                apart.setdefault(table, []).append(condition)
        shared = [self._having_some(table, found) for table, found in apart.items()]
        return [*plain, *shared, *(self._having_some(c.col.table, [c]) for c in alone)]

    def _having_some(self, table: str, conditions: list[Condition]) -> str:
        """Rows that some row of another table belongs to (or none does)."""
        none = [c for c in conditions if c.op == NONE]
        conditions = [c for c in conditions if c.op != NONE]
        negated = [c for c in conditions if c.op in {"not in", "<>"}]
        if negated and (none or len(conditions) > 1):
            raise UnreadableError("It says of the same things what they are and are not.")
        path = self.paths[table]
        inner = [replace(c, op={"not in": "in", "<>": "="}.get(c.op, c.op)) for c in conditions]
        last = f"s{len(path)}"
        first: Hop = path[0]
        known = f"s1.{quoted(first.to_column)} is not null"
        where = " and ".join([*(self.condition(c, last) for c in inner), known])
        chain = "".join(
            f" join {quoted(h.to_table)} as s{n} "
            f"on s{n - 1}.{quoted(h.from_column)} = s{n}.{quoted(h.to_column)}"
            for n, h in enumerate(path[1:], start=2)
        )
        inside = (
            f"select s1.{quoted(first.to_column)} from {quoted(first.to_table)} as s1{chain} "
            f"where {where}"
        )
        return f"t0.{quoted(first.from_column)} {'not ' if negated or none else ''}in ({inside})"

    def condition(self, condition: Condition, alias: str = "") -> str:
        col = condition.col
        if condition.either:
            return f"({' or '.join(f'({self.condition(one, alias)})' for one in condition.either)})"
        if condition.op == "during":
            return self._during(condition, alias)
        if condition.op in {"is empty", "is not empty"}:
            column = self._named(col, col.name, alias)
            return f"{column} is {'not ' if 'not' in condition.op else ''}null"
        if condition.inner:
            inside = self.inner(condition.inner)
            return f"{self._named(col, col.name, alias)} {condition.op} ({inside})"
        if condition.op == NO_TOTAL:
            column = self._named(col, col.name, alias)
            cells = ", ".join(self.bind(plain_number(v)) for v in condition.values)
            return f"({column} is null or {column} not in ({cells}))"
        if condition.op in {"in", "not in"}:
            cells = ", ".join(self.bind(plain_number(v)) for v in condition.values)
            return f"{self._named(col, col.name, alias)} {condition.op} ({cells})"
        if condition.op in {"contains", "starts", "ends"}:
            return self._text(condition, alias)
        column = self._named(col, col.number or col.name, alias)
        if condition.op == "between":
            low, high = (self.bind(plain_number(v)) for v in condition.values)
            return f"{column} between {low} and {high}"
        return f"{column} {condition.op} {self.bind(plain_number(condition.values[0]))}"

    def _named(self, col: Col, name: str, alias: str) -> str:
        return f"{alias or self._alias(col.table)}.{quoted(name)}"

    def _text(self, condition: Condition, alias: str) -> str:
        function = {"contains": "contains", "starts": "starts_with", "ends": "ends_with"}
        column = self._named(condition.col, condition.col.name, alias)
        return f"{function[condition.op]}(lower({column}), {self.bind(condition.values[0])})"

    def _during(self, condition: Condition, alias: str) -> str:
        column = self._named(condition.col, condition.col.name, alias)
        period = condition.period
        assert period is not None  # noqa: S101
        part, numbers = period.parts
        if part:
            function = "isodow" if part == "weekday" else part
            listed = ", ".join(self.bind(n) for n in numbers)
            return f"{function}({column}) in ({listed})"
        parts = []
        for op, day in ((">=", period.start), ("<", period.end)):
            if day and condition.col.temporal:
                parts.append(f"{column} {op} cast({self.bind(day.isoformat())} as date)")
            elif day:
                parts.append(f"{column} {op} {self.bind(day.year)}")
        return " and ".join(parts)

    def bind(self, value: Wire) -> str:
        for name, known in self.params.items():
            if known == value and type(known) is type(value):
                return f"${name}"
        name = f"p{len(self.params) + 1}"
        self.params[name] = value
        return f"${name}"


def joined(query: Query) -> list[Col]:
    cols = [*query.columns, *(k.col for k in query.keys)]
    cols += [k.identity for k in query.keys if k.identity]
    return cols + ([query.sort.col] if query.sort and query.sort.col else [])


def plain_number(value: str | float | bool) -> Wire:
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value
