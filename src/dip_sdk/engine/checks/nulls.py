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
    if any(not isinstance(n, PLAIN) or isinstance(n, exp.TryCast) for n in node.walk()):
        return ""
    columns = list(node.find_all(exp.Column))
    owners = {source.alias.casefold() for source in block.owners(node)}
    if not columns or owners & block.nullable() or all(_complete(block, c) for c in columns):
        return ""
    return " or ".join(dict.fromkeys(f"{sql_of(column)} is null" for column in columns))


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


def all_null_result(context: Context) -> Iterator[Check]:
    """A column of the answer that holds no value at all."""
    made = context.made.get(context.answer.table)
    if made is None or not made.rows or context.answer.reading.shape in ("rows", "list"):
        return
    for index, column in enumerate(made.columns):
        if any(row[index] is not None for row in made.preview):
            continue
        if made.rows > len(made.preview):
            sql = f"select count({quoted(column.name)}) from {context.place(context.answer.table)}"
            if whole(context.look(sql, {}, 1).rows[0][0]):
                continue
        message = f"{column.name} is empty in the whole answer: no row had a value to compute it."
        yield finding("all_null_result", message, column=column.name)
