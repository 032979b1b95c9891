"""Follow-ups: "and by month?", "only the north", "top 3" change the question before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ....types.errors import PlanRejected
from ...guard import Guard
from ..base import Past, View
from .elements import (
    Agg,
    ChartAs,
    Compare,
    Contains,
    Count,
    CountNext,
    During,
    Element,
    GrainTerm,
    Group,
    Lead,
    Noun,
    Order,
    Top,
    Trend,
    Value,
)
from .grammar import readings
from .lexicon import AGGREGATES, FOLLOW_ENDS, FOLLOW_PREPOSITIONS, FOLLOW_STARTS
from .read import Candidate, Understanding, plausible, sentence_of, understand
from .sentence import Phrases, Sentence
from .wordlists import phrases
from .words import Token

MAX_DEPTH = 8
_STARTS = Phrases.of(FOLLOW_STARTS)
_ADDING = ("and", "and for", "and in")
_CORRECTING = Phrases.of(
    phrases(
        """
        no; nope; sorry; actually; rather; wait; i meant; i mean; i want; make it; please; oh;
        not that; the other way; better
        """
    )
)
"""Words before a change that say nothing of it."""
_FUNCTIONS = Phrases(AGGREGATES)


@dataclass(frozen=True)
class _Fragment:
    sentence: Sentence
    adds: bool
    """"and by month" adds to what was asked; "by month" puts it in its place."""


def begins_like_one(text: str, view: View) -> bool:
    """A question that begins with "and", "only", "in", "with" goes on from the one before."""
    tokens = sentence_of(text, view).tokens
    return bool(view.history and tokens) and (
        bool(_STARTS.at(tokens, 0) or _CORRECTING.at(tokens, 0))
        or tokens[0].low in FOLLOW_PREPOSITIONS
    )


def follow(text: str, view: View, *, bare: bool = False) -> Understanding | None:
    """The readings of a question that changes the one before it; None where it can't be one.

    With `bare`, only where it names nothing to compute of its own. What begins like a question
    of its own and computes something is none that changes another, even where it is not read.
    """
    if not view.history:
        return None
    fragment = _fragment(sentence_of(text, view))
    if fragment is None:
        return None
    before = _before(view, view.history, MAX_DEPTH)
    if before is None:
        return None
    index = fragment.sentence.index
    if functions := _functions(fragment):
        found = plausible([(0.0, _computed_so(before.elements, functions, fragment))], index)
        return Understanding(found) if found else None
    own: tuple[type, ...] = (Agg, Count, Lead) if bare else (Agg, Count)
    whole = bare or not begins_like_one(text, view)
    merged = (
        (cost, elements)
        for cost, new in readings(fragment.sentence)
        if not (whole and any(isinstance(e, own) for e in new))
        for elements in _merged(before.elements, new, adds=fragment.adds)
    )
    found = plausible(merged, index)
    return Understanding(found) if found else None


def _fragment(sentence: Sentence) -> _Fragment | None:
    tokens, adds = _corrected(sentence.tokens), False
    if found := _STARTS.at(tokens, 0)[:1]:
        adds = found[0][0] in _ADDING
        tokens = tokens[found[0][1] :]
    for words in FOLLOW_ENDS:
        ending = tuple(words.split())
        if tuple(t.low for t in tokens[-len(ending) :]) == ending:
            tokens = tokens[: -len(ending)]
            adds = adds or words in {"too", "as well", "also"}
    if tokens and tokens[-1].low == "please":
        tokens = tokens[:-1]
    if not tokens:
        return None
    return _Fragment(_dated(replace(sentence, tokens=tokens)), adds)


def _dated(s: Sentence) -> Sentence:
    """Without the word "date" behind the name of one: "by shipped date"."""
    named = {
        end
        for i in range(len(s.tokens))
        for noun, end in s.nouns(i)
        if all(r.col and r.col.temporal for r in noun.refs)
    }
    kept = [t for i, t in enumerate(s.tokens) if t.low != "date" or i not in named]
    return replace(s, tokens=tuple(kept))


def _corrected(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without the "no, sorry, I meant" before a correction."""
    while found := _CORRECTING.at(tokens, 0)[:1]:
        tokens = tokens[found[0][1] :]
        while tokens and tokens[0].low in {",", ".", ";"}:
            tokens = tokens[1:]
    return tokens


def _functions(fragment: _Fragment) -> tuple[str, ...]:
    """As in "the maximum instead": other functions of the same column; () where it says more."""
    s = fragment.sentence
    fns: list[str] = []
    i = s.skip(0, {"the"})
    while i < len(s.tokens):
        found = _FUNCTIONS.at(s.tokens, i)[:1]
        if not found:
            return ()
        fns.append(found[0][0])
        i = s.skip(found[0][1], {"and", ",", "the"})
    return tuple(fns)


def _computed_so(
    elements: tuple[Element, ...], functions: tuple[str, ...], fragment: _Fragment
) -> tuple[Element, ...]:
    """The elements with their aggregate computed by other functions, or by these as well."""
    return tuple(
        replace(e, fns=(*e.fns, *functions) if fragment.adds else functions)
        if isinstance(e, Agg)
        else e
        for e in elements
    )


