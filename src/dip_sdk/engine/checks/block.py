"""One SELECT of a plan taken apart, so that a check can count the rows behind its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from ...types.dataset import ROW_NUMBER, Table, TableColumn
from ...types.values import Row, Wire
from ...worker.runner import Made
from .calls import Aggregate, aggregates, within
from .context import Context

MOST_BLOCKS = 12


@dataclass(frozen=True)
class Source:
    """What stands in FROM or JOIN under one alias."""

    alias: str
    node: exp.Expr
    table: Table | None = None
    """Set for a table of the catalog."""
    columns: frozenset[str] | None = None
    """Names in lower case; None when they are not known."""

    @property
    def title(self) -> str:
        return self.table.name if self.table else self.alias

    def column(self, name: str) -> TableColumn | None:
        return self.table.column(name) if self.table else None


@dataclass(frozen=True)
class Block:
    """A SELECT with its sources, and queries over the rows it sees."""

    context: Context
    step: str
    select: exp.Select

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """By alias in lower case, in the order they are joined."""
        found = (self._source(node) for node in self._items())
        return {source.alias.casefold(): source for source in found}

    @cached_property
    def joins(self) -> Sequence[exp.Join]:
        return tuple(self.select.args.get("joins") or ())

    @cached_property
    def aggregates(self) -> tuple[Aggregate, ...]:
        return tuple(aggregates(self.select))

    @cached_property
    def is_root(self) -> bool:
        """Its rows are those that the step made."""
        return self.select is self.context.trees[self.step]

    @cached_property
    def keys(self) -> tuple[exp.Expr, ...] | None:
        """What it groups by, names and positions resolved; None for grouping sets."""
        group = self.select.args.get("group")
        if group is None:
            return ()
        if any(group.args.get(part) for part in ("rollup", "cube", "grouping_sets")):
            return None
        if group.args.get("all"):
            items = (item for item in self.select.expressions if not within(item, aggregates))
            return tuple(item.unalias() for item in items)
        return tuple(self.meant(key) for key in group.expressions)

    @cached_property
    def conditions(self) -> tuple[exp.Expr, ...]:
        """The parts of WHERE that must all hold."""
        return conjuncts(self.select.args.get("where"))

    @cached_property
    def made(self) -> Mapping[str, Made]:
        """What the steps before this one made, by name in lower case."""
        before = self.context.before(self.step)
        return {folded: self.context.made[name] for folded, name in before.items()}

    @cached_property
    def rows(self) -> int:
        """Rows of all tables behind it."""
        root = self.context.trees[self.step]
        names = {node.name.casefold() for node in root.find_all(exp.Table)}
        made = sum(m.rows for name, m in self.made.items() if name in names)
        return made + sum(t.rows for t in map(self.context.view.table, names) if t)

    def meant(self, key: exp.Expr) -> exp.Expr:
        """The expression a key of GROUP or ORDER BY stands for, when it is a name or a position."""
        outputs = self.select.expressions
        if isinstance(key, exp.Literal) and not key.is_string:
            at = int(key.this) - 1
            return outputs[at].unalias() if 0 <= at < len(outputs) else key
        if isinstance(key, exp.Column) and not key.table and not self._known(key.name):
            return next((o.unalias() for o in outputs if o.alias == key.name), key)
        return key

    def _known(self, name: str) -> bool:
        """A source gives a column of that name, which goes before an output's name."""
        return any(name.casefold() in (s.columns or ()) for s in self.sources.values())

    def owner(self, column: exp.Column) -> Source | None:
        """The source a column comes from; None when that cannot be told."""
        if column.table:
            return self.sources.get(column.table.casefold())
        name = column.name.casefold()
        giving = [s for s in self.sources.values() if s.columns is None or name in s.columns]
        return giving[0] if len(giving) == 1 else None

    def owners(self, node: exp.Expr | None) -> tuple[Source, ...]:
        """The sources of all columns in an expression."""
        columns = node.find_all(exp.Column) if node is not None else ()
        found = (self.owner(column) for column in columns)
        return tuple({source.alias: source for source in found if source}.values())

    def nullable(self) -> frozenset[str]:
        """Aliases of sources whose columns are empty where an outer join found no match."""
        found: set[str] = set()
        seen = list(self.sources)[:1]
        for join in self.joins:
            alias = join.this.alias_or_name.casefold()
            if join.side in ("LEFT", "FULL"):
                found.add(alias)
            if join.side in ("RIGHT", "FULL"):
                found.update(seen)
            seen.append(alias)
        return frozenset(found)

    def query(
        self,
        outputs: Sequence[str],
        *,
        where: Sequence[exp.Expr] | None = None,
        group: Sequence[exp.Expr] = (),
        numbered: Sequence[Source] = (),
        joins: Sequence[exp.Join] | None = None,
        only: Source | None = None,
    ) -> str:
        """SQL of other outputs over the same rows; `numbered` sources get a `_row`.

        `joins` and `where` stand in for the block's own; `only` reads one source alone.
        """
        body = exp.Select(expressions=[exp.maybe_parse(o, dialect="duckdb") for o in outputs])
        from_ = exp.From(this=only.node.copy()) if only else self.select.args["from_"].copy()
        body.set("from_", from_)
        joined = self.joins if joins is None else joins
        body.set("joins", [] if only else [join.copy() for join in joined])
        kept = self.conditions if where is None else where
        if kept:
            body.set("where", exp.Where(this=exp.and_(*(c.copy() for c in kept))))
        if group:
            body.set("group", exp.Group(expressions=[key.copy() for key in group]))
        for source in numbered:
            _number(body, source)
        return self.render(body)

    def ask(self, sql: str, limit: int = 1) -> tuple[Row, ...]:
        """The rows of a query, with the bound values it uses."""
        given = self.context.params(self.step)
        used = {name: value for name, value in given.items() if f"${name}" in sql}
        return self.context.look(sql, used, limit).rows

    def render(self, body: exp.Query) -> str:
        """A tree as SQL that runs: run tables by their schema, the WITH around it kept."""
        ctes = [] if body.args.get("with_") else list(self._ctes())
        if ctes:
            body.set("with_", exp.With(expressions=[cte.copy() for cte in ctes]))
        hidden = {cte.alias.casefold() for cte in body.find_all(exp.CTE)}
        for node in list(body.find_all(exp.Table)):
            name = node.name.casefold()
            if name in self.made and name not in hidden and not node.db:
                if not node.alias:
                    node.set("alias", exp.TableAlias(this=exp.to_identifier(node.name)))
                node.set("db", exp.to_identifier(self.context.run, quoted=True))
        return body.sql(dialect="duckdb", identify=True, normalize_functions=False, comments=False)

    def _ctes(self) -> Iterator[exp.Expr]:
        node: exp.Expr | None = self.select
        while node is not None:
            if node.args.get("with_"):
                yield from node.args["with_"].expressions
            node = node.parent

    def _items(self) -> Iterator[exp.Expr]:
        yield self.select.args["from_"].this
        yield from (join.this for join in self.select.args.get("joins") or ())

    def _source(self, node: exp.Expr) -> Source:
        alias = node.alias_or_name
        inner = node.this if isinstance(node, exp.Subquery) else None
        if isinstance(node, exp.Table):
            inner = next((c.this for c in self._ctes() if c.alias == node.name), None)
        if isinstance(node, exp.Table) and inner is None:
            made = self.made.get(node.name.casefold())
            if made:
                return Source(alias, node, None, frozenset(c.name.casefold() for c in made.columns))
            table = self.context.view.table(node.name)
            names = frozenset(c.name.casefold() for c in table.columns) if table else None
            return Source(alias, node, table, names)
        return Source(alias, node, None, _outputs(inner))


