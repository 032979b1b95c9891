"""The nearest questions that can be answered: made of what was understood, each vetted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, product

from ..base import View
from .filters import is_year
from .linking import Hit, Index
from .query import Col
from .read import sentence_of, understand
from .sentence import Sentence
from .telling import aggregated, plural, rows_called
from .words import name_words, readable, tokenize

_TRIED = 12
_FEW = 50
_YEAR = re.compile(r"(1[89]|20)\d\d")
_RANKS = frozenset({"index", "rank", "ranking", "row", "serial", "position", "unnamed", "no"})
"""Words for numbers that only count the rows: their averages tell nothing."""


def answerable(question: str, view: View) -> bool:
    """Whether the planner has exactly one reading of a question; nothing is run."""
    return len(understand(question, view).candidates) == 1


def nearest(question: str, view: View, limit: int = 3) -> tuple[str, ...]:
    """Questions this data can answer, those nearest to the words of the question first."""
    sentence = sentence_of(question, view)
    stems = {t.stem for t in tokenize(question)}
    ranked = sorted(_templates(sentence.index), key=lambda item: -len(stems & item[1]))
    near = chain(_near(sentence), (text for text, _ in ranked))
    tried = dict.fromkeys(text for text in near if text.casefold() != question.casefold())
    asked = islice(tried, _TRIED)
    return tuple(islice((text for text in asked if answerable(text, view)), limit))


@dataclass(frozen=True)
class _Said:
    """What of one table a question speaks of."""

    table: str
    measures: tuple[Col, ...]
    keys: tuple[Col, ...]
    values: tuple[Hit, ...]
    when: str
    """The period it names, with its "in": " in 2008"."""


def _near(sentence: Sentence) -> Iterator[str]:
    """Questions about the columns and values that are named: with the filter, then without."""
    said = _said(sentence)
    if said is None:
        return
    where = "".join(f" where {v.col.label} is {_quoted(v.cells[0])}" for v in said.values[:1])
    where += said.when
    measured = [aggregated("total" if m.additive else "average", m.label) for m in said.measures]
    for what, key in product(measured, said.keys):
        yield f"{what} by {key.label}{where}"
    rows = _rows(sentence.index, said.table)
    for key in said.keys:
        yield f"number of {rows} by {key.label}{where}"
    for what in measured if where else ():
        yield f"{what}{where}"
    if where:
        yield f"how many {rows} are there{where}"


def _said(sentence: Sentence) -> _Said | None:
    """The columns and values named, of the table that most of them are of."""
    cols, values, when = _named(sentence)
    index = sentence.index
    tables = [col.table for col in cols] + [value.col.table for value in values]
    tables += list(index.tables) if when and len(index.tables) == 1 else []
    if not tables:
        return None
    table = max(dict.fromkeys(tables), key=tables.count)
    own = [col for col in cols if col.table == table]
    return _Said(
        table,
        tuple(c for c in own if c.measurable and _says_how_much(c)),
        tuple(c for c in own if _repeats(index, c)),
        tuple(v for v in values if v.col.table == table and v.col not in own),
        f" in {when}" if when else "",
    )


def _named(sentence: Sentence) -> tuple[list[Col], list[Hit], str]:
    """The longest spans that name a column or a value, from left to right, and a year."""
    cols: list[Col] = []
    values: list[Hit] = []
    years = [t.text for t in sentence.tokens if _YEAR.fullmatch(t.text)]
    i = 0
    while i < len(sentence.tokens):
        nouns = [(end, noun) for noun, end in sentence.nouns(i) if noun.ref.col]
        cells = [(end, hits[0]) for hits, end in sentence.cells(i)]
        end = max((end for end, _ in (*nouns, *cells)), default=i + 1)
        for noun in [noun for at, noun in nouns if at == end][:1]:
            cols += [noun.ref.col] if noun.ref.col and noun.ref.col not in cols else []
        values += [hit for at, hit in cells if at == end][:1]
        i = end
    return cols, values, years[0] if len(years) == 1 else ""


def _quoted(cell: str) -> str:
    return cell if cell.replace(" ", "").isalnum() else f"'{cell}'"


def _rows(index: Index, table: str) -> str:
    """What the rows are called in a question; of several tables each by its name."""
    return rows_called(table) if len(index.tables) == 1 else plural(readable(table))


def _templates(index: Index) -> Iterator[tuple[str, set[str]]]:
    for table in index.tables:
        columns = index.columns(table)
        measures = [c for c in columns if c.measurable and _says_how_much(c)]
        keys = [c for c in columns if groups_well(index, c)]
        dates = [c for c in columns if c.temporal]
        own = set(name_words(table))
        yield from _of_measures(measures, keys, dates, own)
        name = _rows(index, table)
        yield f"how many {name} are there", own
        for key in keys[:2]:
            yield f"number of {name} by {key.label}", own | set(name_words(key.name))


def _of_measures(
    measures: list[Col], keys: list[Col], dates: list[Col], own: set[str]
) -> Iterator[tuple[str, set[str]]]:
    for measure in measures[:3]:
        how = "total" if measure.additive else "average"
        what = aggregated(how, measure.label)
        words = own | set(name_words(measure.name)) | {how}
        for key in keys[:2]:
            yield f"{what} by {key.label}", words | set(name_words(key.name))
        if len(dates) == 1:
            yield f"{what} by month", words | {"month", "trend"}
        if not keys:
            yield what, words


def _says_how_much(col: Col) -> bool:
    """Its name tells that it is an amount, or it has fractions: a whole number may be a name."""
    if is_year(col) or counts_rows(col):
        return False
    return col.additive is not None or col.type != "integer"


def _repeats(index: Index, col: Col) -> bool:
    """A text column whose values stand in more than one row, as a rule."""
    return 1 < index.counts.get((col.table, col.name), 0) <= index.tables[col.table].rows / 2


def counts_rows(col: Col) -> bool:
    """Only a number for each row: `index`, `rank`, `no`."""
    return _RANKS.issuperset(name_words(col.name))


def groups_well(index: Index, col: Col) -> bool:
    """Whether its values are few enough for a row each, and more than one."""
    distinct = index.counts.get((col.table, col.name), 0)
    return 1 < distinct <= _FEW and not index.unique(col)
