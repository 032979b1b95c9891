"""Compiling: a typed reading becomes one SELECT with bound values, and the names of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from ....types.dataset import ROW_NUMBER
from ....types.sql import quoted
from ....types.values import Wire, unique_names
from .filters import is_year
from .joins import Path
from .linking import Index
from .query import Col, Direction, Key, Measure, Query, Sort, UnreadableError
from .scope import Scope, joined, plain_number
from .telling import key_label, measure_label

MAX_WAYS = 4
_FUNCTIONS = {"sum": "sum", "avg": "avg", "median": "median", "min": "min", "max": "max"}


@dataclass(frozen=True)
class Compiled:
    """A statement, its bound values, and the names of its columns in order."""

    query: Query
    sql: str
    params: dict[str, Wire]
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    shown: tuple[str, ...]
    """Columns of the answer; the statement may have more."""
    via: str = ""
    """Which way a join went, where there was more than one."""


def compiled(query: Query, index: Index) -> list[Compiled]:
    """The statements of a reading: one, or one per way its tables can be joined."""
    ways = []
    for paths in _ways(query, index):
        via = ", ".join(sorted(p[0].from_column for p in paths.values() if p))
        ways.append(replace(_Select(query, index, paths).build(), via=via))
    return ways


def _ways(query: Query, index: Index) -> Iterator[dict[str, Path]]:
    """For each table that is read beside the base, a path to it; every choice of paths."""
    needed = dict.fromkeys(c.table for c in joined(query) if c.table != query.base)
    asked = dict.fromkeys(c.col.table for c in query.conditions if c.col.table != query.base)
    options: list[list[tuple[str, Path]]] = []
    for table in dict.fromkeys([*needed, *asked]):
        paths = index.graph.paths(query.base, table, unique=True)
        if not paths and _may_multiply(query, table, set(needed)):
            paths = index.graph.paths(query.base, table, unique=False)
        if not paths:
            raise UnreadableError(f"No join leads from '{query.base}' to '{table}' without doubt.")
        telling = [path for path in paths if not says_itself(path, query)]
        options.append([(table, path) for path in (telling or paths)[:MAX_WAYS]])
    for choice in list(product(*options))[:MAX_WAYS]:
        yield dict(choice)


def says_itself(path: Path, query: Query) -> bool:
    """A way that ends in the very column a filter is of says nothing but that column's value."""
    hop = path[-1]
    return not hop.unique and any(
        (c.col.table, c.col.name) == (hop.to_table, hop.to_column) for c in query.conditions
    )


def _may_multiply(query: Query, table: str, needed: set[str]) -> bool:
    """A filter may look at many rows; a group key only where things are counted once each."""
    if table not in needed:
        return True
    return [m.fn for m in query.measures] == ["count"] and not query.having


