"""Declining well: what was understood, what was not, what the data has instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from itertools import islice
from operator import attrgetter

from ....types.result import Missing
from ..base import View
from .indexing import index_of
from .lexicon import AGGREGATES, GREETINGS, WHY
from .linking import Index
from .nearest import answerable, counts_rows, groups_well, nearest
from .query import Col
from .read import Understanding
from .words import phrase_key, tokenize

Meant = dict[str, tuple[str, str]]
"""Per unknown word the value that it is most like, and the column that holds it."""

_NAMES = 8
_OFFERED = 3
_INSTEAD = 3
_ALIKE = 0.8
_COMPARED = 20_000


def empty(text: str) -> bool:
    """A question with nothing in it, or a greeting."""
    return all(t.low in GREETINGS or t.low in {",", ".", "there"} for t in tokenize(text))


def helped(text: str, view: View) -> Missing:
    """What can be asked, for who has not asked yet."""
    if not view.tables:
        return Missing(message="There is no data yet: upload a file, then ask about it.")
    return Missing(
        message=f"Ask a question about {_tables(view)}.",
        suggestions=nearest(text, view),
    )


def missing(text: str, view: View, found: Understanding) -> Missing:
    """Why the question has no answer here."""
    if not view.tables:
        return helped(text, view)
    index = index_of(view)
    meant = _values_meant(found.unknown, index)
    mended = [text.replace(word, value) for word, (value, _) in meant.items()]
    mended += _unlocked(text, found.unknown, index)
    return Missing(
        message=_reason(text, view, found, meant),
        understood=found.understood,
        unknown=found.unknown,
        suggestions=tuple(_offered(text, mended, view)),
    )


def _offered(text: str, mended: list[str], view: View) -> list[str]:
    """Questions that can be answered: the same with its strange word mended, then the nearest."""
    same = islice((q for q in mended if answerable(q, view)), _OFFERED - 1)
    return list(dict.fromkeys([*same, *nearest(text, view)]))[:_OFFERED]


def _unlocked(text: str, unknown: tuple[str, ...], index: Index) -> list[str]:
    """The question with its one strange word left out, or as a column that could stand there."""
    if len(unknown) != 1:
        return []
    word = re.compile(rf"\b{re.escape(unknown[0])}\b", re.IGNORECASE)
    grouped = re.search(rf"\b(by|per|each|every)\s+{word.pattern}", text, re.IGNORECASE)
    measured: Callable[[Col], bool] = attrgetter("measurable")
    fits = partial(groups_well, index) if grouped else measured
    labels = dict.fromkeys(c.label for c in index.cols.values() if fits(c))
    instead = [word.sub(label, text, count=1) for label in islice(labels, _INSTEAD)]
    without = " ".join(word.sub(" ", text, count=1).split())
    return [without, *instead]


def _values_meant(unknown: tuple[str, ...], index: Index) -> Meant:
    meant: Meant = {}
    for word in unknown:
        close = get_close_matches(phrase_key(word), _alike(word, index), n=1, cutoff=_ALIKE)
        for place, cells in index.values[close[0]].items() if close else ():
            meant.setdefault(word, (next(iter(cells)), index.cols[place].label))
    return meant


def _alike(word: str, index: Index) -> list[str]:
    """Values of about the same length: the only ones worth comparing letter by letter."""
    length = len(phrase_key(word))
    return [key for key in index.values if abs(len(key) - length) <= 2][:_COMPARED]


def _did_you_mean(meant: Meant) -> str:
    said = [f"'{value}' ({label})" for value, label in meant.values()]
    return f"Did you mean {' and '.join(said)}?" if said else ""


def _reason(text: str, view: View, found: Understanding, meant: Meant) -> str:
    if not any(table.rows for table in view.tables):
        return f"There is nothing to compute: {_tables(view)} has no rows."
    asked = {t.low for t in tokenize(text)} & WHY
    if asked and found.unknown:
        word = next(t.low for t in tokenize(text) if t.low in asked)
        return f"Questions with '{word}' go beyond what can be computed from the data by rule."
    if found.unknown:
        words = ", ".join(f"'{word}'" for word in found.unknown[:6])
        if found.understood and {word.lower() for word in found.unknown} <= set(AGGREGATES):
            named = ", ".join(f"'{word}'" for word in found.understood)
            return f"{words} needs a column of numbers; {named} is none."
        instead = _did_you_mean(meant) or _near(found.unknown, index_of(view))
        return f"Nothing in the data explains {words}. {instead}"
    return found.reason


def _near(words: tuple[str, ...], index: Index) -> str:
    labels = list(dict.fromkeys(c.label for c in index.cols.values()))
    near = [n for w in words for n in get_close_matches(w.lower(), labels, n=2, cutoff=0.8)]
    if near:
        return f"The nearest columns are {', '.join(dict.fromkeys(near))}."
    telling = [c for c in index.cols.values() if not counts_rows(c)]
    names = list(dict.fromkeys(c.label for c in telling))
    return f"Its columns are {', '.join(names[:_NAMES])}{', ...' if len(names) > _NAMES else ''}."


def _tables(view: View) -> str:
    names = [t.name for t in view.tables]
    return ", ".join(names[:_NAMES]) + (", ..." if len(names) > _NAMES else "")
