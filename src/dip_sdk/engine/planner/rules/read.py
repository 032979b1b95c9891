"""Reading: from the words of a question to the statements of its plausible readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ....types.values import Wire
from ..base import View
from .compile import Compiled, compiled
from .draft import bindings, draft_of
from .elements import Element, Lead, Noun, Value, slots
from .forms import queries
from .grammar import readings, unknown_words
from .indexing import index_of
from .inner import hits_of
from .linking import Hit, Index
from .query import Query, UnreadableError
from .sentence import Sentence, conjoined, full_names
from .words import tokenize

MARGIN = 0.45
"""Readings this close to the best one are as plausible as it."""
TABLE_COST = 0.5
MAX_TRIES = 800
MAX_DEPTH = 2
"""How many questions may stand inside each other below the one that is asked."""


@dataclass(frozen=True)
class Candidate:
    """One reading with its statement and how far-fetched it is."""

    cost: float
    compiled: Compiled
    elements: tuple[Element, ...] = ()


@dataclass(frozen=True)
class Understanding:
    """What became of a question: its plausible readings, or why there is none."""

    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    unknown: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()


@dataclass
class _Found:
    best: float = float("inf")
    candidates: dict[tuple[str, tuple[tuple[str, Wire], ...]], Candidate] = field(
        default_factory=dict
    )
    reasons: dict[str, float] = field(default_factory=dict)
    tries: int = 0

    def add(self, candidate: Candidate) -> None:
        self.best = min(self.best, candidate.cost)
        key = (candidate.compiled.sql, tuple(sorted(candidate.compiled.params.items())))
        known = self.candidates.get(key)
        if known is None or known.cost > candidate.cost:
            self.candidates[key] = candidate

    def refuse(self, reason: str, cost: float) -> None:
        self.reasons[reason] = min(cost, self.reasons.get(reason, float("inf")))

    def plausible(self) -> tuple[Candidate, ...]:
        close = [c for c in self.candidates.values() if c.cost <= self.best + MARGIN]
        return tuple(sorted(close, key=lambda c: c.cost))


def sentence_of(text: str, view: View) -> Sentence:
    """The tokens of a question over the index of a view."""
    today = view.settings.today or view.today
    sunday = view.settings.week_start == "sunday"
    names = {name for t in view.tables for name in (t.name, *(c.name for c in t.visible))}
    index = index_of(view)
    tokens = full_names(conjoined(tokenize(text, names=names)), index)
    return Sentence(tokens, index, today, sunday, _Inner())


class _Inner:
    """Reads spans of a sentence as questions of their own, each once."""

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._known: dict[tuple[int, int], tuple[Hit, ...]] = {}

    def __call__(self, sentence: Sentence, i: int, end: int) -> tuple[Hit, ...]:
        if self._depth == MAX_DEPTH or end - i < 2:
            return ()
        if (i, end) not in self._known:
            span = replace(sentence, tokens=sentence.tokens[i:end], inner=_Inner(self._depth + 1))
            self._known[i, end] = tuple(_hits(span))
        return self._known[i, end]


def _hits(span: Sentence) -> Iterator[Hit]:
    rows = ((cost, (Lead("which"), *elements)) for cost, elements in readings(span))
    said = " ".join(t.text for t in span.tokens)
    for found in _search(rows, span.index).plausible():
        query = found.compiled.query
        nouns = [e.ref for e in found.elements if isinstance(e, Noun)]
        if query.keys or any(r.table == query.base and r.col is None for r in nouns):
            for hit in hits_of(query, span.index, said):
                yield replace(hit, cost=hit.cost + found.cost)


def understand(text: str, view: View) -> Understanding:
    """The plausible readings of a question that stands alone."""
    sentence = sentence_of(text, view)
    found = _search(readings(sentence), sentence.index)
    if found.candidates:
        return Understanding(found.plausible())
    unknown = unknown_words(sentence)
    if unknown:
        return Understanding(unknown=unknown, understood=_understood(sentence))
    reasons = sorted(found.reasons, key=lambda r: found.reasons[r])
    return Understanding(
        reason=reasons[0] if reasons else "The words do not come together to a question.",
        understood=_understood(sentence),
    )


def plausible(
    rows: Iterable[tuple[float, tuple[Element, ...]]], index: Index
) -> tuple[Candidate, ...]:
    """The readings of rows of elements, given cheapest first."""
    return _search(rows, index).plausible()


def _search(rows: Iterable[tuple[float, tuple[Element, ...]]], index: Index) -> _Found:
    found = _Found()
    for cost, elements in rows:
        if cost > found.best + MARGIN or found.tries > MAX_TRIES:
            break
        _read(elements, cost, index, found)
    return found


def _read(elements: tuple[Element, ...], cost: float, index: Index, found: _Found) -> None:
    least = sum(_cost(slot) for slot in slots(elements))
    for price, chosen in bindings(elements):
        total = cost + price
        if total > found.best + MARGIN or found.tries > MAX_TRIES:
            return
        found.tries += 1
        try:
            for query in queries(draft_of(chosen, index), index):
                far = total + TABLE_COST * _unnamed_tables(query, chosen)
                for way in compiled(query, index):
                    found.add(Candidate(far, way, chosen))
        except UnreadableError as error:
            found.refuse(str(error), total + least)


def _cost(slot: Noun | Value) -> float:
    return slot.refs[0].cost if isinstance(slot, Noun) else slot.hits[0].cost


def _unnamed_tables(query: Query, elements: tuple[Element, ...]) -> int:
    """Tables that the reading needs and no word names."""
    named = {s.ref.table for s in slots(elements) if isinstance(s, Noun) and s.ref.col is None}
    named |= {s.hits[0].col.table for s in slots(elements) if isinstance(s, Value) and _said(s)}
    cols = [*query.columns, *(k.col for k in query.keys), *(c.col for c in query.conditions)]
    used = {query.base, *(c.table for c in cols)}
    return max(0, len(used - named) - (0 if named else 1))


def _said(value: Value) -> bool:
    """Its thing is named with it: "the Colorado river", "the state with the largest city"."""
    return value.hits[0].cost < 0 or value.hits[0].inner is not None


def _understood(sentence: Sentence) -> tuple[str, ...]:
    """Spans that name something of the data, longest first, none twice."""
    told: list[str] = []
    i = 0
    while i < len(sentence.tokens):
        spans = [end for _, end in (*sentence.nouns(i), *sentence.cells(i))]
        end = max(spans, default=0)
        if end > i:
            told.append(" ".join(t.text for t in sentence.tokens[i:end]))
        i = max(end, i + 1)
    return tuple(dict.fromkeys(told))
