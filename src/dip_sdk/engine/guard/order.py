"""Every LIMIT gets a total order, so that an answer has the same rows when it is computed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from ...types.dataset import ROW_NUMBER
from .allowed import AGGREGATES
from .names import Source

SUMMARIES = frozenset(AGGREGATES.split())
MAX_KEYS = 50
"""Columns of an intermediate table that ties are broken by; wider ones keep their own order."""

NUMBERING = {"row_number", "ntile"}


def break_ties(tree: exp.Expr, sources: Mapping[int, Source]) -> set[int]:
    """Append what tells equal rows apart to each ORDER BY with a LIMIT, and of row_number().

    Gives the ids of the table nodes whose row number is now used.
    """
    used = set()
    for query in tree.find_all(exp.Select, exp.SetOperation):
        table = _only_table(query)
        source = sources.get(id(table))
        by_row = source is not None and not source.made and table is not None and _plain(query)
        if by_row and table is not None and _order_by_row(query, table.alias_or_name):
            used.add(id(table))
        elif not by_row and _is_cut(query):
            query.args["order"].set("expressions", [*_ordered(query), *_keys(query, source)])
    return used


def _is_cut(query: exp.Expr) -> bool:
    """Whether its ORDER BY decides which rows there are."""
    distinct = query.args.get("distinct")
    keeps_first = isinstance(distinct, exp.Distinct) and distinct.args.get("on")
    cuts = query.args.get("limit") or keeps_first
    return bool(query.args.get("order") and cuts) and not _by_all(query)


def _by_all(query: exp.Expr) -> bool:
    return any(isinstance(item.this, (exp.Var, exp.Columns)) for item in _ordered(query))


def _ordered(query: exp.Expr) -> list[exp.Expr]:
    return list(query.args["order"].expressions)


def _only_table(query: exp.Expr) -> exp.Table | None:
    """The single table that a SELECT reads, without joins or anything that changes its columns."""
    from_ = query.args.get("from_")
    if from_ is None or query.args.get("joins") or query.args.get("laterals"):
        return None
    table = from_.this
    if not isinstance(table, exp.Table) or any(
        table.args.get(part) for part in ("joins", "laterals", "pivots")
    ):
        return None
    alias = table.args.get("alias")
    return None if alias and alias.columns else table


def _plain(query: exp.Expr) -> bool:
    """Whether each row of the SELECT is one row of its table, and names columns one by one."""
    if query.args.get("group") or query.args.get("having"):
        return False
    distinct = query.args.get("distinct")
    if distinct and not distinct.args.get("on"):
        return False
    return not any(_sums_up(node) or _by_pattern(node, query) for node in _own(query))


def _own(query: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of a query without those of the queries in it."""
    for node in query.walk(prune=lambda node: node is not query and isinstance(node, exp.Query)):
        if node is query or not isinstance(node, exp.Query):
            yield node


def _sums_up(node: exp.Expr) -> bool:
    if isinstance(node, (exp.PercentileCont, exp.PercentileDisc, exp.WithinGroup)):
        return True
    if not isinstance(node, exp.Anonymous) or node.name.lower() not in SUMMARIES:
        return False
    parent = node.parent
    while isinstance(parent, (exp.Filter, exp.IgnoreNulls)):
        parent = parent.parent
    return not isinstance(parent, exp.Window)


def _by_pattern(node: exp.Expr, query: exp.Expr) -> bool:
    """COLUMNS('...') and a whole row as a value would show the row number."""
    if isinstance(node, exp.Columns):
        return not isinstance(node.this, exp.Star)
    if isinstance(node, exp.Column) and not node.table:
        return bool(node.name.lower() == query.args["from_"].this.alias_or_name.lower())
    return False


def _order_by_row(query: exp.Expr, table: str) -> bool:
    orders = [query.args["order"]] if _is_cut(query) else []
    if query.args.get("limit") or query.args.get("qualify") or query.parent:
        orders += [order for node in _own(query) if (order := _numbering_order(node))]
    for order in orders:
        row = exp.column(ROW_NUMBER, table, quoted=True)
        order.append("expressions", exp.Ordered(this=row, nulls_first=False))
    return bool(orders)


def _numbering_order(node: exp.Expr) -> exp.Expr | None:
    if not isinstance(node, exp.Window) or not isinstance(node.this, exp.Anonymous):
        return None
    return node.args.get("order") if node.this.name.lower() in NUMBERING else None


def _keys(query: exp.Expr, source: Source | None) -> list[exp.Expr]:
    """What tells rows apart that are not rows of one table: all that they show."""
    outputs = query.selects if isinstance(query, exp.Query) else []
    if outputs and not any(output.find(exp.Star, exp.Columns, exp.Explode) for output in outputs):
        numbers = [exp.Literal.number(position + 1) for position in range(len(outputs))]
        return [exp.Ordered(this=number, nulls_first=False) for number in numbers]
    if source is None or not source.made or len(source.columns) > MAX_KEYS or _grouped(query):
        return []
    columns = [exp.column(name, quoted=True) for name in source.columns.values()]
    return [exp.Ordered(this=column, nulls_first=False) for column in columns]


def _grouped(query: exp.Expr) -> bool:
    return bool(query.args.get("group") or query.args.get("distinct")) or any(
        _sums_up(node) for node in _own(query)
    )
