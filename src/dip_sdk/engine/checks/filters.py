"""Filters that match nothing: `empty_filter`, with the value that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...types.result import Check
from ...types.sql import quoted
from ...types.values import Wire
from ..nearest import nearest
from ..told import listed
from .block import Block, Source
from .calls import EXTREMES, name_of, walk
from .context import LARGE, finding

MOST = 12
"""Most values that are looked up for one statement."""
MOST_NAMED = 8
RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.EQ)


def empty_filter(block: Block) -> Iterator[Check]:
    """Values asked for that no row has, and ranges in which nothing lies."""
    if block.rows > LARGE:
        return
    for index, (column, value, warns) in enumerate(_asked_values(block)):
        source = block.owner(column)
        if index < MOST and source and source.table and not _held(block, source, column, value):
            yield _unknown(block, source, column.name, str(_meant(block, value)), warns)
    if _came_out_empty(block):
        yield from _ranges(block)


def _asked_values(block: Block) -> Iterator[tuple[exp.Column, exp.Expr, bool]]:
    """Each (text column, constant) held equal, and how much it matters if there is none."""
    seen: set[tuple[str, str]] = set()
    for node in walk(block.select):
        for column, value, warns in _pairs(node):
            key = (column.sql(), value.sql())
            if key not in seen and isinstance(_meant(block, value), str) and _text(block, column):
                seen.add(key)
                yield column, value, warns


def _pairs(node: exp.Expr) -> Iterator[tuple[exp.Column, exp.Expr, bool]]:
    if isinstance(node, (exp.EQ, exp.NEQ)):
        softly = isinstance(node, exp.NEQ) or isinstance(node.parent, (exp.Or, exp.Not))
        for side, other in ((node.this, node.expression), (node.expression, node.this)):
            if (column := _column(side)) and _constant(other):
                yield column, other, not softly
    elif isinstance(node, exp.In) and (column := _column(node.this)):
        softly = len(node.expressions) > 1 or isinstance(node.parent, (exp.Or, exp.Not))
        for value in filter(_constant, node.expressions):
            yield column, value, not softly


def _column(node: exp.Expr) -> exp.Column | None:
    """The column itself, or lower(), upper() or trim() of it."""
    while name_of(node) in ("lower", "upper", "trim"):
        inner = node.expressions if isinstance(node, exp.Anonymous) else [node.this]
        if len(inner) != 1:
            return None
        node = inner[0]
    return node if isinstance(node, exp.Column) else None


def _constant(node: exp.Expr) -> bool:
    if name_of(node) in ("lower", "upper", "trim"):
        node = next(iter(node.expressions), node.this)
    return isinstance(node, (exp.Literal, exp.Placeholder))


def _meant(block: Block, value: exp.Expr) -> Wire:
    node = value.find(exp.Literal, exp.Placeholder)
    if isinstance(node, exp.Placeholder):
        return block.context.params(block.step).get(node.name)
    return node.this if isinstance(node, exp.Literal) and node.is_string else None


def _text(block: Block, column: exp.Column) -> bool:
    source = block.owner(column)
    known = source.column(column.name) if source else None
    return known is not None and known.type == "text"


def _held(block: Block, source: Source, column: exp.Column, value: exp.Expr) -> bool:
    """Some row of the table has the value, compared as the statement compares it."""
    node = value.parent
    side = node.this if isinstance(node, exp.In) else None
    if side is None and isinstance(node, exp.Binary):
        side = node.expression if node.this is value else node.this
    test = exp.EQ(this=(side or column).copy(), expression=value.copy())
    return bool(block.ask(block.query(("1",), where=(test,), only=source)))


def _unknown(block: Block, source: Source, column: str, value: str, warns: bool) -> Check:
    known, complete = _values(block, source, column)
    near = next((k for k in known if k.strip().casefold() == value.strip().casefold()), None)
    near = near or nearest(value, known)
    hint = f"; did you mean '{near}'?" if near else "."
    if near is None and complete and 0 < len(known) <= MOST_NAMED:
        hint = f"; it holds {listed(known)}."
    message = f"No '{value}' in {column}{hint}"
    return finding("empty_filter", message, warns=warns, column=column, value=value, nearest=near)


def _values(block: Block, source: Source, column: str) -> tuple[list[str], bool]:
    """The column's values, the most frequent first, and whether these are all."""
    found = block.context.view.distinct(source.title, column)
    if found is not None:
        return [str(value) for value, _ in found.values if value is not None], found.complete
    name, table = quoted(column), quoted(source.title)
    sql = (
        f"select {name} from {table} where {name} is not null group by 1 order by count(*) desc, 1"
    )
    rows = block.ask(sql, limit=10_000)
    return [str(value) for (value,) in rows], len(rows) < 10_000


def _came_out_empty(block: Block) -> bool:
    """The step made no row, or one row of nothing."""
    made = block.context.made.get(block.step)
    if made is None or made.rows > 1:
        return False
    return all(cell in (None, 0) for row in made.preview for cell in row)


def _ranges(block: Block) -> Iterator[Check]:
    """Conditions on a number or a date that no row of its table meets."""
    found: dict[tuple[str, str], list[exp.Expr]] = {}
    for part in block.conditions:
        columns = {c.name for c in part.find_all(exp.Column)}
        owners = block.owners(part)
        if len(columns) == len(owners) == 1 and isinstance(part, RANGES):
            found.setdefault((owners[0].alias.casefold(), columns.pop()), []).append(part)
    for (alias, name), parts in found.items():
        source = block.sources[alias]
        known = source.column(name)
        if known and known.type != "text" and not any(p.find(exp.Query) for p in parts):
            yield from _outside(block, source, name, parts)


def _outside(block: Block, source: Source, name: str, parts: list[exp.Expr]) -> Iterator[Check]:
    if block.ask(block.query(("1",), where=parts, only=source)):
        return
    ends = tuple(f"{end}({quoted(source.alias)}.{quoted(name)})" for end in sorted(EXTREMES)[::-1])
    ((low, high),) = block.ask(block.query(ends, where=(), only=source))
    if low is not None:
        message = f"No row has the {name} asked for: it goes from {low} to {high}."
        yield finding("empty_filter", message, column=name, minimum=low, maximum=high)