def _before(view: View, history: tuple[Past, ...], depth: int) -> Candidate | None:
    """The reading that answered the last question: read again, and the same statement as then."""
    if not history or depth == 0:
        return None
    past, earlier = history[-1], replace(view, history=history[:-1])
    ran = {step.sql for step in past.plan.sql_steps}
    alone = understand(past.question, earlier).candidates
    if same := [c for c in alone if _ran(c, ran, view)]:
        return same[0]
    followed = follow(past.question, earlier)
    changed = followed.candidates if followed else ()
    if same := [c for c in changed if _ran(c, ran, view)]:
        return same[0]
    found = alone or changed
    return found[0] if len(found) == 1 else None


def _ran(candidate: Candidate, ran: set[str], view: View) -> bool:
    """Whether this reading's statement is among those that ran: a plan keeps it as checked."""
    sql, params = candidate.compiled.sql, candidate.compiled.params
    if sql in ran:
        return True
    try:
        return Guard(view.tables).check(sql, params=params).shown in ran
    except PlanRejected:
        return False


def _merged(
    old: tuple[Element, ...], new: tuple[Element, ...], *, adds: bool
) -> Iterator[tuple[Element, ...]]:
    """The old elements with the new ones in the places of those they replace."""
    elements = list(old)
    if _contradicts(new):
        return
    for element in new:
        place = _PLACES.get(type(element))
        if place is None or not place(elements, element, adds):
            return
    yield tuple(elements)


def _contradicts(new: tuple[Element, ...]) -> bool:
    """Two values of one column, as in "remote vs in-person": no change says both."""
    columns = [hit.col for e in new if isinstance(e, Value) for hit in e.hits[:1]]
    return len(set(columns)) < len(columns)


def _place_group(elements: list[Element], new: Element, adds: bool) -> bool:
    assert isinstance(new, (Group, Trend))  # noqa: S101
    if not adds:
        new = _at_its_grain(elements, new)
        elements[:] = [e for e in elements if not isinstance(e, (Group, Trend))]
    elements.append(new)
    return True


def _at_its_grain(elements: list[Element], new: Group | Trend) -> Group | Trend:
    """As in "No, by shipped date" after months: another date, at the grain there was."""
    keys = [k for e in elements if isinstance(e, Group) for k in e.keys]
    grains = [k.grain for k in keys if isinstance(k, GrainTerm)]
    if not isinstance(new, Group) or len(grains) != 1 or len(new.keys) != 1:
        return new
    key = new.keys[0]
    if not isinstance(key, Noun) or not all(r.col and r.col.temporal for r in key.refs):
        return new
    return replace(new, keys=(GrainTerm(grains[0], key),))


def _place_order(elements: list[Element], new: Element, adds: bool) -> bool:
    """A direction alone turns the order there was."""
    assert isinstance(new, Order)  # noqa: S101
    before = [e for e in elements if isinstance(e, Order)]
    if before and not (new.noun or new.measure or new.axis):
        new = replace(before[-1], direction=new.direction)
    return _place_instead(elements, new, adds)


def _place_value(elements: list[Element], new: Element, adds: bool) -> bool:
    del adds
    assert isinstance(new, Value)  # noqa: S101
    columns = {hit.col for hit in new.hits}
    elements[:] = [e for e in elements if not (isinstance(e, Value) and e.hits[0].col in columns)]
    elements.append(new)
    return True


def _place_period(elements: list[Element], new: Element, adds: bool) -> bool:
    """Another period of the same date."""
    assert isinstance(new, During)  # noqa: S101
    nouns = [e.noun for e in elements if isinstance(e, During) and e.noun]
    if nouns and not new.noun:
        new = replace(new, noun=nouns[-1])
    return _place_instead(elements, new, adds)


def _place_count(elements: list[Element], new: Element, adds: bool) -> bool:
    """As in "How many in 2024": of what was counted."""
    del new, adds
    return any(isinstance(e, Count) for e in elements)


def _place_instead(elements: list[Element], new: Element, adds: bool) -> bool:
    del adds
    elements[:] = [e for e in elements if type(e) is not type(new)]
    elements.append(new)
    return True


def _place_beside(elements: list[Element], new: Element, adds: bool) -> bool:
    del adds
    elements.append(new)
    return True


def _place_measure(elements: list[Element], new: Element, adds: bool) -> bool:
    """Another measure in the place of the one before, or beside it."""
    if not any(isinstance(e, (Agg, Count)) for e in elements):
        return False
    if not adds:
        elements[:] = [e for e in elements if not isinstance(e, (Agg, Count))]
    elements.append(new)
    return True


def _place_noun(elements: list[Element], new: Element, adds: bool) -> bool:
    """As in "What about quantity": the same aggregate of another column."""
    assert isinstance(new, Noun)  # noqa: S101
    for i, element in enumerate(elements):
        if isinstance(element, Agg) and len(element.nouns) == 1:
            fit = tuple(r for r in new.refs if r.col and r.col.measurable)
            if fit:
                kept = element.nouns if adds else ()
                elements[i] = replace(element, nouns=(*kept, replace(new, refs=fit)))
                return True
    return False


def _ignore(elements: list[Element], new: Element, adds: bool) -> bool:
    del elements, new, adds
    return True


_PLACES: dict[type, Callable[[list[Element], Element, bool], bool]] = {
    Group: _place_group,
    Trend: _place_group,
    Value: _place_value,
    During: _place_period,
    CountNext: _place_count,
    Order: _place_order,
    Top: _place_instead,
    ChartAs: _place_instead,
    Compare: _place_beside,
    Contains: _place_beside,
    Agg: _place_measure,
    Count: _place_measure,
    Noun: _place_noun,
    Lead: _ignore,
}
