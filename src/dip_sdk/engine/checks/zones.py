"""Days and hours of times that carry an offset: `time_zone`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...types.result import Check
from .block import Block
from .calls import arguments, name_of, walk
from .context import finding

PARTS = frozenset({
    "date_trunc", "datetrunc", "date_part", "datepart", "strftime", "year", "month", "day", "hour",
    "dayofweek", "weekday", "dayname", "monthname", "quarter", "week", "isodow", "dayofmonth",
})  # fmt: skip


def time_zone(block: Block) -> Iterator[Check]:
    """Times with an offset are cut into days or hours of UTC, not of the place they are from."""
    seen: set[str] = set()
    for node in walk(block.select):
        for column in _cut(node):
            source = block.owner(column)
            known = source.column(column.name) if source else None
            if known and known.type == "timestamptz" and column.name not in seen:
                seen.add(column.name)
                message = (
                    f"{column.name} carries offsets from UTC; days and hours are those of UTC, "
                    "so some may fall on another day than where they were recorded."
                )
                yield finding("time_zone", message, column=column.name)


def _cut(node: exp.Expr) -> Iterator[exp.Column]:
    """The columns whose calendar parts a node takes."""
    given = arguments(node) if name_of(node) in PARTS else []
    if isinstance(node, exp.Cast) and node.to.is_type("date", "time", "timestamp"):
        given = [node.this]
    if isinstance(node, exp.Extract):
        given = [node.expression]
    for item in given:
        if not item.find(exp.AtTimeZone):
            yield from item.find_all(exp.Column)
