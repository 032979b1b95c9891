"""Running totals that are added up again: `running_total`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...types.dataset import Table
from ...types.result import Check
from ...types.sql import quoted
from ..names import words
from .block import Block, Source, whole
from .context import LARGE, finding

FEWEST = 20
"""Steps from one date to the next that tell whether a column only rises."""
RISING, FALLING = 0.6, 0.01
"""Shares of steps that rise at least, and fall at most: running totals are corrected at times."""
MOST_KEYS = 3
NAMES = frozenset({
    "accumulated", "balance", "cum", "cumulative", "far", "running", "stock", "total", "ytd",
})  # fmt: skip
"""Words of a name that may mean a total to date; amounts of a growing shop only rise as well."""


def running_total(block: Block) -> Iterator[Check]:
    """A total of what is itself a total to date: each day counts all days before it again."""
    if block.rows > LARGE or block.keys is None:
        return
    seen: set[str] = set()
    for aggregate in block.aggregates:
        column = aggregate.argument
        if aggregate.name != "sum" or not isinstance(column, exp.Column):
            continue
        if not NAMES & set(words(column.name)):
            continue
        source = block.owner(column)
        day = _only_date(source.table) if source and source.table else ""
        if source and day and column.name not in seen and not _at_one_date(block, day):
            seen.add(column.name)
            yield from _rising(block, source, column.name, day)


def _only_date(table: Table) -> str:
    """The one date of a table; "" where there is none, or several."""
    dates = [c.name for c in table.visible if c.type.partition("(")[0] in {"date", "timestamp"}]
    return dates[0] if len(dates) == 1 else ""


def _at_one_date(block: Block, day: str) -> bool:
    """It adds up what stands at one date, or at each: a total over things, not over time."""
    keyed = [key.this if isinstance(key, exp.Cast) else key for key in block.keys or ()]
    fixed = [c.this for c in block.conditions if isinstance(c, exp.EQ)]
    return any(isinstance(node, exp.Column) and node.name == day for node in (*keyed, *fixed))


def _rising(block: Block, source: Source, name: str, day: str) -> Iterator[Check]:
    assert source.table is not None  # noqa: S101 -- the caller asked
    within = _series(block, source.table, day)
    if within is None:
        return
    parts = f"partition by {quoted(within)} " if within else ""
    table, value = quoted(source.table.name), quoted(name)
    sql = (
        "select count(before) as n, count(*) filter (value > before) as up, "
        f"count(*) filter (value < before) as down from (select {value} as value, "
        f"lag({value}) over ({parts}order by {quoted(day)}) as before from {table} "
        f"where {value} is not null) as steps"
    )
    ((steps, up, down),) = block.ask(sql)
    n = whole(steps)
    if n >= FEWEST and whole(up) >= RISING * n and whole(down) <= FALLING * n:
        of = f" of a {within}" if within else ""
        message = (
            f"{name} hardly ever falls from one {day}{of} to the next: it looks like a running "
            "total, and adding it up counts the same again. Its highest value may be meant."
        )
        yield finding("running_total", message, column=name, steps=n, falls=whole(down))


def _series(block: Block, table: Table, day: str) -> str | None:
    """The text column that has each date once; "" where each date stands once, None for neither."""
    texts = [c.name for c in table.visible if c.type == "text"][:MOST_KEYS]
    pairs = ", ".join(
        f"count(distinct ({quoted(day)}, {quoted(text)})) as {quoted(f'n{at}')}"
        for at, text in enumerate(texts)
    )
    sql = (
        f"select count({quoted(day)}) as n, count(distinct {quoted(day)}) as days"
        f"{', ' + pairs if pairs else ''} from {quoted(table.name)}"
    )
    ((rows, days, *counts),) = block.ask(sql)
    if whole(days) == whole(rows):
        return ""
    fitting = [text for text, n in zip(texts, counts, strict=True) if whole(n) == whole(rows)]
    return fitting[0] if fitting else None
