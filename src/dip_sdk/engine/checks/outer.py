"""A LEFT JOIN whose rows without a match a filter takes away again: `rows_dropped`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...render.numbers import plural
from ...types.result import Check
from .block import Block, Source, row_of, whole
from .context import LARGE, finding

KEEPS_NULLS = (exp.Is, exp.Coalesce, exp.Or, exp.Not, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Case)


def undone_left_join(block: Block) -> Iterator[Check]:
    """A filter on the side that may be empty makes an inner join of a left one."""
    first = next(iter(block.sources.values()), None)
    outer = {join.this.alias_or_name.casefold() for join in block.joins if join.side == "LEFT"}
    if first is None or not outer or block.rows > LARGE or len(block.joins) != len(outer):
        return
    for part in block.conditions:
        owners = [source for source in block.owners(part) if source.alias.casefold() in outer]
        if not owners or part.find(*KEEPS_NULLS) or part.find(exp.Query):
            continue
        yield from _lost(block, first, owners[0], part)
        return


def _lost(block: Block, first: Source, empty: Source, part: exp.Expr) -> Iterator[Check]:
    """Rows of the left that have no match, and would be there without the filter."""
    others = [c for c in block.conditions if c is not part]
    missing = exp.condition(f"{row_of(empty)} is null", dialect="duckdb")
    count = f"count(distinct {row_of(first)})"
    numbered = (first, empty)
    ((rows,),) = block.ask(block.query((count,), where=others, numbered=numbered))
    ((lost,),) = block.ask(block.query((count,), where=[*others, missing], numbered=numbered))
    if whole(lost):
        message = (
            f"The left join keeps rows of {first.title} without a match in {empty.title}, but the "
            f"filter on {empty.title} takes them away: {whole(lost):,} of "
            f"{plural(whole(rows), 'row')}."
        )
        yield finding(
            "rows_dropped", message, table=first.title, rows=whole(rows), dropped=whole(lost)
        )
