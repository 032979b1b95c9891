"""Linking: which tables, columns and values a span of a question may name, and at what cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ....types.dataset import Table
from .joins import Graph
from .lexicon import COMMON_WORDS
from .namewords import DEMONYMS, GENDERS, STATES
from .query import Col, Query
from .words import Token, name_words, phrase_key

MAX_NAME = 6
MAX_VALUE = 8
LONGEST_CODE = 4
_STATES = {phrase_key(name): code for name, code in STATES.items()}


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
    spans: set[tuple[str, str]] = field(default_factory=set)
    """Text columns most of whose cells are years or spans of them: `1998/99`."""
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
        elif text in GENDERS:
            found = {
                place: cells
                for written in GENDERS[text]
                for place, cells in self.values.get(written, {}).items()
                if {"gender", "sex"} & set(name_words(place[1]))
            }
        elif code := _STATES.get(phrase_key(text)):
            found = {
                place: cells
                for place, cells in self.values.get(code, {}).items()
                if "state" in name_words(place[1]) and all(cell.isupper() for cell in cells)
            }
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
        if (col.table, col.name) in self.spans:
            return False
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
