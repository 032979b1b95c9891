"""Rows cut off by a LIMIT: `truncated`, `unordered_limit` and `ties`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from ...render.numbers import plural
from ...types.result import Check
from ...types.sql import quoted
from .block import Block, whole
from .context import LARGE, finding

MOST_SHOWN = 1_000
KEY = "_key"
NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip


def limits(block: Block) -> Iterator[Check]:
    """What a statement's LIMIT left out, when there was more."""
    made = block.context.made.get(block.step)
    limit = _limit(block)
    if made is None or limit is None or made.rows != limit or not limit or block.rows > LARGE:
        return
    order = block.select.args.get("order")
    if order is not None and limit <= MOST_SHOWN:
        yield from _ties(block, order.expressions[0], limit)
    asked = _asked(block, limit)
    if order is not None and asked:
        return
    total = _total(block)
    if total <= limit:
        return
    if order is None:
        message = (
            f"{limit:,} of {plural(total, 'row')}, in no particular order: others may come up."
        )
        yield finding("unordered_limit", message, warns=not asked, shown=limit, total=total)
        return
    shown = block.step in block.context.shown()
    verb = "are shown" if shown else "were used"
    message = f"Only the first {limit:,} of {plural(total, 'row')} {verb}."
    yield finding("truncated", message, shown=limit, total=total)


def _limit(block: Block) -> int | None:
    limit = block.select.args.get("limit")
    if not block.is_root or limit is None or block.select.args.get("offset"):
        return None
    node = limit.expression if isinstance(limit, exp.Limit) else None
    if isinstance(node, exp.Placeholder):
        value = block.context.params(block.step).get(node.name)
        return value if isinstance(value, int) else None
    return int(node.this) if isinstance(node, exp.Literal) and not node.is_string else None


def _asked(block: Block, limit: int) -> bool:
    """The question wants so many: by its reading, by its words, or as "the most" wants one."""
    if block.context.answer.reading.limit == limit:
        return True
    said = re.findall(r"\w+", block.context.plan.question.casefold())
    word = NUMBERS[limit] if limit < len(NUMBERS) else ""
    return (
        str(limit) in said or word in said or (limit == 1 and bool(block.select.args.get("order")))
    )


def _total(block: Block) -> int:
    whole_query = _uncut(block)
    return whole(block.ask(f"select count(*) from ({block.render(whole_query)})")[0][0])


def _uncut(block: Block) -> exp.Select:
    query = block.select.copy()
    query.set("limit", None)
    query.set("order", None)
    return query


def _ties(block: Block, term: exp.Expr, limit: int) -> Iterator[Check]:
    """The row after the last shown has the same value: which one is shown is chance."""
    uncut, key = _with_key(block, term.this)
    if uncut is None:
        return
    inner = block.render(uncut)
    down = "desc" if term.args.get("desc") else "asc"
    nulls = "first" if term.args.get("nulls_first") else "last"
    ordered = f"select {quoted(key)} from ({inner}) order by 1 {down} nulls {nulls}"
    keys = [row[0] for row in block.ask(f"{ordered} limit {limit + 1}", limit=limit + 1)]
    if len(keys) <= limit or keys[limit - 1] is None or keys[limit] != keys[limit - 1]:
        return
    last = f"({ordered} limit 1 offset {limit - 1})"
    count = f"select count(*) from ({inner}) where {quoted(key)} = {last}"
    tied, shown = whole(block.ask(count)[0][0]), keys[:limit].count(keys[limit - 1])
    value = keys[limit - 1]
    label = "it" if key == KEY else key
    place = "first" if limit == shown else "last"
    message = (
        f"{tied:,} rows share the {place} place ({label} {value}): "
        f"{shown:,} {'is' if shown == 1 else 'are'} shown, {tied - shown:,} not."
    )
    matters = block.context.answer.reading.shape in ("top", "value")
    yield finding("ties", message, warns=matters, value=value, tied=tied, shown=shown)


def _with_key(block: Block, term: exp.Expr) -> tuple[exp.Select | None, str]:
    """The statement without its LIMIT, with the value it is ordered by among its outputs."""
    meant = block.meant(term)
    for output in block.select.expressions:
        named = isinstance(term, exp.Column) and not term.table and output.alias == term.name
        if (named or output.unalias() == meant) and output.alias_or_name:
            return _uncut(block), output.alias_or_name
    if block.select.args.get("distinct"):
        return None, ""
    uncut = _uncut(block)
    uncut.append("expressions", exp.alias_(meant.copy(), KEY))
    return uncut, KEY
