"""Functions in a checked tree: the aggregates of a SELECT, and calls by the name as written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

AVERAGES = frozenset({
    "avg", "mean", "median", "mode", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp",
    "var_pop", "quantile", "quantile_cont", "quantile_disc", "favg", "mad",
})  # fmt: skip
TOTALS = frozenset({"sum", "fsum", "sumkahan", "kahan_sum", "count", "count_star", "product"})
EXTREMES = frozenset({"min", "max"})
OTHERS = frozenset({
    "first", "last", "any_value", "arbitrary", "list", "array_agg", "string_agg", "group_concat",
    "arg_max", "arg_min", "max_by", "min_by", "bool_and", "bool_or", "corr", "covar_samp",
    "covar_pop", "regr_slope", "regr_intercept", "regr_r2", "count_if", "countif", "sum_if",
    "approx_count_distinct", "histogram", "entropy", "kurtosis", "skewness",
})  # fmt: skip
AGGREGATES = AVERAGES | TOTALS | EXTREMES | OTHERS

NOUNS = {"sum": "total", "avg": "average", "mean": "average", "count": "count"}


@dataclass(frozen=True)
class Aggregate:
    """A call that folds many rows into one value."""

    name: str
    argument: exp.Expr | None
    """None for a count of rows."""
    distinct: bool
    filter: exp.Expr | None

    @property
    def noun(self) -> str:
        return NOUNS.get(self.name, self.name)


def name_of(node: exp.Expr) -> str:
    """The name of a called function in lower case; "" for what is no call."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).casefold()
    return node.sql_name().casefold() if isinstance(node, exp.Func) else ""


def arguments(node: exp.Expr) -> list[exp.Expr]:
    """What a call is given."""
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    given = [node.this, node.args.get("expression"), *node.expressions]
    return [item for item in given if isinstance(item, exp.Expr)]


def sql_of(node: exp.Expr) -> str:
    """The expression as SQL of DuckDB, functions by the names as written."""
    return node.sql(dialect="duckdb", identify=True, normalize_functions=False)


def walk(node: exp.Expr) -> Iterator[exp.Expr]:
    """The node and all below it, without the queries inside it."""
    yield node
    for child in node.iter_expressions():
        if not isinstance(child, exp.Query):
            yield from walk(child)


def aggregates(node: exp.Expr) -> Iterator[Aggregate]:
    """The aggregates of a SELECT's outputs (or of an expression), windows apart."""
    tops = list(node.expressions) if isinstance(node, exp.Select) else [node]
    if isinstance(node, exp.Select):
        tops += [n for n in (node.args.get("having"), node.args.get("order")) if n]
    for top in tops:
        for call in walk(top):
            if name_of(call) in AGGREGATES and not _windowed(call):
                yield _aggregate(call)


def within(node: exp.Expr, kind: Callable[[exp.Expr], Iterator[object]]) -> bool:
    return next(kind(node), None) is not None


def _windowed(call: exp.Expr) -> bool:
    outer = call.parent
    while isinstance(outer, (exp.Filter, exp.IgnoreNulls)):
        call, outer = outer, outer.parent
    return isinstance(outer, exp.Window) and outer.this is call


def _aggregate(call: exp.Expr) -> Aggregate:
    given = arguments(call)
    first = given[0] if given else None
    distinct = isinstance(first, exp.Distinct)
    if isinstance(first, exp.Distinct):
        first = first.expressions[0]
    if isinstance(first, exp.Order):
        first = first.this
    if first is None or isinstance(first, (exp.Star, exp.Literal)):
        first = None
    outer = call.parent
    kept = outer.expression.this if isinstance(outer, exp.Filter) else None
    return Aggregate(name_of(call), first, distinct, kept)
