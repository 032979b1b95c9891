"""Indexing: the tables of a view, looked through once for all that a question may name."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from dataclasses import replace

from ....types.dataset import Table, TableColumn
from ..base import View
from .glossary import learn
from .joins import Graph
from .lexicon import ROW_WORDS
from .linking import MAX_VALUE, Index, Ref
from .namewords import CALENDARS, CONCEPTS, GENERIC, SYNONYMS, UNITS
from .naming import (
    AMOUNTS,
    about_table,
    aliases,
    bare,
    column_of,
    endings,
    holders_of,
    medals,
    unbracketed,
)
from .query import Col
from .segments import Segments
from .words import name_words, phrase_key

FLAGS = ({"t", "f"}, {"y", "n"}, {"yes", "no"}, {"true", "false"}, {"0", "1"})
TRUE = frozenset({"t", "y", "yes", "true", "1"})
_SPAN = re.compile(r"(1[5-9]|20)\d\d(\s?[-\u2013/]\s?\d{2,4})?")
"""A year or two, such as `1998/99`: the name of a season, no figure."""
_CACHE: OrderedDict[tuple[object, ...], Index] = OrderedDict()
_KEPT = 32
VALUE_CELLS = 40_000
"""Text columns times all columns of a table, beyond which values are not looked up."""
MANY = 200
"""Columns that one word may name; a word of more tells nothing."""
_OF_PEOPLE = frozenset({("gender",), ("sex",), ("age",)})
_PEOPLE = frozenset({"individual", "participant", "person", "respondent"})
THINGS_COST = 0.5
"""What it costs to mean rows by the name of the column that names them."""
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
    _add_rows(index)
    learn(index, view.glossary.synonyms)
    for key, refs in index.names.items():
        index.names[key] = sorted(_settled(refs, view), key=lambda ref: ref.cost)
    for table in view.tables:
        _add_things(index, table)
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
    for said in ROW_WORDS:
        index.names["".join((*words, said))].append(Ref(table.name, None, 0.2))
    readings = {c.reading_of: c for c in table.columns if c.reading_of}
    holders = holders_of(table)
    shorter = Counter(bare(column.name) for column in table.visible)
    for column in table.visible:
        own = index.words(column.name)
        col = column_of(table, column, readings.get(column.name), own)
        if column.name in keys:
            col = replace(col, identifier=True)
        index.cols[table.name, column.name] = col
        for key, cost in aliases(words, own, column, col):
            _add_name(index, key, Ref(table.name, col, cost))
        for key in (*endings(column, holders), *medals(own, holders)):
            _add_name(index, key, Ref(table.name, col, 1.0))
        for key in about_table(words, own, col, holders):
            _add_name(index, key, Ref(table.name, col, 0.3))
        if shorter[said := bare(column.name)] == 1 and said:
            _add_name(index, "".join(name_words(said)), Ref(table.name, col, 0.2))


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


def _add_name(index: Index, key: str, ref: Ref) -> None:
    known = index.names[key]
    if len(known) < MANY and not any(
        r.table == ref.table and r.col == ref.col and r.cost <= ref.cost for r in known
    ):
        known.append(ref)


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
    spans = sum(_SPAN.fullmatch(cell) is not None for cell in cells)
    if spans * 2 > len(cells):
        index.spans.add(place)
    elif sum(cell[:1].isdigit() for cell in cells) * 2 > len(cells):
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
    return {phrase_key(cell), phrase_key(unbracketed(cell))}


def _add_synonyms(index: Index) -> None:
    """A name of one word, or its last word, said by another word of the same meaning."""
    for words in SYNONYMS:
        for word in words:
            known = [r for r in index.names.get(word, ()) if r.cost <= 0.6]
            for other in words - {word}:
                if not index.names.get(other):
                    for ref in known:
                        _add_name(index, other, replace(ref, cost=ref.cost + 0.4))


def _add_rows(index: Index) -> None:
    """`rows`, `people`: those of the one table there is, where nothing else is called so."""
    said_of_people = any(index.words(col.name) in _OF_PEOPLE for col in index.cols.values())
    for said in (*ROW_WORDS, *(_PEOPLE if said_of_people else ())):
        if len(index.tables) == 1 and not index.names.get(said):
            index.names[said].append(Ref(next(iter(index.tables)), None, 0.3))


def _add_things(index: Index, table: Table) -> None:
    """`games` for the rows of a table whose `game title` tells them apart, but for a few."""
    texts = [c for c in index.columns(table.name) if c.type == "text"]
    called = [c for c in texts if len(w := index.words(c.name)) == 1 or w[-1] in GENERIC]
    naming = [c for c in called if index.unique(c) or index.mostly_unique(c)]
    for word in set(index.words(table.name)):
        refs = index.names.get(word, [])
        if refs and all(r.col and r.cost and r.col.type == "text" for r in refs):
            refs.append(Ref(table.name, None, refs[0].cost + THINGS_COST))
    for col in naming[:1]:
        for key, refs in index.names.items():
            costs = [r.cost for r in refs if r.col == col]
            if costs and all(r.col for r in refs) and not key.endswith(tuple(GENERIC)):
                refs.append(Ref(table.name, None, min(costs) + THINGS_COST))


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
