"""Answers that hang on the order of rows, or sort numbers as text: `row_order`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...types.result import Check
from ...types.sql import quoted
from .block import Block, Source, whole
from .calls import EXTREMES, arguments, name_of, walk
from .context import LARGE, finding

ORDERED = frozenset({
    "first", "last", "first_value", "last_value", "nth_value", "lag", "lead", "row_number",
})  # fmt: skip
SAMPLE = 10_000


def row_order(block: Block) -> Iterator[Check]:
    """Functions that need an order and have none, and text that holds numbers put in order."""
    for name in dict.fromkeys(_unordered(block)):
        message = f"'{name}' follows the order of rows in the file: no other order was asked for."
        yield finding("row_order", message, function=name)
    seen: set[str] = set()
    for column in _sorted_columns(block):
        source = block.owner(column)
        if source and source.table and column.name not in seen and _numbers(block, source, column):
            seen.add(column.name)
            message = f"{column.name} is text and sorted as text: 10 comes before 9."
            yield finding("row_order", message, column=column.name)


def _unordered(block: Block) -> Iterator[str]:
    for node in walk(block.select):
        name = name_of(node)
        if name in ORDERED and not any(isinstance(a, exp.Order) for a in arguments(node)):
            window = node.find_ancestor(exp.Window)
            if window is None or not (window.args.get("order") or window.args.get("alias")):
                yield name


def _sorted_columns(block: Block) -> Iterator[exp.Column]:
    """Columns that stand bare in ORDER BY, min() or max()."""
    order = block.select.args.get("order")
    terms = [block.meant(term.this) for term in order.expressions] if order else []
    for node in walk(block.select):
        if name_of(node) in EXTREMES:
            terms += arguments(node)[:1]
    yield from (term for term in terms if isinstance(term, exp.Column))


def _numbers(block: Block, source: Source, column: exp.Column) -> bool:
    """The column is text, and all its values begin with numbers of different lengths."""
    known = source.column(column.name)
    if known is None or known.type != "text" or block.rows > LARGE or source.table is None:
        return False
    if any(c.reading_of == known.name for c in source.table.columns):
        return True
    name = quoted(known.name)
    digits = f"nullif(length(regexp_extract({name}, '^[0-9]+')), 0)"
    sql = (
        f"select count(*), count({digits}), min({digits}), max({digits}) from "
        f"(select {name} from {quoted(source.table.name)} where {name} is not null limit {SAMPLE})"
    )
    ((values, numbers, shortest, longest),) = block.ask(sql)
    return whole(values) == whole(numbers) > 1 and shortest != longest
