"""Declining well: what was understood, what was not, what the data has instead."""

from __future__ import annotations

from difflib import get_close_matches

from ....types.result import Missing
from ..base import View
from .lexicon import GREETINGS, WHY
from .linking import Index, index_of
from .nearest import nearest
from .read import Understanding
from .words import tokenize

_NAMES = 8


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
    return Missing(
        message=_reason(text, view, found),
        understood=found.understood,
        unknown=found.unknown,
        suggestions=nearest(text, view),
    )


def _reason(text: str, view: View, found: Understanding) -> str:
    asked = {t.low for t in tokenize(text)} & WHY
    if asked and found.unknown:
        word = next(t.low for t in tokenize(text) if t.low in asked)
        return f"Questions with '{word}' go beyond what can be computed from the data by rule."
    if found.unknown:
        words = ", ".join(f"'{word}'" for word in found.unknown[:6])
        return f"Nothing in the data explains {words}. {_near(found.unknown, index_of(view))}"
    return found.reason


def _near(words: tuple[str, ...], index: Index) -> str:
    labels = list(dict.fromkeys(c.label for c in index.cols.values()))
    near = [n for w in words for n in get_close_matches(w.lower(), labels, n=2, cutoff=0.8)]
    if near:
        return f"The nearest columns are {', '.join(dict.fromkeys(near))}."
    measures = [c.label for c in index.cols.values() if c.measurable]
    names = list(dict.fromkeys(measures + labels))[:_NAMES]
    return f"Its columns are {', '.join(names)}{', ...' if len(labels) > len(names) else ''}."


def _tables(view: View) -> str:
    names = [t.name for t in view.tables]
    return ", ".join(names[:_NAMES]) + (", ..." if len(names) > _NAMES else "")
