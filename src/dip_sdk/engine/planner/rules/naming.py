"""Naming: the columns of a table as the rules see them, and the ways each is called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from ....types.dataset import Table, TableColumn
from ....types.values import NUMERIC
from .namewords import (
    ADDITIVE,
    AVERAGED,
    GENERIC,
    IDENTIFIERS,
    MEASURE_UNITS,
    MONTH_NAMES,
)
from .query import Col
from .words import name_words, readable

AMOUNTS = AVERAGED | {"amount", "budget", "cost", "expense", "income", "profit", "revenue", "sale"}
_AWARDED = ("", "won", "wonby", "awarded", "awardedto", "received", "receivedby")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
Holders: TypeAlias = dict[str, list[tuple[str, ...]]]


def unbracketed(text: str) -> str:
    """A text without the brackets that it ends with."""
    return _BRACKETS.sub("", text)


def bare(name: str) -> str:
    """A name without what it adds in brackets: `Net capacity (MWe)`."""
    return unbracketed(name).casefold()


def holders_of(table: Table) -> Holders:
    """Per word the names of columns that hold it."""
    holders: Holders = defaultdict(list)
    for column in table.visible:
        name = name_words(column.name)
        for word in set(name):
            holders[word].append(name)
    return holders


def column_of(
    table: Table, column: TableColumn, reading: TableColumn | None, words: tuple[str, ...]
) -> Col:
    """A column as readings name it, with the hidden numbers of a text where it has them."""
    kind = column.type.partition("(")[0]
    number = column.name if kind in NUMERIC else reading.name if reading else None
    words = name_words(column.label) if column.label else words
    return Col(
        table=table.name,
        name=column.name,
        type=column.type,
        label=readable(column.label or column.name),
        number=number,
        unit=(reading.unit if reading else column.unit) or "",
        additive=_additive(words),
        identifier=_is_identifier(words, kind),
    )


def _is_identifier(words: tuple[str, ...], kind: str) -> bool:
    """`order_id`, `zip`, `year`: numbers that name things. `number_of_staff` is not one."""
    if not words:
        return False
    if words[-1] in {"number", "index", "rank"}:
        return kind == "integer" and len(words) > 1 and words[-1] != "rank"
    return words[-1] in IDENTIFIERS or (
        words[0] == "year" and kind == "integer" and len(words) == 1
    )


def _additive(words: tuple[str, ...]) -> bool | None:
    if any(w in AVERAGED for w in words):
        return False
    return True if any(w in ADDITIVE for w in words) else None


def aliases(
    table: tuple[str, ...], own: tuple[str, ...], column: TableColumn, col: Col
) -> Iterator[tuple[str, float]]:
    """The ways a column is named, each with what it costs to be less than the full name."""
    seen = {own, name_words(column.name), name_words(column.label)} - {()}
    for words in seen:
        yield "".join(words), 0.0
        yield "".join((*table, *words)), 0.5
        if len(table) > 1:
            yield "".join((table[-1], *words)), 0.6
        if words[1:] == ("id",) and len(words[0]) > 2 and table[-1].startswith(words[0]):
            yield "".join((*table, "id")), 0.3
        if words[: len(table)] == table and len(words) > len(table):
            yield "".join(words[len(table) :]), 0.3
            if col.type == "text" and words[-1] not in GENERIC | IDENTIFIERS:
                yield "".join((*words[len(table) :], "name")), 0.6
        yield from _shortened(words, col)


def _shortened(words: tuple[str, ...], col: Col) -> Iterator[tuple[str, float]]:
    if len(words) < 2:
        if month := MONTH_NAMES.get(words[0]):
            yield month, 0.1
        if col.type == "text" and words[0] not in GENERIC | {""}:
            yield f"{words[0]}name", 0.5
        return
    if "of" in words:
        yield "".join(w for w in words if w != "of"), 0.1
        head = words.index("of")
        yield "".join((*words[head + 1 :], *words[:head])), 0.3
    if words[-1] in MEASURE_UNITS | {"m"} and col.numeric:
        yield "".join(words[:-1]), 0.2
    if words[-1] in GENERIC:
        yield "".join(words[:-1]), 0.6
    if words[-1] in {"id", "code", "key"}:
        yield "".join(words[:-1]), 0.9
    if words[-1] == "date" and len(words) == 2:
        yield "".join(words[:-1]), 0.9
    if words[0] in {"number", "count", "total"} and col.numeric:
        yield "".join(w for w in words[1:] if w != "of"), 0.9
    if words[0] == "is":
        yield "".join(words[1:]), 0.2


def endings(column: TableColumn, holders: Holders) -> Iterator[str]:
    """The last words of a name, where no other column of the table has them further inside."""
    words = name_words(column.name)
    vague = words[-1] in GENERIC | IDENTIFIERS | MEASURE_UNITS | {"type"}
    for start in range(1, len(words) - vague):
        end = words[start:]
        names = min((holders[word] for word in end), key=len)
        if not any(set(end) <= set(name) and name[-len(end) :] != end for name in names):
            yield "".join(end)


def about_table(
    table: tuple[str, ...], own: tuple[str, ...], col: Col, holders: Holders
) -> Iterator[str]:
    """`global sales`, `sales in Japan`: of a table of sales, columns called after places."""
    measured = [word for word in table if word in AMOUNTS and not holders.get(word)]
    if len(measured) == 1 and col.measurable and col.additive is None:
        yield "".join((*own, *measured))
        yield "".join((*measured, "in", *own))


def medals(words: tuple[str, ...], holders: Holders) -> Iterator[str]:
    """`gold medals`, `silver medals won`: columns that are called after the metals alone."""
    metals = {("gold",), ("silver",), ("bronze",)}
    if words in metals and all(metal in holders[metal[0]] for metal in metals):
        yield from ("".join((*words, "medal", said)) for said in _AWARDED)