@dataclass
class _Select(Scope):
    """The SELECT of a reading."""

    def build(self) -> Compiled:
        q = self.query
        if q.measures or q.keys:
            return self._grouped()
        return self._rows()

    def _rows(self) -> Compiled:
        q = self.query
        columns = q.columns or tuple(self.index.columns(q.base))
        names = unique_names(c.name for c in columns)
        items = [f"{self.column(c)} as {quoted(n)}" for c, n in zip(columns, names, strict=True)]
        if q.ties and q.sort and q.sort.col:
            return self._tied_rows(items, names, q.sort.col, q.sort.direction)
        order = self._row_order(names, columns)
        sql = f"select {'distinct ' if q.distinct else ''}{', '.join(items)} {self.sources()}"
        sql += f"{self.where()} order by {order}" + (f" limit {q.limit}" if q.limit else "")
        if q.tail:
            sql = self._tail(sql, names)
        return self._done(sql, names)

    def _tail(self, sql: str, names: list[str]) -> str:
        """The last rows, in the table's own order."""
        inner = sql.replace("select ", f'select t0.{quoted(ROW_NUMBER)} as "_at", ', 1)
        shown = ", ".join(map(quoted, names))
        return f'select {shown} from ({inner}) as "tail" order by "_at"'

    def _row_order(self, names: list[str], columns: tuple[Col, ...]) -> str:
        q = self.query
        parts = []
        if q.sort and q.sort.col:
            if q.distinct and q.sort.col not in columns:
                raise UnreadableError("Distinct rows can only be ordered by what they show.")
            parts.append(f"{self.measurable(q.sort.col)} {_way(q.sort.direction)} nulls last")
        if q.distinct:
            parts += [f"{quoted(n)} asc nulls last" for n in names]
        else:
            parts.append(f"t0.{quoted(ROW_NUMBER)} {'desc' if q.tail else 'asc'}")
        return ", ".join(parts)

    def _tied_rows(
        self, items: list[str], names: list[str], by: Col, direction: Direction
    ) -> Compiled:
        measure = self.measurable(by)
        inner = f'select {", ".join(items)}, {measure} as "_by" {self.sources()}'
        inner += self.where([f"{measure} is not null"])
        return self._done(_first_rank(inner, names, "_by", direction, distinct=True), names)

    def inner(self, query: Query) -> str:
        ways = list(_ways(query, self.index))
        if len(ways) != 1:
            raise UnreadableError("A question inside it can be joined in more than one way.")
        built = _Select(query, self.index, ways[0], self.params).build()
        (shown,) = built.shown
        return f'select {quoted(shown)} from ({built.sql}) as "inside"'

    def _grouped(self) -> Compiled:
        q = self.query
        keys = [self.key(k) for k in q.keys]
        identities = [self.column(k.identity) for k in q.keys if k.identity]
        measures = [self.measure(m) for m in q.measures]
        key_names, measure_names = self._names()
        items = [f"{e} as {quoted(n)}" for e, n in zip(keys, key_names, strict=True)]
        items += [f"{e} as {quoted(n)}" for e, n in zip(measures, measure_names, strict=True)]
        known = [f"{k} is not null" for k in keys] if q.ties else []
        having = [self._having(h.measure, h.op, h.value) for h in q.having]
        sql = f"select {', '.join(items)} {self.sources()}{self.where(known)}"
        if keys:
            sql += f" group by {', '.join(dict.fromkeys([*keys, *identities]))}"
        if having:
            sql += f" having {' and '.join(having)}"
        names = [*key_names, *measure_names]
        shown = names if q.show_measure and not (having and not measures) else key_names
        if q.ties and measure_names:
            sql = _first_rank(sql, names, measure_names[0], q.sort.direction if q.sort else None)
        elif keys:
            sql += f" order by {self._group_order(keys, measures)}"
            sql += f" limit {q.limit}" if q.limit else ""
        return self._done(sql, shown, key_names, measure_names)

    def _names(self) -> tuple[list[str], list[str]]:
        q = self.query
        labels = [key_label(k) for k in q.keys]
        labels += [measure_label(m, share=q.share and not q.share_of) for m in q.measures]
        if q.share_of:
            labels[-1] = "percentage"
        names = unique_names(labels)
        return names[: len(q.keys)], names[len(q.keys) :]

    def _group_order(self, keys: list[str], measures: list[str]) -> str:
        q = self.query
        spans = [self._ordered(key, said) for key, said in zip(q.keys, keys, strict=True)]
        ties = [f"{span} asc nulls last" for span in spans]
        if q.sort:
            return ", ".join(dict.fromkeys([self._sort(q.sort), *ties]))
        if q.shape == "trend" or not measures or any(map(self._in_time, q.keys)):
            return ", ".join(ties)
        return ", ".join([f"{measures[0]} desc nulls last", *ties])

    def _in_time(self, key: Key) -> bool:
        return bool(key.grain or is_year(key.col) or self._calendar(key.col))

    def _calendar(self, col: Col) -> tuple[str, ...]:
        return self.index.calendars.get((col.table, col.name), ())

    def _ordered(self, key: Key, said: str) -> str:
        """Weekdays go from Monday to Sunday, not from Friday to Wednesday."""
        if key.grain == "weekday":
            return f"min(isodow({self.column(key.col)}))"
        return self._dated(key.col, self.key(key)) if self._calendar(key.col) else said

    def _sort(self, sort: Sort) -> str:
        if sort.measure:
            return f"{self.measure(sort.measure)} {_way(sort.direction)} nulls last"
        assert sort.col is not None  # noqa: S101
        if sort.col in {k.identity for k in self.query.keys}:
            return f"{self.column(sort.col)} {_way(sort.direction)} nulls last"
        keyed = [k for k in self.query.keys if k.col == sort.col]
        if not keyed:
            raise UnreadableError(f"'{sort.col.label}' is not in the answer to order by.")
        return f"{self._dated(keyed[0].col, self.key(keyed[0]))} {_way(sort.direction)} nulls last"

    def _dated(self, col: Col, expression: str) -> str:
        """Months and weekdays written as words are ordered as in the calendar."""
        calendar = self._calendar(col)
        if not calendar:
            return expression
        listed = ", ".join(self.bind(name) for name in calendar)
        return f"list_position([{listed}], left(lower({expression}), 3))"

    def _having(self, measure: Measure, op: str, value: float) -> str:
        return f"{self.measure(measure)} {op} {self.bind(plain_number(value))}"

    def key(self, key: Key) -> str:
        column = self.column(key.col)
        match key.grain:
            case "":
                return column
            case "day":
                return f"cast({column} as date)"
            case "year":
                return f"year({column})"
            case "weekday":
                return f"strftime({column}, '%A')"
            case "hour":
                if key.col.type == "date":
                    raise UnreadableError(f"'{key.col.label}' has no time of day.")
                return f"hour({column})"
        return f"cast(date_trunc('{key.grain}', {column}) as date)"

    def measure(self, measure: Measure) -> str:
        if self.query.share_of:
            part = " and ".join(self.condition(c) for c in self.query.share_of)
            return f"100.0 * count(*) filter (where {part}) / nullif(count(*), 0)"
        value = self._aggregate(measure)
        return f"100.0 * {value} / nullif(sum({value}) over (), 0)" if self.query.share else value

    def _aggregate(self, measure: Measure) -> str:
        if measure.fn == "count":
            return self._count(measure)
        assert measure.col is not None  # noqa: S101
        if measure.fn == "count_distinct":
            return f"count(distinct {self.column(measure.col)})"
        return f"{_FUNCTIONS[measure.fn]}({self.measurable(measure.col)})"

    def _count(self, measure: Measure) -> str:
        if not self._multiplies():
            return "count(*)"
        identity = self.index.identity(measure.table)
        if identity is None:
            raise UnreadableError(f"Nothing tells the rows of '{measure.table}' apart.")
        return f"count(distinct {self.column(identity)})"

    def _multiplies(self) -> bool:
        keyed = {c.table for c in joined(self.query)}
        return any(not h.unique for t in keyed for h in self.paths.get(t, ()))

    def _done(
        self,
        sql: str,
        shown: list[str],
        keys: list[str] | None = None,
        measures: list[str] | None = None,
    ) -> Compiled:
        return Compiled(
            self.query, sql, self.params, tuple(keys or ()), tuple(measures or ()), tuple(shown)
        )


def _way(direction: Direction | None) -> str:
    return "asc" if direction == "ascending" else "desc"


def _first_rank(
    inner: str, names: list[str], by: str, direction: Direction | None, *, distinct: bool = False
) -> str:
    """The rows of the first rank: all of them where several share it."""
    shown = ", ".join(map(quoted, names))
    place = f"rank() over (order by {quoted(by)} {_way(direction)} nulls last)"
    kind = "select distinct" if distinct else "select"
    return (
        f'{kind} {shown} from (select *, {place} as "_place" from ({inner}) as "found") '
        f'as "placed" where "_place" = 1 order by {", ".join(f"{quoted(n)} asc" for n in names)}'
    )
