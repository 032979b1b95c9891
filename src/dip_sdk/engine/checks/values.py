"""Cells that are no measurements: `sentinel_value`, `total_row`, `mixed_scale`; and groups that
are one thing written in several ways: `near_duplicates`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...render.numbers import plural
from ...types.result import Check
from ...types.sql import quoted
from ...types.values import Wire
from ..names import words
from ..told import listed
from .block import Block, Source, whole
from .calls import AVERAGES, EXTREMES, TOTALS
from .context import LARGE, finding

MOST_COLUMNS = 5
"""Columns of a statement that are looked into."""
NINES = frozenset({99, 999, 9999, 99999, 999999})
FAR = 3
"""A sentinel lies this many ranges of the other values away from them."""
TOTAL = "^(grand |sub)?(total|totals|sum|overall|all)$"
LAST_ROWS = 2
RATES = frozenset({"rate", "percent", "percentage", "pct", "ratio", "share", "proportion"})
GAP = 5
"""Fractions and percents of one thing lie this factor apart, and nothing lies between."""


def sentinel_value(block: Block) -> Iterator[Check]:
    """A number such as -999 that stands for "not measured" and is folded with the others."""
    if block.rows > LARGE:
        return
    for source, column in _folded(block):
        name = f"{quoted(source.alias)}.{quoted(column)}"
        ((low, high),) = block.ask(block.query((f"min({name})", f"max({name})")))
        for value in (low, high):
            if _is_nines(value):
                yield from _apart(block, name, column, value)


def _is_nines(value: Wire) -> bool:
    number = _number(value)
    return number is not None and abs(number) in NINES


def _apart(block: Block, name: str, column: str, value: Wire) -> Iterator[Check]:
    """The value stands far from all others, or more than once."""
    rest = f"filter (where {name} <> {value})"
    outputs = (
        f"count(*) filter (where {name} = {value})",
        f"min({name}) {rest}",
        f"max({name}) {rest}",
    )
    ((times, low, high),) = block.ask(block.query(outputs))
    least, most, odd = _number(low), _number(high), _number(value)
    if least is None or most is None or odd is None or least == most:
        return
    distance = min(abs(odd - least), abs(odd - most))
    if distance > FAR * (most - least):
        count = plural(whole(times), "row")
        message = (
            f"{count} {'has' if whole(times) == 1 else 'have'} the {column} {odd:g}, far from all "
            f"others ({least:g} to {most:g}): it probably means that nothing was measured."
        )
        yield finding("sentinel_value", message, column=column, value=value, rows=times)


def mixed_scale(block: Block) -> Iterator[Check]:
    """Percents and fractions in one column: 12.5 beside 0.11."""
    if block.rows > LARGE:
        return
    for source, column in _folded(block):
        if not RATES & set(words(column)):
            continue
        name = f"{quoted(source.alias)}.{quoted(column)}"
        small, large = f"{name} > 0 and {name} < 1", f"{name} > 1.5"
        outputs = (
            f"count({name})",
            f"count(*) filter (where {small})",
            f"count(*) filter (where {large})",
            f"max({name}) filter (where {small})",
            f"min({name}) filter (where {name} >= 1)",
        )
        ((values, few, many, top, bottom),) = block.ask(block.query(outputs))
        edge, start = _number(top), _number(bottom)
        if edge is None or start is None or start < GAP * edge:
            continue
        if min(whole(few), whole(many)) >= max(2, whole(values) / 10):
            message = (
                f"{column} seems to hold fractions ({whole(few):,} below 1) and percents "
                f"({whole(many):,} above) side by side, taken together as they are."
            )
            yield finding("mixed_scale", message, column=column, fractions=few, percents=many)


def total_row(block: Block) -> Iterator[Check]:
    """A line of totals at the end of the file, counted along with what it adds up."""
    folded = any(a.name in TOTALS | AVERAGES | EXTREMES for a in block.aggregates)
    if not (folded or block.select.args.get("limit")) or block.rows > LARGE:
        return
    for source in block.sources.values():
        column = _total_column(block, source)
        if column is None:
            continue
        name = f"lower(trim({quoted(source.alias)}.{quoted(column)}))"
        count = f"count(*) filter (where regexp_matches({name}, '{TOTAL}'))"
        ((rows,),) = block.ask(block.query((count,)))
        if whole(rows):
            message = (
                f"{source.title} ends with a line of totals ({column} says so), which is taken "
                "along with the rows that it adds up."
            )
            yield finding("total_row", message, table=source.title, column=column)


def _total_column(block: Block, source: Source) -> str | None:
    """The text column that calls one of the last rows a total."""
    table = source.table
    texts = [c.name for c in table.visible if c.type == "text"][:MOST_COLUMNS] if table else []
    if table is None or not texts or table.rows <= LAST_ROWS:
        return None
    cells = ", ".join(
        f"bool_or(regexp_matches(lower(trim({quoted(name)})), '{TOTAL}'))" for name in texts
    )
    last = f"{quoted('_row')} >= (select max({quoted('_row')}) from {quoted(table.name)}) - 1"
    ((*found,),) = block.ask(f"select {cells} from {quoted(table.name)} where {last}")
    return next((name for name, is_total in zip(texts, found, strict=True) if is_total), None)


def near_duplicates(block: Block) -> Iterator[Check]:
    """Groups whose names differ only in case or spaces: "North" and "north "."""
    made = block.context.made.get(block.step)
    shown = block.is_root and block.step in block.context.shown()
    if made is None or not shown or not block.keys or block.rows > LARGE:
        return
    for index, output in enumerate(block.select.expressions):
        is_key = any(output.unalias() == key for key in block.keys)
        if not is_key or index >= len(made.columns) or made.columns[index].type != "text":
            continue
        name = quoted(made.columns[index].name)
        sql = (
            "select list(distinct value order by value)[:3] from ("
            f"select {name} as value from {block.context.place(block.step)}) "
            "group by lower(trim(regexp_replace(value, '\\s+', ' ', 'g'))) "
            "having count(distinct value) > 1 order by 1"
        )
        groups = [row[0] for row in block.context.look(sql, {}, 3).rows]
        column = made.columns[index].name
        alike = "; ".join(listed([f"'{v}'" for v in g]) for g in groups if isinstance(g, list))
        if alike:
            message = f"{column} has groups that differ only in case or spaces: {alike}."
            yield finding("near_duplicates", message, column=column)


def _folded(block: Block) -> Iterator[tuple[Source, str]]:
    """The numeric columns of the catalog that aggregates fold as they are."""
    seen: set[tuple[str, str]] = set()
    for aggregate in block.aggregates:
        node = aggregate.argument
        if not isinstance(node, exp.Column) or aggregate.name not in AVERAGES | TOTALS | EXTREMES:
            continue
        source = block.owner(node)
        known = source.column(node.name) if source else None
        numeric = known is not None and known.type.partition("(")[0] in (
            "integer",
            "decimal",
            "double",
        )
        if (
            source
            and numeric
            and aggregate.name != "count"
            and (source.alias, node.name) not in seen
        ):
            seen.add((source.alias, node.name))
            if len(seen) <= MOST_COLUMNS:
                yield source, node.name


def _number(value: Wire) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None
