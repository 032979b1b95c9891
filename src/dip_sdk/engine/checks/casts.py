"""Text read as numbers: `cast_failed` and `mixed_units`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...render.numbers import plural
from ...types.result import Check
from ...types.sql import quoted
from ..names import words
from ..planner.rules.namewords import MEASURE_UNITS, UNIT_NAMES
from ..told import listed
from .block import Block, Source, whole
from .calls import AVERAGES, EXTREMES, TOTALS, name_of, sql_of
from .context import LARGE, finding

SAMPLE = 200_000
UNIT = r"regexp_replace({0}, '[-+(]?[0-9][-0-9.,''\s)]*', '', 'g')"
MULTIPLIERS = frozenset({"k", "m", "mn", "b", "bn"})
UNIT_COLUMNS = {
    ("currency",), ("currency", "code"), ("ccy",), ("unit",), ("uom",), ("unit", "of", "measure"),
}  # fmt: skip


def cast_failed(block: Block) -> Iterator[Check]:
    """Values that could not be read as the number or date that was asked for."""
    if block.rows > LARGE:
        return
    seen: set[str] = set()
    for text, read, name, kind in (*_casts(block), *_readings(block)):
        if read in seen:
            continue
        seen.add(read)
        given = f"trim(({text})::varchar) <> ''"
        failed = f"{given} and ({read}) is null"
        outputs = (
            f"count(*) filter (where {given})",
            f"count(*) filter (where {failed})",
            f"min(({text})::varchar) filter (where {failed})",
        )
        kept = [c for c in block.conditions if not c.find(exp.TryCast) and read not in sql_of(c)]
        ((values, lost, example),) = block.ask(block.query(outputs, where=kept))
        if whole(lost):
            message = (
                f"{whole(lost):,} of {plural(whole(values), 'value')} of {name} could not be read "
                f"as {kind} and {'is' if whole(lost) == 1 else 'are'} left out "
                f"(such as '{str(example)[:40]}')."
            )
            yield finding(
                "cast_failed", message, column=name, values=whole(values), failed=whole(lost)
            )


def _casts(block: Block) -> Iterator[tuple[str, str, str, str]]:
    """(text, reading, name, kind) of each attempt to read in the statement."""
    for node in block.select.find_all(exp.TryCast):
        kind = "dates" if node.to.is_type(*exp.DataType.TEMPORAL_TYPES) else "numbers"
        column = node.this.find(exp.Column)
        if column is not None and block.owner(column):
            yield sql_of(node.this), sql_of(node), column.name, kind
    for call in block.select.find_all(exp.Anonymous):
        if name_of(call) == "try_strptime" and call.expressions:
            column = call.expressions[0].find(exp.Column)
            if column is not None and block.owner(column):
                yield sql_of(call.expressions[0]), sql_of(call), column.name, "dates"


def _readings(block: Block) -> Iterator[tuple[str, str, str, str]]:
    """The same for hidden numeric readings of text columns."""
    for source, column, text in _read_columns(block):
        prefix = f"{quoted(source.alias)}."
        yield prefix + quoted(text), prefix + quoted(column.name), text, "numbers"


def _read_columns(block: Block) -> Iterator[tuple[Source, exp.Column, str]]:
    for column in block.select.find_all(exp.Column):
        source = block.owner(column)
        known = source.column(column.name) if source else None
        if source and known and known.reading_of:
            yield source, column, known.reading_of


def _cast_columns(block: Block) -> Iterator[tuple[Source, str]]:
    """Text columns that an aggregate reads as numbers by a cast of its own."""
    for aggregate in block.aggregates:
        for cast in aggregate.argument.find_all(exp.Cast) if aggregate.argument else ():
            for column in cast.find_all(exp.Column):
                source = block.owner(column)
                known = source.column(column.name) if source else None
                if source and known and known.type == "text":
                    yield source, known.name


def mixed_units(block: Block) -> Iterator[Check]:
    """Amounts of different units or currencies that are taken together."""
    seen: set[str] = set()
    for source, text in (*((s, t) for s, _, t in _read_columns(block)), *_cast_columns(block)):
        if text not in seen and source.table and source.table.rows <= LARGE:
            seen.add(text)
            yield from _in_text(block, source, text)
    yield from _beside(block)


def _in_text(block: Block, source: Source, text: str) -> Iterator[Check]:
    """Several units written behind the numbers of one column."""
    unit = f"lower(trim({UNIT.format(quoted(text))}))"
    sql = (
        f"select {unit} as unit, count(*) as n from (select {quoted(text)} from "
        f"{quoted(source.title)} where regexp_matches({quoted(text)}, '[0-9]') limit {SAMPLE}) "
        "group by unit order by n desc, unit"
    )
    found = [str(unit) for unit, _ in block.ask(sql, limit=20) if unit]
    if len(found) > 1 and not set(found) <= MULTIPLIERS:
        said = listed([f"'{unit}'" for unit in found[:4]])
        message = f"{text} is written in different units ({said}), taken together as they are."
        yield finding("mixed_units", message, column=text, units=list(found))


def _beside(block: Block) -> Iterator[Check]:
    """A column of currencies or units beside an amount that is folded over all of them."""
    if block.rows > LARGE or block.keys is None:
        return
    used = {c.name for part in (*block.keys, *block.conditions) for c in part.find_all(exp.Column)}
    for aggregate in block.aggregates:
        if aggregate.name not in AVERAGES | TOTALS | EXTREMES or aggregate.name == "count":
            continue
        for source in block.owners(aggregate.argument):
            units = _unit_column(source)
            if units and units not in used and aggregate.argument is not None:
                used.add(units)
                what = next(c.name for c in aggregate.argument.find_all(exp.Column))
                if not _names_its_unit(what):
                    yield from _several(block, source, units, what)


def _unit_column(source: Source) -> str | None:
    columns = source.table.visible if source.table else ()
    return next((c.name for c in columns if c.type == "text" and _is_unit(c.name)), None)


def _is_unit(name: str) -> bool:
    said = words(name)
    return said in UNIT_COLUMNS or said[-1:] == ("currency",)


def _names_its_unit(name: str) -> bool:
    """`salary_in_usd` is in dollars, whatever stands in the column of currencies."""
    return bool({*MEASURE_UNITS, *UNIT_NAMES.values()} & set(words(name)[1:]))


def _several(block: Block, source: Source, units: str, what: str) -> Iterator[Check]:
    column = f"{quoted(source.alias)}.{quoted(units)}"
    inner = block.query((f"trim({column}) as unit",), where=block.conditions)
    sql = (
        f"select unit, count(*) as n from ({inner}) where unit <> '' "
        "group by unit order by n desc, unit"
    )
    found = [str(unit) for unit, _ in block.ask(sql, limit=10)]
    if len(found) > 1 and max(map(len, found)) <= 12:
        message = (
            f"{what} is in different units of {units} ({listed(found[:4])}) "
            "and taken together as if they were one."
        )
        yield finding("mixed_units", message, column=what, units=list(found))