def blocks(context: Context) -> Iterator[Block]:
    """The SELECTs that the answer rests on, those of the last step first."""
    found = 0
    for step in reversed(context.lineage()):
        for select in context.trees[step].find_all(exp.Select):
            if select.args.get("from_") and found < MOST_BLOCKS:
                found += 1
                yield Block(context, step, select)


def conjuncts(clause: exp.Expr | None) -> tuple[exp.Expr, ...]:
    """The parts of a WHERE, an ON or a condition that AND holds together."""
    node = clause.this if isinstance(clause, (exp.Where, exp.Paren)) else clause
    if node is None:
        return ()
    if isinstance(node, exp.And):
        return conjuncts(node.this) + conjuncts(node.expression)
    return (node,)


def row_of(source: Source) -> str:
    """SQL of the number of a source's row, in a query that numbers the source."""
    return exp.column(ROW_NUMBER, table=source.alias, quoted=True).sql(dialect="duckdb")


def whole(value: Wire) -> int:
    """A count on the wire, as a number."""
    return int(str(value)) if value is not None else 0


def _outputs(query: exp.Expr | None) -> frozenset[str] | None:
    if not isinstance(query, exp.Query) or any(s.is_star for s in query.selects):
        return None
    return frozenset(name.casefold() for name in query.named_selects)


def _number(body: exp.Select, source: Source) -> None:
    """Give the source a `_row` where it has none of its own."""
    if source.column(ROW_NUMBER):
        return
    for item in [body.args["from_"], *body.args["joins"]]:
        node = item.this
        if node.alias_or_name == source.alias:
            inner = exp.select(f'row_number() over () as "{ROW_NUMBER}"', "*", dialect="duckdb")
            item.set("this", inner.from_(node.copy()).subquery(source.alias))
