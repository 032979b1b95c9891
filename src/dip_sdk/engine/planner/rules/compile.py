"""Compiling: a typed reading becomes one SELECT with bound values, and the names of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from ....types.dataset import ROW_NUMBER
from ....types.values import Wire, unique_names
from .conditions import NONE
from .joins import Hop, Path
from .linking import Index
from .query import Col, Condition, Direction, Key, Measure, Query, Sort, UnreadableError
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
    needed = dict.fromkeys(c.table for c in _joined(query) if c.table != query.base)
    asked = dict.fromkeys(c.col.table for c in query.conditions if c.col.table != query.base)
    options: list[list[tuple[str, Path]]] = []
    for table in dict.fromkeys([*needed, *asked]):
        paths = index.graph.paths(query.base, table, unique=True)
        if not paths and _may_multiply(query, table, set(needed)):
            paths = index.graph.paths(query.base, table, unique=False)
        if not paths:
            raise UnreadableError(f"No join leads from '{query.base}' to '{table}' without doubt.")
        options.append([(table, path) for path in paths[:MAX_WAYS]])
    for choice in list(product(*options))[:MAX_WAYS]:
        yield dict(choice)


def _may_multiply(query: Query, table: str, needed: set[str]) -> bool:
    """A filter may look at many rows; a group key only where things are counted once each."""
    if table not in needed:
        return True
    return [m.fn for m in query.measures] == ["count"] and not query.having


def _joined(query: Query) -> list[Col]:
    cols = [*query.columns, *(k.col for k in query.keys)]
    cols += [k.identity for k in query.keys if k.identity]
    return cols + ([query.sort.col] if query.sort and query.sort.col else [])


@dataclass
class _Select:
    """One statement in the making."""

    query: Query
    index: Index
    paths: dict[str, Path]
    params: dict[str, Wire] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    aliases: dict[Path, str] = field(default_factory=lambda: {(): "t0"})
    multiplied: bool = False

    def build(self) -> Compiled:
        q = self.query
        if q.measures or q.keys:
            return self._grouped()
        return self._rows()

    # rows ------------------------------------------------------------------------------------

    def _rows(self) -> Compiled:
        q = self.query
        columns = q.columns or tuple(self.index.columns(q.base))
        names = unique_names(c.name for c in columns)
        items = [f"{self.column(c)} as {quoted(n)}" for c, n in zip(columns, names, strict=True)]
        if q.ties and q.sort and q.sort.col:
            return self._tied_rows(items, names, q.sort.col, q.sort.direction)
        order = self._row_order(names, columns)
        sql = f"select {'distinct ' if q.distinct else ''}{', '.join(items)} {self._from()}"
        sql += f"{self._where()} order by {order}" + (f" limit {q.limit}" if q.limit else "")
        if q.tail:
            sql = self._tail(sql, names)
        return self._done(sql, names, names)

    def _tail(self, sql: str, names: list[str]) -> str:
        """The last rows, in the table's own order."""
        if not self._has_row_number():
            raise UnreadableError("The table's own order is not known.")
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
        if q.distinct or not self._has_row_number():
            parts += [f"{quoted(n)} asc nulls last" for n in names]
        else:
            parts.append(f"t0.{quoted(ROW_NUMBER)} {'desc' if q.tail else 'asc'}")
        return ", ".join(parts)

    def _has_row_number(self) -> bool:
        return self.index.tables[self.query.base].column(ROW_NUMBER) is not None

    def _tied_rows(
        self, items: list[str], names: list[str], by: Col, direction: Direction
    ) -> Compiled:
        measure = self.measurable(by)
        inner = f'select {", ".join(items)}, {measure} as "_by" {self._from()}'
        inner += self._where([f"{measure} is not null"])
        return self._done(_first_rank(inner, names, "_by", direction, distinct=True), names, names)

    # groups ----------------------------------------------------------------------------------

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
        sql = f"select {', '.join(items)} {self._from()}{self._where(known)}"
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
        return self._done(sql, names, shown, key_names, measure_names)

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
        ties = [f"{key} asc nulls last" for key in keys]
        if q.sort:
            return ", ".join(dict.fromkeys([self._sort(q.sort), *ties]))
        if q.shape == "trend" or not measures or any(k.grain for k in q.keys):
            return ", ".join(ties)
        return ", ".join([f"{measures[0]} desc nulls last", *ties])

    def _sort(self, sort: Sort) -> str:
        if sort.measure:
            return f"{self.measure(sort.measure)} {_way(sort.direction)} nulls last"
        assert sort.col is not None  # noqa: S101
        keyed = [k for k in self.query.keys if k.col == sort.col]
        if not keyed:
            raise UnreadableError(f"'{sort.col.label}' is not in the answer to order by.")
        return f"{self.key(keyed[0])} {_way(sort.direction)} nulls last"

    def _having(self, measure: Measure, op: str, value: float) -> str:
        return f"{self.measure(measure)} {op} {self._bind(_number(value))}"

    # expressions -----------------------------------------------------------------------------

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
        keyed = {c.table for c in _joined(self.query)}
        return any(not h.unique for t in keyed for h in self.paths.get(t, ()))

    def column(self, col: Col) -> str:
        return f"{self._alias(col.table)}.{quoted(col.name)}"

    def measurable(self, col: Col) -> str:
        return f"{self._alias(col.table)}.{quoted(col.number or col.name)}"

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
        kind = "left join" if all(h.unique for h in path) else "join"
        before = self.aliases[path[:-1]]
        self.joins.append(
            f"{kind} {quoted(hop.to_table)} as {alias} "
            f"on {before}.{quoted(hop.from_column)} = {alias}.{quoted(hop.to_column)}"
        )

    # filters ---------------------------------------------------------------------------------

    def _from(self) -> str:
        """The tables; called after every expression that may join one has been made."""
        self.filters = self._filters()
        return " ".join([f"from {quoted(self.query.base)} as t0", *self.joins])

    def _where(self, more: list[str] | None = None) -> str:
        parts = [*self.filters, *(more or [])]
        return f" where {' and '.join(parts)}" if parts else ""

    def _filters(self) -> list[str]:
        plain, apart = [], dict[str, list[Condition]]()
        keyed = {c.table for c in _joined(self.query)}
        for condition in self.query.conditions:
            table = condition.col.table
            path = self.paths.get(table, ())
            alone = condition.op == NONE and bool(path)
            if not alone and (table in keyed or all(hop.unique for hop in path)):
                plain.append(self.condition(condition))
            else:
                apart.setdefault(table, []).append(condition)
        return plain + [self._having_some(table, found) for table, found in apart.items()]

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
        if condition.op == "during":
            return self._during(condition, alias)
        if condition.op in {"is empty", "is not empty"}:
            column = self._named(col, col.name, alias)
            return f"{column} is {'not ' if 'not' in condition.op else ''}null"
        if condition.op in {"in", "not in"}:
            cells = ", ".join(self._bind(v) for v in condition.values)
            return f"{self._named(col, col.name, alias)} {condition.op} ({cells})"
        if condition.op in {"contains", "starts", "ends"}:
            return self._text(condition, alias)
        column = self._named(col, col.number or col.name, alias)
        if condition.op == "between":
            low, high = (self._bind(_number(v)) for v in condition.values)
            return f"{column} between {low} and {high}"
        return f"{column} {condition.op} {self._bind(_number(condition.values[0]))}"

    def _named(self, col: Col, name: str, alias: str) -> str:
        return f"{alias or self._alias(col.table)}.{quoted(name)}"

    def _text(self, condition: Condition, alias: str) -> str:
        function = {"contains": "contains", "starts": "starts_with", "ends": "ends_with"}
        column = self._named(condition.col, condition.col.name, alias)
        return f"{function[condition.op]}(lower({column}), {self._bind(condition.values[0])})"

    def _during(self, condition: Condition, alias: str) -> str:
        column = self._named(condition.col, condition.col.name, alias)
        period = condition.period
        assert period is not None  # noqa: S101
        parts = []
        for op, day in ((">=", period.start), ("<", period.end)):
            if day and condition.col.temporal:
                parts.append(f"{column} {op} cast({self._bind(day.isoformat())} as date)")
            elif day:
                parts.append(f"{column} {op} {self._bind(day.year)}")
        return " and ".join(parts)

    def _bind(self, value: Wire) -> str:
        for name, known in self.params.items():
            if known == value and type(known) is type(value):
                return f"${name}"
        name = f"p{len(self.params) + 1}"
        self.params[name] = value
        return f"${name}"

    def _done(
        self,
        sql: str,
        names: list[str],
        shown: list[str],
        keys: list[str] | None = None,
        measures: list[str] | None = None,
    ) -> Compiled:
        del names
        return Compiled(
            self.query, sql, self.params, tuple(keys or ()), tuple(measures or ()), tuple(shown)
        )


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _way(direction: Direction | None) -> str:
    return "asc" if direction == "ascending" else "desc"


def _number(value: str | float | bool) -> Wire:
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value


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
