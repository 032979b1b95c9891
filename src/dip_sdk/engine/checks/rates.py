"""Rates that are folded as if they were amounts: `average_of_averages`, `summed_rates`, and an
order of groups that turns round in every part: `reversal`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from ...types.result import Check
from ...types.sql import quoted
from ...types.values import Row
from ..names import words
from .block import Block, Source, whole
from .calls import Aggregate, aggregates, sql_of
from .context import LARGE, finding

RATES = frozenset({
    "rate", "percent", "percentage", "pct", "ratio", "average", "avg", "mean", "median",
})  # fmt: skip
MEANS = frozenset({"avg", "mean", "favg"})
MOST_ROWS = 200_000
"""A larger table is not taken apart to look for a reversal."""
MOST_GROUPS = 8
MOST_PARTS = 6
FEWEST = 5
"""Rows that each group has in each part."""
MOST_COLUMNS = 6


def summed_rates(block: Block) -> Iterator[Check]:
    """A total of rates, percentages or averages, which says nothing."""
    for aggregate in block.aggregates:
        node = aggregate.argument
        if aggregate.name != "sum" or not isinstance(node, exp.Column):
            continue
        if RATES & set(words(node.name)[-1:]):
            message = f"{node.name} is added up, but a total of rates or averages has no meaning."
            yield finding("summed_rates", message, column=node.name)


def average_of_averages(block: Block) -> Iterator[Check]:
    """A mean of means weighs every group alike, however many rows it has."""
    for aggregate in block.aggregates:
        if aggregate.name not in MEANS or not isinstance(aggregate.argument, exp.Column):
            continue
        inner = _source_block(block, aggregate.argument)
        if inner is None or not inner.keys or not _is_mean(inner, aggregate.argument.name):
            continue
        sizes = inner.query(("count(*) as n",), group=inner.keys)
        ((least, most),) = inner.ask(f"select min(n), max(n) from ({sizes})")
        if whole(least) < whole(most):
            message = (
                "This is an average of averages: groups count alike, though they rest on "
                f"{whole(least):,} to {whole(most):,} rows."
            )
            yield finding("average_of_averages", message, smallest=least, largest=most)


def _source_block(block: Block, column: exp.Column) -> Block | None:
    """The SELECT that makes the source of a column: a subquery, a WITH or a step before."""
    source = block.owner(column)
    if source is None or source.table is not None:
        return None
    node = source.node
    if isinstance(node, exp.Subquery):
        return Block(block.context, block.step, node.this) if _plain(node.this) else None
    name = node.name.casefold()
    for cte in block.context.trees[block.step].find_all(exp.CTE):
        if cte.alias.casefold() == name and _plain(cte.this):
            return Block(block.context, block.step, cte.this)
    step = block.context.before(block.step).get(name)
    tree = block.context.trees.get(step) if step else None
    return Block(block.context, step, tree) if step and isinstance(tree, exp.Select) else None


def _plain(query: exp.Expr) -> bool:
    return isinstance(query, exp.Select) and bool(query.args.get("from_"))


def _is_mean(block: Block, name: str) -> bool:
    """The output of that name is a mean itself."""
    output = next((o for o in block.select.expressions if o.alias_or_name == name), None)
    return output is not None and any(a.name in MEANS for a in aggregates(output))


def reversal(block: Block) -> Iterator[Check]:
    """Simpson's paradox: one group leads overall and trails in every part of another column."""
    mean, key = _compared(block)
    if mean is None or key is None or mean.argument is None:
        return
    source = block.owner(key)
    if source is None or source.table is None or source.table.rows > MOST_ROWS:
        return
    group, value = sql_of(key), sql_of(mean.argument)
    outputs = (f"{group} as g", f"avg({value}) as m")
    groups = block.ask(block.query(outputs, group=(key,)), limit=MOST_GROUPS + 1)
    means = {row[0]: row[1] for row in groups if row[0] is not None and row[1] is not None}
    if not 2 <= len(means) <= MOST_GROUPS:
        return
    ends = (min(means, key=lambda g: _of(means[g])), max(means, key=lambda g: _of(means[g])))
    for column in _parts(block, source):
        rows = block.ask(block.query(
            (f"{column} as part", *outputs, f"count({value}) as n"),
            group=(exp.maybe_parse(column, dialect="duckdb"), key),
        ), limit=MOST_GROUPS * (MOST_PARTS + 1))  # fmt: skip
        if parts := _reversed(rows, ends):
            low, high = ends
            name = column.rpartition(".")[2].strip('"')
            message = (
                f"{high} has the higher average overall, but {low} has it in each of the {parts} "
                f"groups of {name}: what is compared differs in its {name}."
            )
            yield finding("reversal", message, by=name, higher=high, lower=low)
            return


def _compared(block: Block) -> tuple[Aggregate | None, exp.Column | None]:
    """The mean and the one column it is compared by."""
    if block.rows > LARGE or block.joins or not block.keys or len(block.keys) != 1:
        return None, None
    (key,) = block.keys
    means = [a for a in block.aggregates if a.name in MEANS and a.argument is not None]
    return (means[0], key) if len(means) == 1 and isinstance(key, exp.Column) else (None, None)


def _parts(block: Block, source: Source) -> Iterator[str]:
    """Text columns of few values that the statement does not use."""
    used = {column.name.casefold() for column in block.select.find_all(exp.Column)}
    table = source.table
    names = [c.name for c in table.visible if c.type in ("text", "boolean")] if table else []
    for name in [name for name in names if name.casefold() not in used][:MOST_COLUMNS]:
        column = f"{quoted(source.alias)}.{quoted(name)}"
        ((values,),) = block.ask(block.query((f"count(distinct {column})",)))
        if 2 <= whole(values) <= MOST_PARTS:
            yield column


def _reversed(rows: Sequence[Row], ends: tuple[object, object]) -> int:
    """In how many parts the order of the two ends is the other way round; 0 unless in all."""
    parts: dict[object, dict[object, float]] = {}
    for part, group, mean, size in rows:
        if part is None or mean is None or whole(size) < FEWEST:
            continue
        parts.setdefault(part, {})[group] = _of(mean)
    whole_parts: list[Mapping[object, float]] = [
        means for means in parts.values() if all(end in means for end in ends)
    ]
    named = {row[0] for row in rows if row[0] is not None and row[1] in ends}
    if len(whole_parts) < 2 or len(whole_parts) < len(named):
        return 0
    low, high = ends
    return len(whole_parts) if all(means[low] > means[high] for means in whole_parts) else 0


def _of(value: object) -> float:
    return float(str(value))
