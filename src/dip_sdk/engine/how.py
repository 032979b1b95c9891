"""How an answer was computed, in plain words derived from the statements that ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from ..render.numbers import plural
from ..types.dataset import Table
from ..types.plan import Plan
from ..types.result import StepRun
from ..types.values import Wire
from .told import listed


def how(plan: Plan, steps: Sequence[StepRun], tables: Sequence[Table]) -> tuple[str, ...]:
    """Short sentences: what was read, joined, kept, grouped, computed and sorted, step by step."""
    params = {step.name: step.params for step in plan.sql_steps}
    trees = {step.name: sqlglot.parse_one(step.sql, dialect="duckdb") for step in steps if step.sql}
    lines = [_read([*trees.values()], [step.table for step in plan.operations], tables)]
    for step in steps:
        if step.name not in trees:
            lines.append(f"{step.did}." if step.did else "")
            continue
        words = _Words(params.get(step.name, {}))
        lines += [line for select in _selects(trees[step.name]) for line in _select(select, words)]
        if len(steps) > 1:
            lines.append(f"That made {step.title or step.name}: {plural(step.rows, 'row')}.")
    return tuple(line for line in lines if line)


def _read(trees: Sequence[exp.Expr], others: Sequence[str], tables: Sequence[Table]) -> str:
    named = {node.name.casefold() for tree in trees for node in tree.find_all(exp.Table)}
    named |= {name.casefold() for name in others}
    read = [table for table in tables if table.name.casefold() in named]
    said = [
        f"{table.name} ({plural(table.rows, 'row')} of {table.source})"
        if table.source != table.name
        else f"{table.name} ({plural(table.rows, 'row')})"
        for table in read
    ]
    return f"Read {listed(said)}." if said else ""


def _selects(tree: exp.Expr) -> Iterator[exp.Select]:
    """The selects of a statement in the order they are computed: inner ones first."""
    yield from reversed(list(tree.find_all(exp.Select, bfs=True)))


def _select(select: exp.Select, words: _Words) -> Iterator[str]:
    named = {table.alias_or_name: table.name for table in select.find_all(exp.Table)}
    for join in select.args.get("joins") or ():
        yield _join(join, words, named)
    where, having, qualify = (select.args.get(part) for part in ("where", "having", "qualify"))
    if where:
        yield f"Kept rows where {words.say(where.this)}."
    yield from _grouped(select, words)
    if having:
        yield f"Kept groups where {words.say(having.this)}."
    if qualify:
        yield f"Kept rows where {words.say(qualify.this)}."
    if select.args.get("distinct"):
        yield "Removed repeated rows."
    yield from _sorted(select, words)


def _join(join: exp.Join, words: _Words, named: Mapping[str, str]) -> str:
    other = named.get(join.this.alias_or_name, join.this.alias_or_name) or "a step before"
    using = join.args.get("using")
    on = join.args.get("on")
    by = f" by {listed([u.name for u in using])}" if using else ""
    by = by or (f" where {words.say(_of_tables(on, named))}" if on else "")
    side = str(join.args.get("side") or "").casefold()
    kept = {
        "left": "rows without a match were kept",
        "full": "rows without a match were kept on both sides",
        "right": f"every row of {other} was kept",
    }.get(side, "rows without a match were left out")
    return f"Matched with {other}{by}; {kept}." if by else f"Combined with every row of {other}."


def _of_tables(condition: exp.Expr, named: Mapping[str, str]) -> exp.Expr:
    """The condition with each column called by its table: flights.carrier, airlines.carrier."""

    def called(node: exp.Expr) -> exp.Expr:
        table = named.get(node.table) if isinstance(node, exp.Column) else None
        return exp.column(f"{table}.{node.name}") if table else node

    return condition.transform(called)


def _grouped(select: exp.Select, words: _Words) -> Iterator[str]:
    keys = list(select.args["group"].expressions) if select.args.get("group") else []
    shown = {item.alias_or_name: item.unalias() for item in select.expressions}
    said = [words.say(_meant(key, shown, select)) for key in keys]
    if said:
        yield f"Grouped by {listed(list(dict.fromkeys(said)))}."
    computed = [
        words.say(item.unalias())
        for item in select.expressions
        if item.find(exp.AggFunc) and not item.find(exp.Subquery)
    ]
    if computed:
        yield f"Computed {listed(computed)}."


def _sorted(select: exp.Select, words: _Words) -> Iterator[str]:
    order, limit = select.args.get("order"), select.args.get("limit")
    shown = {item.alias_or_name: item.unalias() for item in select.expressions}
    if order:
        said = [
            f"{words.say(_meant(item.this, shown, select))}, "
            f"{'highest' if item.args.get('desc') else 'lowest'} first"
            for item in order.expressions
        ]
        yield f"Sorted by {'; then by '.join(said)}."
    if limit:
        count = words.say(limit.expression)
        yield f"Kept the first {'row' if count == '1' else f'{count} rows'}."


def _meant(key: exp.Expr, shown: Mapping[str, exp.Expr], select: exp.Select) -> exp.Expr:
    """What a key stands for when it is a number or a name of a shown column."""
    if isinstance(key, exp.Literal) and not key.is_string:
        at = int(key.this) - 1
        return select.expressions[at].unalias() if at < len(select.expressions) else key
    if isinstance(key, exp.Column) and not key.table:
        return shown.get(key.name, key)
    return key


_BETWEEN: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.GT: "is above",
    exp.GTE: "is at least",
    exp.LT: "is below",
    exp.LTE: "is at most",
    exp.And: "and",
    exp.Or: "or",
    exp.Like: "is like",
    exp.ILike: "is like",
    exp.Is: "is",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "x",
    exp.Div: "/",
    exp.NullSafeEQ: "is",
    exp.NullSafeNEQ: "is not",
}
_OF: dict[type[exp.Expr], str] = {
    exp.Sum: "the total of",
    exp.Avg: "the average of",
    exp.Min: "the lowest",
    exp.Max: "the highest",
    exp.Median: "the median of",
    exp.Stddev: "the standard deviation of",
    exp.Year: "the year of",
    exp.Quarter: "the quarter of",
    exp.Month: "the month of",
    exp.Week: "the week of",
    exp.Day: "the day of",
}
_THROUGH = (exp.Cast, exp.TryCast, exp.Paren, exp.Lower, exp.Upper, exp.Trim, exp.Round)


class _Words:
    """Expressions in plain words; what has none is shown as SQL."""

    def __init__(self, params: Mapping[str, Wire]) -> None:
        self.params = params

    def say(self, node: Any) -> str:
        if type(node) in _BETWEEN:
            return f"{self.say(node.this)} {_BETWEEN[type(node)]} {self.say(node.expression)}"
        if type(node) in _OF:
            return f"{_OF[type(node)]} {self.say(node.this)}"
        if isinstance(node, exp.Paren) and isinstance(node.this, exp.Binary):
            return f"({self.say(node.this)})"
        if isinstance(node, _THROUGH):
            return self.say(node.this)
        teller = _TELLERS.get(type(node))
        return teller(self, node) if teller else node.sql(dialect="duckdb")


def _count(words: _Words, node: exp.Count) -> str:
    if isinstance(node.this, exp.Distinct):
        different = listed([words.say(item) for item in node.this.expressions])
        return f"the number of different {different}"
    return "the number of rows" if _all(node) else f"the number of {words.say(node.this)}"


def _not(words: _Words, node: exp.Not) -> str:
    inner = node.this.unnest()
    if isinstance(inner, (exp.Is, exp.In)):
        return words.say(inner).replace(" is ", " is not ", 1)
    return f"not ({words.say(inner)})"


def _in(words: _Words, node: exp.In) -> str:
    if not node.expressions:
        return f"{words.say(node.this)} is among those found"
    return f"{words.say(node.this)} is one of {listed([words.say(e) for e in node.expressions])}"


def _window(words: _Words, node: exp.Window) -> str:
    """A place in an order, or a sum over a part, by what it goes."""
    parts = [words.say(part) for part in node.args.get("partition_by") or ()]
    within = f" within each {listed(parts)}" if parts else ""
    order = node.args.get("order")
    ordered = [words.say(item.this) for item in order.expressions] if order else []
    if isinstance(node.this, (exp.Rank, exp.DenseRank, exp.RowNumber)):
        first = "highest" if order and order.expressions[0].args.get("desc") else "lowest"
        return f"the place by {listed(ordered)}{within}, {first} first"
    along = f" along {listed(ordered)}" if ordered else ""
    return f"{words.say(node.this)}{within}{along}"


def _between(words: _Words, node: exp.Between) -> str:
    low, high = words.say(node.args["low"]), words.say(node.args["high"])
    return f"{words.say(node.this)} is between {low} and {high}"


def _placeholder(words: _Words, node: exp.Placeholder) -> str:
    return str(words.params.get(node.name, f"${node.name}"))


def _filter(words: _Words, node: exp.Filter) -> str:
    return f"{words.say(node.this)} where {words.say(node.expression.this)}"


def _truncated(words: _Words, node: exp.TimestampTrunc) -> str:
    return f"the {node.args['unit'].name.casefold()} of {words.say(node.this)}"


def _extracted(words: _Words, node: exp.Extract) -> str:
    return f"the {node.this.name.casefold()} of {words.say(node.expression)}"


def _all(node: exp.Count) -> bool:
    return node.this is None or isinstance(node.this, (exp.Star, exp.Literal))


_TELLERS: dict[type[exp.Expr], Callable[[_Words, Any], str]] = {
    exp.Column: lambda words, node: node.name,
    exp.Literal: lambda words, node: str(node.this),
    exp.Null: lambda words, node: "empty",
    exp.Boolean: lambda words, node: "true" if node.this else "false",
    exp.Count: _count,
    exp.Not: _not,
    exp.In: _in,
    exp.Between: _between,
    exp.Placeholder: _placeholder,
    exp.Filter: _filter,
    exp.DateTrunc: _truncated,
    exp.TimestampTrunc: _truncated,
    exp.Extract: _extracted,
    exp.Window: _window,
}
