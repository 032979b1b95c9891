"""The nearest questions that can be answered: templates filled from the tables, each vetted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..base import View
from .filters import is_year
from .indexing import index_of
from .linking import Index
from .query import Col
from .read import understand
from .telling import aggregated, plural
from .words import name_words, readable, tokenize

_TRIED = 12
_FEW = 50


def answerable(question: str, view: View) -> bool:
    """Whether the planner has exactly one reading of a question; nothing is run."""
    return len(understand(question, view).candidates) == 1


def nearest(question: str, view: View, limit: int = 3) -> tuple[str, ...]:
    """Questions this data can answer, those nearest to the words of the question first."""
    index = index_of(view)
    stems = {t.stem for t in tokenize(question)}
    ranked = sorted(_templates(index), key=lambda item: -len(stems & item[1]))
    asked = (text for text, _ in ranked[:_TRIED] if text.casefold() != question.casefold())
    return tuple(islice((text for text in asked if answerable(text, view)), limit))


def _templates(index: Index) -> Iterator[tuple[str, set[str]]]:
    for table in index.tables:
        columns = index.columns(table)
        measures = [c for c in columns if c.measurable and _says_how_much(c)]
        keys = [c for c in columns if groups_well(index, c)]
        dates = [c for c in columns if c.temporal]
        own = set(name_words(table))
        yield from _of_measures(measures, keys, dates, own)
        name = plural(readable(table))
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
    return not is_year(col) and (col.additive is not None or col.type != "integer")


def groups_well(index: Index, col: Col) -> bool:
    """Whether its values are few enough for a row each, and more than one."""
    distinct = index.counts.get((col.table, col.name), 0)
    return 1 < distinct <= _FEW and not index.unique(col)
