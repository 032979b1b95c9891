"""The grammar: every way to read a question as a row of elements that leaves no word over."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from . import charting, filters, happening, measures, output, placing, ranks
from .elements import ChartAs, Element, Lead, Not, Noun, Only, Share, Trend, Verb
from .lexicon import (
    CHART_NOUNS,
    CHART_VERBS,
    CHARTS,
    COUNTS,
    FILLERS,
    GLUE,
    LEADS,
    NEGATIONS,
    PICTURES,
    POLITE,
    SHARE_TAILS,
    SHARES,
    TRENDS,
    VERBS,
    VOCABULARY,
    YES_OR_NO,
)
from .query import Chart
from .sentence import DETERMINERS, Phrases, Sentence

Step = tuple[Element | None, int, float]
"""An element (or none, for words that change nothing), where it ends, and its cost."""

_LEADS = Phrases(LEADS)
_MARKS = Phrases(CHARTS)
_PICTURES = Phrases(PICTURES)
_POLITE = Phrases.of(POLITE)
_FILLERS = Phrases.of(FILLERS)
_TRENDS = Phrases.of(TRENDS)
_SHARES = Phrases.of((*SHARES, *SHARE_TAILS))
_NEGATIONS = Phrases.of(NEGATIONS)
_COUNTS = Phrases.of(COUNTS)
_AGAIN = Phrases.of(("they", "each one", "each of them", "each of these"))

_PARTICLES = frozenset({"by", "through", "across"})
_BEFORE_WHICH = frozenset({"of", "in", "for", "from", "at", "on", "through", "across"})
_BACK = frozenset({"it", "them"})
"""Words that point back to what the question began with."""

_GLUE_COST = 0.05
_MAX_STATES = 6000
_MAX_READINGS = 60


def readings(s: Sentence) -> Iterator[tuple[float, tuple[Element, ...]]]:
    """Rows of elements that use up every token, the cheapest first."""
    order = count()
    heap: list[tuple[float, int, int, tuple[Element, ...]]] = [(0.0, next(order), 0, ())]
    steps: dict[int, list[Step]] = {}
    seen: set[tuple[int, tuple[Element, ...]]] = set()
    given = states = 0
    while heap and given < _MAX_READINGS and states < _MAX_STATES:
        cost, _, i, elements = heapq.heappop(heap)
        states += 1
        if (i, elements) in seen:
            continue
        seen.add((i, elements))
        if i == len(s.tokens):
            given += 1
            yield cost, elements
            continue
        if i not in steps:
            steps[i] = list(steps_at(s, i))
        for element, end, price in steps[i]:
            longer = elements if element is None else (*elements, element)
            heapq.heappush(heap, (cost + price, next(order), end, longer))


def steps_at(s: Sentence, i: int) -> Iterator[Step]:
    """Everything the tokens from `i` on may be."""
    for clause in _CLAUSES:
        yield from clause(s, i)


def unknown_words(s: Sentence) -> tuple[str, ...]:
    """Words that no element takes in; those of the lexicon only where there are no others."""
    words = _untaken(s)
    strange = tuple(w for w in words if w.casefold() not in VOCABULARY)
    return strange or words


def _untaken(s: Sentence) -> tuple[str, ...]:
    """Questions inside the question are not read for it: their words are taken in one by one."""
    taken: set[int] = set()
    for i in range(len(s.tokens)):
        for clause in _CLAUSES:
            for _, end, _ in clause(s, i) if clause not in filters.INNERS else ():
                taken.update(range(i, end))
    return tuple(t.text for i, t in enumerate(s.tokens) if i not in taken)


def _glue(s: Sentence, i: int) -> Iterator[Step]:
    begins = i == 0 and bool(_LEADS.at(s.tokens, i) or s.low(i) == "where")
    begins = begins or (i == 0 and s.low(i) in YES_OR_NO)
    if s.low(i) in GLUE and not s.tokens[i].quoted and not begins:
        yield None, i + 1, _GLUE_COST
    for _, end in _FILLERS.at(s.tokens, i):
        yield None, end, _GLUE_COST


def _again(s: Sentence, i: int) -> Iterator[Step]:
    """`the teachers and how many courses they teach`: what is counted for, named once more."""
    for _, end in _AGAIN.at(s.tokens, i)[:1]:
        if any(s.low(k - 1) == "and" and _COUNTS.at(s.tokens, k) for k in range(3, i)):
            yield None, end, _GLUE_COST


def _lead(s: Sentence, i: int) -> Iterator[Step]:
    if s.low(i) in _BEFORE_WHICH and s.low(i + 1) == "which":
        yield Lead("which"), i + 2, 0.1
    if s.low(i - 1) == "," and s.low(0) in {"for", "in", "from"}:
        for kind, end in _LEADS.at(s.tokens, i)[:1]:
            yield Lead(kind), end, 0.1
    if i and not all(_POLITE.at(s.tokens, k) or s.low(k) == "," for k in range(_first(s, i))):
        return
    for _, end in _POLITE.at(s.tokens, i):
        yield None, end, _GLUE_COST
    for kind, end in _LEADS.at(s.tokens, i)[:1]:
        yield Lead(kind), end, 0.1


def _first(s: Sentence, i: int) -> int:
    """How many tokens before `i` must be politeness for `i` to begin the question."""
    return 0 if i == 2 and _POLITE.at(s.tokens, 0)[:1] and _POLITE.at(s.tokens, 0)[0][1] == 2 else i


def _noun(s: Sentence, i: int) -> Iterator[Step]:
    if s.low(i) in {"the", "a", "an", "all", "our", "their", "its"}:
        return
    before = i - 1
    while s.low(before) in DETERMINERS - {"of", "each"}:
        before -= 1
    word = "" if _LEADS.at(s.tokens, before) else s.low(before)
    for noun, end in s.nouns(i):
        yield replace(noun, before=word), end, 1.0 + noun.refs[0].cost


def _not(s: Sentence, i: int) -> Iterator[Step]:
    for _, end in _NEGATIONS.at(s.tokens, i)[:1]:
        for noun, after in s.nouns(end):
            flags = tuple(r for r in noun.refs if r.col and filters.is_flag(s.index, r.col))
            if flags:
                yield Not(Noun(flags, noun.words)), after, 1.0 + flags[0].cost


def _verb(s: Sentence, i: int) -> Iterator[Step]:
    """`flights operated by SunJet`, `the states that it borders`, `the most rivers in it`."""
    if i and s.low(i) in VERBS:
        tables = {ref.table for noun, end in s.nouns(i) if end == i + 1 for ref in noun.refs}
        end = s.skip(i + 1, _PARTICLES)
        end += s.low(end) in _BACK
        yield Verb(s.low(i), tuple(sorted(tables))), end, 0.8


def _trend(s: Sentence, i: int) -> Iterator[Step]:
    for _, end in _TRENDS.at(s.tokens, i)[:1]:
        yield Trend(), end, 1.0


def _share(s: Sentence, i: int) -> Iterator[Step]:
    for _, end in _SHARES.at(s.tokens, i)[:1]:
        yield Share(), end, 1.0


def _only(s: Sentence, i: int) -> Iterator[Step]:
    """`the only driver from Peru`: there is one, or the question is mistaken."""
    if s.low(i) == "only" and s.low(i - 1) == "the":
        yield Only(), i + 1, 0.5


def _chart(s: Sentence, i: int) -> Iterator[Step]:
    start = s.skip(i, {"as", "in", "on", "with", "using"})
    start = s.skip(start, {"a", "an"})
    marks = _MARKS.at(s.tokens, start)[:1]
    mark, noun = marks[0] if marks else ("", start)
    if s.low(noun) in CHART_NOUNS and (mark or start > i or i == 0):
        yield ChartAs(Chart(mark)), noun + 1, 1.0
    for mark, end in _PICTURES.at(s.tokens, i)[:1]:
        yield ChartAs(Chart(mark)), end, 1.0
    if i <= 1 and s.low(i) in CHART_VERBS:
        yield ChartAs(Chart()), i + 1, 1.0


_CLAUSES: tuple[Callable[[Sentence, int], Iterator[Step]], ...] = (
    _lead,
    _glue,
    _again,
    _noun,
    _not,
    _verb,
    _trend,
    _share,
    _only,
    _chart,
    *measures.CLAUSES,
    *ranks.CLAUSES,
    *filters.CLAUSES,
    *happening.CLAUSES,
    *output.CLAUSES,
    *charting.CLAUSES,
    *placing.CLAUSES,
)
