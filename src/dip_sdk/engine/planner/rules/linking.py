"""Linking: which tables, columns and values a span of a question may name, and at what cost."""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ....types.dataset import Table, TableColumn
from ....types.values import NUMERIC
from ..base import View
from .glossary import learn
from .joins import Graph
from .lexicon import COMMON_WORDS
from .namewords import (
    ADDITIVE,
    AVERAGED,
    CALENDARS,
    CONCEPTS,
    DEMONYMS,
    GENERIC,
    IDENTIFIERS,
    MEASURE_UNITS,
    SYNONYMS,
    UNITS,
)
from .query import Col, Query
from .segments import Segments
from .words import Token, name_words, phrase_key, readable

MAX_NAME = 6
MAX_VALUE = 8
FLAGS = ({"t", "f"}, {"y", "n"}, {"yes", "no"}, {"true", "false"}, {"0", "1"})
TRUE = frozenset({"t", "y", "yes", "true", "1"})


@dataclass(frozen=True)
class Ref:
    """A table (no column) or a column that a span may name."""

    table: str
    col: Col | None
    cost: float


@dataclass(frozen=True)
class Hit:
    """A value that a span may name: the cells as they are written in the data."""

    col: Col
    cells: tuple[str, ...]
    cost: float
    inner: Query | None = None
    """A question whose answer the cells are: "the largest state"."""


