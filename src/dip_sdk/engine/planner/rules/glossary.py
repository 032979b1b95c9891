"""The users' own words for tables, columns and values: they go before anything that is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .linking import Index, Ref
from .words import name_words, phrase_key


def learn(index: Index, synonyms: Mapping[str, Sequence[str]]) -> None:
    """Let each word of a glossary name what it stands for, and nothing else."""
    named: dict[str, list[Ref]] = {}
    for name, words in synonyms.items():
        refs = list(_refs(index, name))
        for word in words:
            named.setdefault("".join(name_words(word)), []).extend(refs)
            if not refs:
                _learn_value(index, name, word)
    for key, refs in named.items():
        if refs:
            index.names[key] = refs


def _refs(index: Index, name: str) -> Iterator[Ref]:
    """The table or the columns that a name of a glossary stands for, at no cost."""
    wanted = name.strip().casefold()
    for table in index.tables:
        if table.casefold() == wanted:
            yield Ref(table, None, 0.0)
    for (table, column), col in index.cols.items():
        if wanted in (column.casefold(), f"{table}.{column}".casefold()):
            yield Ref(table, col, 0.0)


def _learn_value(index: Index, name: str, word: str) -> None:
    """A word for a cell: `region.North`, or `sales.region.North`."""
    column, _, value = name.rpartition(".")
    cells = index.values.get(phrase_key(value), {})
    places = {(ref.table, ref.col.name) for ref in _refs(index, column) if ref.col}
    for place in places & cells.keys():
        index.values[phrase_key(word)] = {place: cells[place]}
