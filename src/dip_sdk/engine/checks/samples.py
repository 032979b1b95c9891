"""What the rows behind a number are worth: `small_sample` and `duplicate_rows`."""

from __future__ import annotations

from collections.abc import Iterator

from ...render.numbers import plural
from ...types.dataset import Table
from ...types.result import Check
from ...types.sql import quoted
from ...types.values import Wire
from ..names import KEYS, words
from .block import Block, whole
from .calls import AVERAGES, TOTALS
from .context import LARGE, finding

FEW = 5
"""An average of fewer rows says little."""
LARGEST = 5_000_000
"""A larger table is not searched for repeated rows."""
WIDEST = 200
MOSTLY = 0.2
"""Where more rows repeat others, that is what the rows are like, not a slip."""


def small_sample(block: Block) -> Iterator[Check]:
    """Averages that rest on very few rows; a note when most of them do."""
    averaged = next((a for a in block.aggregates if a.name in AVERAGES and a.argument), None)
    if averaged is None or block.keys is None or block.rows > LARGE:
        return
    if block.select.args.get("having") or averaged.argument is None:
        return
    value = averaged.argument.sql(dialect="duckdb", identify=True, normalize_functions=False)
    inner = block.query((f"count({value}) as n",), group=block.keys)
    sql = f"select count(*), count(*) filter (where n < {FEW}), min(n) from ({inner}) where n > 0"
    ((groups, small, least),) = block.ask(sql)
    if not whole(small):
        return
    if not block.keys:
        message = f"The {averaged.noun} rests on {plural(whole(least), 'row')}."
    else:
        verb = "rests" if whole(small) == 1 else "rest"
        message = (
            f"{whole(small):,} of {plural(whole(groups), 'group')} {verb} on fewer than {FEW} rows "
            f"(the smallest on {whole(least)})."
        )
    some, every = whole(small), whole(groups)
    yield finding(
        "small_sample", message, warns=2 * some <= every, groups=every, small=some, least=least
    )


def duplicate_rows(block: Block) -> Iterator[Check]:
    """Exact copies among the rows of a table that are counted or added up."""
    seen: set[str] = set()
    for aggregate in block.aggregates:
        if aggregate.distinct or aggregate.name not in TOTALS | AVERAGES:
            continue
        owners = block.owners(aggregate.argument)
        sources = owners if aggregate.argument else tuple(block.sources.values())
        for source in sources:
            if source.table and source.table.name not in seen and _searched(source.table):
                seen.add(source.table.name)
                yield from _copies(block, source.table)


def _searched(table: Table) -> bool:
    return 1 < table.rows <= LARGEST and 0 < len(table.visible) <= WIDEST


def _copies(block: Block, table: Table) -> Iterator[Check]:
    """Compare hashes of the rows first, and the rows themselves only where hashes repeat."""
    names = ", ".join(quoted(column.name) for column in table.visible)
    sql = f"select count(distinct hash({names})) from {quoted(table.name)}"
    if whole(block.ask(sql)[0][0]) >= table.rows:
        return
    sql = (
        f"select sum(n - 1), min(n), max(n) from (select count(*) as n from {quoted(table.name)} "
        f"group by {names})"
    )
    ((copies, least, most),) = block.ask(sql)
    yield from _judged(table, whole(copies), whole(least), whole(most))


def _judged(table: Table, copies: int, least: int, most: int) -> Iterator[Check]:
    numbers: dict[str, Wire] = {"table": table.name, "rows": table.rows, "copies": copies}
    if least == most and least > 1 and len(table.visible) > 1 and copies:
        message = f"Every row of {table.name} stands {least} times: was it loaded twice?"
        yield finding("duplicate_rows", message, warns=True, **numbers)
    elif 0 < copies <= MOSTLY * table.rows and len(table.visible) > 1:
        verb = "is an exact copy of another" if copies == 1 else "are exact copies of others"
        also = "is" if copies == 1 else "are"
        message = f"{plural(copies, 'row')} of {table.name} {verb} and {also} counted too."
        yield finding(
            "duplicate_rows",
            message,
            warns=any(_is_key(column.name) for column in table.visible),
            **numbers,
        )


def _is_key(name: str) -> bool:
    said = words(name)
    return said[-1:] != () and (said[-1] in KEYS or said[-1].endswith("id"))