@dataclass
class Index:
    """Everything of a view that spans are looked up in; built once per fingerprint."""

    tables: dict[str, Table]
    graph: Graph
    words: Callable[[str], tuple[str, ...]] = name_words
    """The stems of a name of these tables."""
    cols: dict[tuple[str, str], Col] = field(default_factory=dict)
    names: dict[str, list[Ref]] = field(default_factory=lambda: defaultdict(list))
    values: dict[str, dict[tuple[str, str], list[str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    """Distinct values of text columns whose values are all known."""
    figures: set[tuple[str, str]] = field(default_factory=set)
    """Text columns most of whose cells begin with a digit."""
    calendars: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Text columns of months or weekdays, and how those begin, in their order."""
    flags: dict[tuple[str, str], str] = field(default_factory=dict)
    """Columns that only say yes or no, and the cell that says yes."""

    def refs(self, tokens: Sequence[Token]) -> list[Ref]:
        """What a span may name, cheapest first."""
        key = "".join(t.joined for t in tokens if t.low not in {"of", "the", "'s"})
        return self.names.get(key, []) if key else []

    def hits(self, tokens: Sequence[Token]) -> list[Hit]:
        """The cells a span may be."""
        text = " ".join(t.stem for t in tokens)
        found = self.values.get(phrase_key(text)) if len(tokens) > 1 else self.values.get(text)
        if found:
            found = {
                place: [c for c in cells if _written(c, tokens)] for place, cells in found.items()
            }
        elif text in DEMONYMS:
            found = self.values.get(DEMONYMS[text])
        if not found or not _may_be_value(tokens):
            return []
        return [Hit(self.cols[place], tuple(cells), 0.0) for place, cells in found.items() if cells]

    def things(self, cell: str) -> set[tuple[str, str]]:
        """The kinds of thing a cell may be: columns that links join are of one kind."""
        return {self.graph.kind(place) for place in self.values.get(phrase_key(cell), ())}

    def name_column(self, table: str) -> Col | None:
        """The column that names a row of a table to a person."""
        texts = [c for c in self.columns(table) if c.type == "text"]
        named = [c for c in texts if self.words(c.name)[-1:] in {("name",), ("title",)}]
        return self.own_name(table) or (named[0] if len(named) == 1 else None)

    def own_name(self, table: str) -> Col | None:
        """The column that is called a table's name: `name`, `title`, `<table> name`, `<table>`."""
        texts = [c for c in self.columns(table) if c.type == "text"]
        own = self.words(table)
        for wanted in (
            ("name",),
            ("title",),
            (*own, "name"),
            (*own, "title"),
            ("full", "name"),
            own,
        ):
            for col in texts:
                if self.words(col.name) == wanted:
                    return col
        return None

    def unique(self, col: Col) -> bool:
        """Each row of the table has its own value here."""
        rows = self.tables[col.table].rows
        return (col.table, col.name) in self.graph.unique or (
            self.counts.get((col.table, col.name)) == rows
        )

    def mostly_unique(self, col: Col) -> bool:
        """Its cells name the rows, but a few repeat: a count of them has two meanings."""
        rows = self.tables[col.table].rows
        return 0.75 * rows < self.counts.get((col.table, col.name), 0) < rows

    def identity(self, table: str) -> Col | None:
        """The column that tells rows of a table apart."""
        own = self.words(table)
        ids = [c for c in self.columns(table) if self.unique(c)]
        ids.sort(key=lambda c: (not c.identifier, self.words(c.name)[:-1] not in {(), own}))
        return ids[0] if ids else None

    def columns(self, table: str) -> list[Col]:
        return [self.cols[table, c.name] for c in self.tables[table].visible]


def _written(cell: str, tokens: Sequence[Token]) -> bool:
    """A code in capitals is no word in the plural: "days" is not the airport DAY."""
    code = cell.isupper() and len(cell) <= LONGEST_CODE
    return not code or len(tokens) > 1 or tokens[0].low == cell.strip().casefold()


def _may_be_value(tokens: Sequence[Token]) -> bool:
    """Short everyday words are values only as the data writes codes: in capitals, or quoted."""
    if len(tokens) > 1 or tokens[0].quoted:
        return True
    token = tokens[0]
    if token.number is not None:
        return False
    if token.low in COMMON_WORDS:
        return token.text.isupper() and len(token.text) <= 3
    return len(token.low) > 1 or token.text.isupper()


_CACHE: OrderedDict[tuple[object, ...], Index] = OrderedDict()
_KEPT = 32
LONGEST_CODE = 4
VALUE_CELLS = 40_000
"""Text columns times all columns of a table, beyond which values are not looked up."""
MANY = 200
"""Columns that one word may name; a word of more tells nothing."""
AMOUNTS = AVERAGED | {"amount", "budget", "cost", "expense", "income", "profit", "revenue", "sale"}
Holders: TypeAlias = dict[str, list[tuple[str, ...]]]
ROWS_COST = 0.5
"""What it costs to mean the rows by a word that names a number of them as well."""


def index_of(view: View) -> Index:
    """The index of a view; kept for the same tables, links and sight of values."""
    key = (
        tuple((t.name, t.fingerprint, t.rows) for t in view.tables),
        view.links,
        _sees_values(view),
        tuple(sorted(view.glossary.synonyms.items())),
    )
    if key not in _CACHE:
        _CACHE[key] = _build(view)
        while len(_CACHE) > _KEPT:
            _CACHE.popitem(last=False)
    _CACHE.move_to_end(key)
    return _CACHE[key]


def _sees_values(view: View) -> bool:
    for table in view.tables:
        for column in table.visible:
            if column.type == "text":
                return view.distinct(table.name, column.name) is not None
    return False


def _build(view: View) -> Index:
    segments = Segments([table.name for table in view.tables])
    index = Index({t.name: t for t in view.tables}, Graph(view.links), segments.words)
    keys = {(k.left_table, k.left_column) for k in view.links}
    keys |= {(k.right_table, k.right_column) for k in view.links}
    for table in view.tables:
        _add_table(index, table, {column for name, column in keys if name == table.name})
    _add_first_words(index)
    for table in view.tables:
        for column in _with_values(table):
            _add_values(index, view, table, column)
    _add_concepts(index)
    _add_synonyms(index)
    learn(index, view.glossary.synonyms)
    for key, refs in index.names.items():
        index.names[key] = sorted(_settled(refs, view), key=lambda ref: ref.cost)
    return index


def _settled(refs: list[Ref], view: View) -> list[Ref]:
    """A table's own name stands for the table: not for its name column, nor for keys to it.

    A number that bears the table's very name is what the table is about: `sales` of `sales`.
    """
    tables = {r.table for r in refs if r.col is None}
    about = {r.table for r in refs if r.col and r.table in tables and _is_about(r.table, r.col)}
    keys = {(k.left_table, k.left_column) for k in view.links if k.right_table in tables}
    return [
        Ref(r.table, None, r.cost + ROWS_COST) if r.col is None and r.table in about else r
        for r in refs
        if not (r.col and tables - {r.table} and r.col.type == "integer")
        if r.col is None
        or _is_about(r.table, r.col)
        or not (r.table in tables or (r.table, r.col.name) in keys)
    ]


def _is_about(table: str, col: Col) -> bool:
    """A number of the table's own name that measures its rows: `cost` of `costs`.

    `order` of `orders` numbers them instead.
    """
    own = name_words(col.name)
    words = name_words(table)
    if not col.numeric or col.identifier or own not in {words, _short(words)}:
        return False
    measures = not col.type.startswith("integer") or bool(set(own) & AMOUNTS)
    return measures or col.name.casefold() == table.casefold()


def _short(words: tuple[str, ...]) -> tuple[str, ...]:
    """A table's name without a last word that says only that it is a table: `sales data`."""
    says_nothing = len(words) > 1 and words[-1] in {"data", "table", "list", "info", "record"}
    return words[:-1] if says_nothing else words


def _add_table(index: Index, table: Table, keys: set[str]) -> None:
    words = index.words(table.name)
    index.names["".join(words)].append(Ref(table.name, None, 0.0))
    if (short := _short(words)) != words:
        index.names["".join(short)].append(Ref(table.name, None, 0.3))
    readings = {c.reading_of: c for c in table.columns if c.reading_of}
    holders = _holders(table)
    for column in table.visible:
        own = index.words(column.name)
        col = _col(table, column, readings.get(column.name), own)
        if column.name in keys:
            col = replace(col, identifier=True)
        index.cols[table.name, column.name] = col
        for key, cost in _aliases(words, own, column, col):
            _add_name(index, key, Ref(table.name, col, cost))
        for key in _endings(column, holders):
            _add_name(index, key, Ref(table.name, col, 1.0))


def _add_first_words(index: Index) -> None:
    """The first word of a table's name, where it begins no other table's and names no column."""
    first: dict[str, list[str]] = defaultdict(list)
    for table in index.tables:
        words = index.words(table)
        first[words[0]].append(table if len(words) > 1 else "")
    for word, tables in first.items():
        if len(tables) == 1 and tables[0] and not index.names.get(word):
            index.names[word].append(Ref(tables[0], None, 0.8))


def _with_values(table: Table) -> list[TableColumn]:
    """The text columns whose values are looked up; of a very wide table only the first.

    To read the values of one column costs more the wider its table is.
    """
    texts = [column for column in table.visible if column.type == "text"]
    return texts[: max(10, VALUE_CELLS // max(1, len(table.visible)))]


def _holders(table: Table) -> Holders:
    """Per word the names of columns that hold it."""
    holders: Holders = defaultdict(list)
    for column in table.visible:
        name = name_words(column.name)
        for word in set(name):
            holders[word].append(name)
    return holders


def _add_name(index: Index, key: str, ref: Ref) -> None:
    known = index.names[key]
    if len(known) < MANY and not any(
        r.table == ref.table and r.col == ref.col and r.cost <= ref.cost for r in known
    ):
        known.append(ref)


def _col(
    table: Table, column: TableColumn, reading: TableColumn | None, words: tuple[str, ...]
) -> Col:
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


def _aliases(
    table: tuple[str, ...], own: tuple[str, ...], column: TableColumn, col: Col
) -> Iterator[tuple[str, float]]:
    """The ways a column is named, each with what it costs to be less than the full name."""
    seen = {own, name_words(column.name), name_words(column.label)} - {()}
    for words in seen:
        yield "".join(words), 0.0
        yield "".join((*table, *words)), 0.5
        if words[: len(table)] == table and len(words) > len(table):
            yield "".join(words[len(table) :]), 0.3
            if col.type == "text" and words[-1] not in GENERIC | IDENTIFIERS:
                yield "".join((*words[len(table) :], "name")), 0.6
        yield from _shortened(words, col)


def _shortened(words: tuple[str, ...], col: Col) -> Iterator[tuple[str, float]]:
    if len(words) < 2:
        if col.type == "text" and words[0] not in GENERIC | {""}:
            yield f"{words[0]}name", 0.5
        return
    if "of" in words:
        yield "".join(w for w in words if w != "of"), 0.1
    if words[-1] in MEASURE_UNITS and col.numeric:
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


def _endings(column: TableColumn, holders: Holders) -> Iterator[str]:
    """The last words of a name, where no other column of the table has them further inside."""
    words = name_words(column.name)
    vague = words[-1] in GENERIC | IDENTIFIERS | MEASURE_UNITS | {"type"}
    for start in range(1, len(words) - vague):
        end = words[start:]
        names = min((holders[word] for word in end), key=len)
        if not any(set(end) <= set(name) and name[-len(end) :] != end for name in names):
            yield "".join(end)


def _add_values(index: Index, view: View, table: Table, column: TableColumn) -> None:
    distinct = view.distinct(table.name, column.name)
    if distinct is None:
        return
    place = (table.name, column.name)
    for cell, _ in distinct.values:
        for key in _said_as(str(cell)) if cell is not None else ():
            if key and key.count(" ") < MAX_VALUE:
                index.values[key].setdefault(place, []).append(str(cell))
    cells = [str(cell).strip() for cell, _ in distinct.values if cell is not None]
    if sum(cell[:1].isdigit() for cell in cells) * 2 > len(cells):
        index.figures.add(place)
    if distinct.complete:
        index.counts[place] = sum(cell is not None for cell, _ in distinct.values)
        folded = {str(c).strip().casefold(): str(c) for c, _ in distinct.values if c is not None}
        begins = {cell[:3] for cell in folded}
        for calendar in CALENDARS if len(begins) > 2 else ():
            if begins <= set(calendar):
                index.calendars[place] = calendar
        if len(folded) == 2 and set(folded) in FLAGS:
            index.flags[place] = next(folded[c] for c in folded if c in TRUE)


def _said_as(cell: str) -> set[str]:
    """How a cell is said: in full, and without what it adds in brackets."""
    bare = re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", cell)
    return {phrase_key(cell), phrase_key(bare)}


def _add_synonyms(index: Index) -> None:
    """A name of one word, or its last word, said by another word of the same meaning."""
    for words in SYNONYMS:
        for word in words:
            known = [r for r in index.names.get(word, ()) if r.cost <= 0.6]
            for other in words - {word}:
                if not index.names.get(other):
                    for ref in known:
                        _add_name(index, other, replace(ref, cost=ref.cost + 0.4))


def _add_concepts(index: Index) -> None:
    """Analysts' words stand for the columns that fit, where no column bears the word."""
    for word, groups in CONCEPTS.items():
        if any(r.col and r.col.measurable and r.cost < 0.9 for r in index.names.get(word, [])):
            continue
        for col in index.cols.values():
            if not col.measurable or col.additive is False:
                continue
            names = {" ".join(name_words(col.name)), name_words(col.name)[-1]}
            for group in groups:
                if names & set(group):
                    cost = 0.8 if group is UNITS else 0.5
                    _add_name(index, word, Ref(col.table, col, cost))
