"""What is told of one column: its type, and where the mode allows it what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ...types.dataset import Distinct, Table, TableColumn
from ...types.sql import quoted
from ...types.values import NUMERIC, TEMPORAL, Wire
from ..names import KEYS, words
from .modes import cut

CATEGORIES = 12
"""A column with no more distinct values has all of them shown."""
SHORT, SHORT_TOTAL = 20, 240
"""So many are shown where they have no more characters together."""
EXAMPLES = 4
"""Values shown of any other text column."""
EMPTY: Mapping[str, object] = {"empty": True}
"""What is told of a column without values."""
VALUE = 60
"""Characters of a value that is shown."""
RANGED = 60
"""Columns of a table that are measured."""


UNSEEN = "not looked at"
FIRST = 3
"""Columns at the head of a table, which tell what a row is."""
ZEROS = 100
"""Zeros stand apart where the lowest other value is at least the highest divided by this."""

_TOTAL = re.compile(r"(grand |sub)?(total|totals|sum|overall|all)")
_OF = re.compile(r"(?:sub|grand )?totals?[ :,-]+(?P<before>.+)|(?P<after>.+?)[ :,-]+totals?")


class Range(NamedTuple):
    """The lowest and the highest value of a column (none of a text), and how many are missing."""

    low: Wire
    high: Wire
    nulls: int
    zeros: int = 0
    lowest_other: Wire = None
    """Of numbers, the lowest that is not zero."""


Ranges: TypeAlias = Mapping[tuple[str, str], Range]


def _by_weight(columns: Iterable[TableColumn], asked: set[str]) -> list[TableColumn]:
    """What the question names, the head of the table, times, measures, then the others."""
    weighed = [(-named(c, asked), tier(c, place), place, c) for place, c in enumerate(columns)]
    return [c for *_, c in sorted(weighed, key=lambda item: item[:3])]


def named(column: TableColumn, asked: set[str]) -> int:
    """How many words of the question stand in the column's name or header."""
    return len(asked & (set(words(column.name)) | set(words(column.label))))


def tier(column: TableColumn, place: int) -> int:
    """0: the head of a table, dates and years; 1: measures; 2: the rest, keys among them."""
    said = words(column.name)
    if place < FIRST or _kind(column) in TEMPORAL or "year" in said or "date" in said:
        return 0
    return 1 if _kind(column) in NUMERIC and not set(said[-1:]) & set(KEYS) else 2


def ranged(columns: Iterable[TableColumn], asked: set[str]) -> list[TableColumn]:
    """The columns that are measured first, those with a range before texts."""
    columns = _by_weight(columns, asked)
    spanned = [c for c in columns if _spanned(c)]
    return (spanned + [c for c in columns if c.type == "text"])[:RANGED]


def range_query(table: Table, columns: Sequence[TableColumn]) -> str:
    """One row: what a `Range` holds, of each of the columns."""
    measures = ", ".join(_measures(i, column) for i, column in enumerate(columns))
    return f"SELECT {measures} FROM {quoted(table.name)}"


def _measures(i: int, column: TableColumn) -> str:
    n = quoted(column.name)
    nulls = f"COUNT(*) - COUNT({n}) AS nulls_{i}"
    ends = f"MIN({n}) AS low_{i}, MAX({n}) AS high_{i}"
    if column.type == "text":
        return f"NULL AS low_{i}, NULL AS high_{i}, {nulls}, 0 AS zeros_{i}, NULL AS other_{i}"
    if _kind(column) in TEMPORAL:
        return f"{ends}, {nulls}, 0 AS zeros_{i}, NULL AS other_{i}"
    zeros = f"COUNT(*) FILTER (WHERE {n} = 0) AS zeros_{i}"
    return f"{ends}, {nulls}, {zeros}, MIN({n}) FILTER (WHERE {n} <> 0) AS other_{i}"


def _kind(column: TableColumn) -> str:
    return column.type.partition("(")[0]


def _spanned(column: TableColumn) -> bool:
    return _kind(column) in (*NUMERIC, *TEMPORAL)


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
    if span and _apart(span):
        told["zeros"], told["lowest_other"] = span.zeros, span.lowest_other
    return told if len(told) > 1 else column.type


def unseen(column: TableColumn, distinct: Distinct | None, span: Range | None) -> bool:
    """There would be values or a range to tell of it, but nobody looked."""
    return distinct is None if column.type == "text" else _spanned(column) and span is None


def _apart(span: Range) -> bool:
    """Zeros below a gap, such as a blood pressure of 0 beside 24 to 122: perhaps not measured."""
    low, high, other = (_number(value) for value in (span.low, span.high, span.lowest_other))
    if not span.zeros or low != 0 or high is None or other is None:
        return False
    return other > 1 and other * ZEROS >= high


def _number(value: Wire) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _values(distinct: Distinct, rare: bool) -> Mapping[str, object]:
    present = [(value, count) for value, count in distinct.values if value is not None]
    shown = [cut(value, VALUE) for value, count in present if rare or count > 1]
    if distinct.complete and not present:
        return EMPTY
    totals = _totals([value for value, _ in present])
    more: dict[str, object] = {"total_rows": totals if rare else len(totals)} if totals else {}
    if distinct.complete and len(shown) == len(present) and _few(shown):
        return {"values": shown, **more}
    if not shown:
        return more
    number = f"{len(present)}{'' if distinct.complete else ' or more'}"
    return {"distinct": number, "such_as": shown[:EXAMPLES], **more}


def _few(values: Sequence[Wire]) -> bool:
    letters = sum(len(str(value)) for value in values)
    return len(values) <= (SHORT if letters <= SHORT_TOTAL else CATEGORIES)


def _totals(values: Sequence[Wire]) -> list[Wire]:
    """Values that call their rows a total: "Total", and beside a "North" also "North total"."""
    folded = {str(value).strip().casefold() for value in values}
    if len(folded) < 3:
        return []
    return [cut(v, VALUE) for v in values if _is_total(str(v).strip().casefold(), folded)][
        :EXAMPLES
    ]


def _is_total(value: str, others: set[str]) -> bool:
    if _TOTAL.fullmatch(value):
        return True
    of = _OF.fullmatch(value)
    return of is not None and (of["before"] or of["after"]) in others
