"""Missing values: `nulls_excluded`, `null_groups` and `all_null_result`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...render.numbers import plural
from ...types.result import Check
from ...types.sql import quoted
from .block import Block, whole
from .calls import AVERAGES, TOTALS, Aggregate, sql_of
from .context import LARGE, Context, finding

FEW = 0.05
"""A smaller share of missing values is worth a note, not a warning."""

PLAIN = (
    exp.Column, exp.Identifier, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Neg,
    exp.Paren, exp.Literal, exp.Cast, exp.DataType,
)  # fmt: skip


def nulls_excluded(block: Block) -> Iterator[Check]:
    """Rows that an average, a total or a count leaves out because the value is missing."""
    if block.rows > LARGE:
        return
    seen: set[str] = set()
    for aggregate in block.aggregates:
        empty = _emptiness(block, aggregate)
        if empty and empty not in seen:
            seen.add(empty)
            yield from _excluded(block, aggregate, empty)


def _emptiness(block: Block, aggregate: Aggregate) -> str:
    """SQL that is true where a value goes missing; "" where none can, or where that is meant."""
    node = aggregate.argument
    if node is None or aggregate.distinct or aggregate.name not in AVERAGES | TOTALS:
        return ""
    if aggregate.name in AVERAGES and _is_indicator(node):
        return f"({sql_of(node)}) is null"
    if any(not isinstance(n, PLAIN) or isinstance(n, exp.TryCast) for n in node.walk()):
        return ""
    columns = list(node.find_all(exp.Column))
    owners = {source.alias.casefold() for source in block.owners(node)}
    if not columns or owners & block.nullable() or all(_complete(block, c) for c in columns):
        return ""
    return " or ".join(dict.fromkeys(f"{sql_of(column)} is null" for column in columns))


def _is_indicator(node: exp.Expr) -> bool:
    """A CASE that gives a number for each answer and none for what fits no case."""
    if not isinstance(node, exp.Case) or node.args.get("default") is not None:
        return False
    return len(node.args["ifs"]) > 1 and all(
        isinstance(branch.args["true"], exp.Literal) for branch in node.args["ifs"]
    )


def _complete(block: Block, column: exp.Column) -> bool:
    """The profile knows of no missing value."""
    owner = block.owner(column)
    profile = (owner.table.profile if owner and owner.table else None) or ()
    return any(p.name == column.name and p.nulls == 0 and not p.sampled for p in profile)


def _excluded(block: Block, aggregate: Aggregate, empty: str) -> Iterator[Check]:
    kept = f" and ({sql_of(aggregate.filter)})" if aggregate.filter else ""
    all_rows = f"count(*) filter (where true{kept})"
    missing = f"count(*) filter (where ({empty}){kept})"
    ((rows, nulls),) = block.ask(block.query((all_rows, missing)))
    if not whole(nulls):
        return
    what = listed_columns(aggregate)
    verb = "has" if whole(nulls) == 1 else "have"
    message = (
        f"{whole(nulls):,} of {plural(whole(rows), 'row')} {verb} no {what} and "
        f"{'is' if whole(nulls) == 1 else 'are'} left out of the {aggregate.noun}."
    )
    many = whole(nulls) >= FEW * whole(rows)
    yield finding(
        "nulls_excluded", message, warns=many, column=what, rows=whole(rows), nulls=whole(nulls)
    )


def unequal_nulls(block: Block) -> Iterator[Check]:
    """Rows without a value are neither equal nor unequal to one: a "not" leaves them out."""
    if block.rows > LARGE:
        return
    for part in block.conditions:
        column = _denied(part)
        owner = block.owner(column) if column else None
        if column is None or owner is None or owner.alias.casefold() in block.nullable():
            continue
        others = [c for c in block.conditions if c is not part]
        empty = f"count(*) filter (where {sql_of(column)} is null)"
        ((rows, nulls),) = block.ask(block.query(("count(*)", empty), where=others))
        if whole(nulls):
            verb = "has" if whole(nulls) == 1 else "have"
            also = "is" if whole(nulls) == 1 else "are"
            message = (
                f"{whole(nulls):,} of {plural(whole(rows), 'row')} {verb} no {column.name} and "
                f"{also} left out by the condition on it."
            )
            yield finding(
                "nulls_excluded",
                message,
                warns=whole(nulls) >= FEW * whole(rows),
                column=column.name,
                rows=whole(rows),
                nulls=whole(nulls),
            )


def _denied(part: exp.Expr) -> exp.Column | None:
    """The column that a condition holds unequal to a constant, or not among several."""
    inner = part.this if isinstance(part, exp.Not) else part
    if isinstance(part, exp.NEQ) or (isinstance(part, exp.Not) and isinstance(inner, exp.In)):
        column = inner.this
        if isinstance(column, exp.Column) and not inner.find(exp.Query):
            return column
    return None


def listed_columns(aggregate: Aggregate) -> str:
    """The columns of an aggregate's argument: "quantity or price"."""
    if aggregate.argument is None:
        return "value"
    names = dict.fromkeys(column.name for column in aggregate.argument.find_all(exp.Column))
    return " or ".join(names)


def null_groups(block: Block) -> Iterator[Check]:
    """A group without a name: the rows whose key is missing."""
    made = block.context.made.get(block.step)
    shown = block.is_root and block.step in block.context.shown()
    if not shown or made is None or not block.keys or block.rows > LARGE:
        return
    for key in block.keys:
        at = next((i for i, o in enumerate(block.select.expressions) if o.unalias() == key), None)
        if at is None or any(item.is_star for item in block.select.expressions):
            continue
        if made.rows <= len(made.preview) and all(row[at] is not None for row in made.preview):
            continue
        ((rows,),) = block.ask(block.query((f"count(*) filter (where ({sql_of(key)}) is null)",)))
        place, name = block.context.place(block.step), made.columns[at].name
        ((groups,),) = block.ask(f"select count(*) from {place} where {quoted(name)} is null")
        if whole(rows) and whole(groups):
            verb = "has" if whole(rows) == 1 else "have"
            message = f"{plural(whole(rows), 'row')} {verb} no {name}: a group without a name."
            yield finding("null_groups", message, column=name, rows=whole(rows))


def _given(context: Context) -> frozenset[str]:
    """Where rows are listed, the columns that are shown as the table has them."""
    tree = context.trees.get(context.answer.table)
    if context.answer.reading.shape not in ("rows", "list"):
        return frozenset()
    if not isinstance(tree, exp.Select) or any(output.is_star for output in tree.expressions):
        made = context.made[context.answer.table]
        return frozenset(column.name for column in made.columns)
    outputs = tree.expressions
    return frozenset(o.alias_or_name for o in outputs if isinstance(o.unalias(), exp.Column))


def all_null_result(context: Context) -> Iterator[Check]:
    """A column of the answer that holds no value at all."""
    made = context.made.get(context.answer.table)
    if made is None or not made.rows:
        return
    given = _given(context)
    for index, column in enumerate(made.columns):
        if column.name in given or any(row[index] is not None for row in made.preview):
            continue
        if made.rows > len(made.preview):
            sql = f"select count({quoted(column.name)}) from {context.place(context.answer.table)}"
            if whole(context.look(sql, {}, 1).rows[0][0]):
                continue
        message = f"{column.name} is empty in the whole answer: no row had a value to compute it."
        yield finding("all_null_result", message, column=column.name)
