"""What is told of one column: its type, and where the mode allows it what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from ...types.dataset import Distinct, Table, TableColumn
from ...types.sql import quoted
from ...types.values import NUMERIC, TEMPORAL, Wire
from .modes import cut

CATEGORIES = 12
"""A column with no more distinct values has all of them shown."""
EXAMPLES = 4
"""Values shown of any other text column."""
VALUE = 60
"""Characters of a value that is shown."""
RANGED = 40
"""Columns of a table whose range is measured."""


class Range(NamedTuple):
    """The lowest and the highest value of a column, and how many rows have none."""

    low: Wire
    high: Wire
    nulls: int


Ranges: TypeAlias = Mapping[tuple[str, str], Range]


def ranged(table: Table) -> list[TableColumn]:
    """The columns of which a range tells something."""
    kinds = (*NUMERIC, *TEMPORAL)
    return [c for c in table.visible if c.type.partition("(")[0] in kinds][:RANGED]


def range_query(table: Table) -> str:
    """One row: lowest, highest and number of values of each column that has a range."""
    names = [quoted(column.name) for column in ranged(table)]
    items = ", ".join(
        f"MIN({n}) AS low_{i}, MAX({n}) AS high_{i}, COUNT(*) - COUNT({n}) AS nulls_{i}"
        for i, n in enumerate(names)
    )
    return f"SELECT {items} FROM {quoted(table.name)}"


def entry(
    table: Table, column: TableColumn, distinct: Distinct | None, span: Range | None, rare: bool
) -> object:
    """What is told of a column: its type alone, or with what else there is to say.

    With `rare`, values that stand only once are shown as well.
    """
    told: dict[str, object] = {"type": column.type}
    if column.label and column.label != column.name:
        told["header"] = column.label
    if column.unit:
        told["unit"] = column.unit
    reading = next((c for c in table.columns if c.reading_of == column.name), None)
    if reading:
        told["as_number"] = reading.name
        if reading.unit:
            told["unit"] = reading.unit
    if distinct:
        told |= _values(distinct, rare)
    if span and span.low is not None:
        told["from"], told["to"] = cut(span.low, VALUE), cut(span.high, VALUE)
    if span and span.nulls:
        told["nulls"] = span.nulls
    return told if len(told) > 1 else column.type


def _values(distinct: Distinct, rare: bool) -> dict[str, object]:
    present = [(value, count) for value, count in distinct.values if value is not None]
    shown = [cut(value, VALUE) for value, count in present if rare or count > 1]
    if distinct.complete and not present:
        return {"empty": True}
    if distinct.complete and len(shown) == len(present) <= CATEGORIES:
        return {"values": shown}
    if not shown:
        return {}
    number = f"{len(present)}{'' if distinct.complete else ' or more'}"
    return {"distinct": number, "such_as": shown[:EXAMPLES]}
