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
EMPTY: Mapping[str, object] = {"empty": True}
"""What is told of a column without values."""
VALUE = 60
"""Characters of a value that is shown."""
RANGED = 60
"""Columns of a table that are measured."""


class Range(NamedTuple):
    """The lowest and the highest value of a column (none of a text), and how many are missing."""

    low: Wire
    high: Wire
    nulls: int


Ranges: TypeAlias = Mapping[tuple[str, str], Range]


def ranged(table: Table) -> list[TableColumn]:
    """The columns that are measured, those with a range first."""
    kinds = (*NUMERIC, *TEMPORAL)
    spanned = [c for c in table.visible if c.type.partition("(")[0] in kinds]
    return (spanned + [c for c in table.visible if c.type == "text"])[:RANGED]


def range_query(table: Table) -> str:
    """One row: lowest, highest and number of missing values of each column that is measured."""
    return f"SELECT {', '.join(map(_measures, *_numbered(table)))} FROM {quoted(table.name)}"


def _numbered(table: Table) -> tuple[range, list[TableColumn]]:
    columns = ranged(table)
    return range(len(columns)), columns


def _measures(i: int, column: TableColumn) -> str:
    n = quoted(column.name)
    low, high = ("NULL", "NULL") if column.type == "text" else (f"MIN({n})", f"MAX({n})")
    return f"{low} AS low_{i}, {high} AS high_{i}, COUNT(*) - COUNT({n}) AS nulls_{i}"


def entry(
    table: Table, column: TableColumn, distinct: Distinct | None, span: Range | None, rare: bool
) -> object:
    """What is told of a column: its type alone, or with what else there is to say.

    With `rare`, values that stand only once are shown as well.
    """
    told: dict[str, object] = {"type": column.type}
    if span and span.nulls >= table.rows > 0:
        return {**told, **EMPTY}
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


def _values(distinct: Distinct, rare: bool) -> Mapping[str, object]:
    present = [(value, count) for value, count in distinct.values if value is not None]
    shown = [cut(value, VALUE) for value, count in present if rare or count > 1]
    if distinct.complete and not present:
        return EMPTY
    if distinct.complete and len(shown) == len(present) <= CATEGORIES:
        return {"values": shown}
    if not shown:
        return {}
    number = f"{len(present)}{'' if distinct.complete else ' or more'}"
    return {"distinct": number, "such_as": shown[:EXAMPLES]}
