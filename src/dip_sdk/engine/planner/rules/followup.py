"""Follow-ups: "and by month?", "only the north", "top 3" change the question before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..base import Past, View
from .elements import (
    Agg,
    ChartAs,
    Compare,
    Contains,
    Count,
    During,
    Element,
    Group,
    Lead,
    Noun,
    Order,
    Top,
    Trend,
    Value,
)
from .grammar import readings
from .lexicon import FOLLOW_ENDS, FOLLOW_PREPOSITIONS, FOLLOW_STARTS
from .read import Candidate, Understanding, plausible, sentence_of, understand
from .sentence import Phrases, Sentence

MAX_DEPTH = 8
_STARTS = Phrases.of(FOLLOW_STARTS)
_ADDING = ("and", "and for", "and in")


@dataclass(frozen=True)
class _Fragment:
    sentence: Sentence
    adds: bool
    """"and by month" adds to what was asked; "by month" puts it in its place."""


def begins_like_one(text: str, view: View) -> bool:
    """A question that begins with "and", "only", "in", "with" goes on from the one before."""
    tokens = sentence_of(text, view).tokens
    return bool(view.history and tokens) and (
        bool(_STARTS.at(tokens, 0)) or tokens[0].low in FOLLOW_PREPOSITIONS
    )


def follow(text: str, view: View, *, bare: bool = False) -> Understanding | None:
    """The readings of a question that changes the one before it; None where it can't be one.

    With `bare`, only where it names nothing to compute of its own.
    """
    if not view.history:
        return None
    fragment = _fragment(sentence_of(text, view))
    if fragment is None:
        return None
    before = _before(view, view.history, MAX_DEPTH)
    if before is None:
        return None
    merged = (
        (cost, elements)
        for cost, new in readings(fragment.sentence)
        if not (bare and any(isinstance(e, (Agg, Count, Lead)) for e in new))
        for elements in _merged(before.elements, new, adds=fragment.adds)
    )
    found = plausible(merged, fragment.sentence.index)
    return Understanding(found) if found else None


def _fragment(sentence: Sentence) -> _Fragment | None:
    tokens, adds = sentence.tokens, False
    if found := _STARTS.at(tokens, 0)[:1]:
        adds = found[0][0] in _ADDING
        tokens = tokens[found[0][1] :]
    for words in FOLLOW_ENDS:
        ending = tuple(words.split())
        if tuple(t.low for t in tokens[-len(ending) :]) == ending:
            tokens = tokens[: -len(ending)]
            adds = adds or words in {"too", "as well", "also"}
    if not tokens:
        return None
    return _Fragment(replace(sentence, tokens=tokens), adds)


def _before(view: View, history: tuple[Past, ...], depth: int) -> Candidate | None:
    """The reading that answered the last question: read again, and the same statement as then."""
    if not history or depth == 0:
        return None
    past, earlier = history[-1], replace(view, history=history[:-1])
    found = understand(past.question, earlier).candidates
    if not found:
        followed = follow(past.question, earlier)
        found = followed.candidates if followed else ()
    ran = {step.sql for step in past.plan.sql_steps}
    same = [c for c in found if c.compiled.sql in ran]
    return same[0] if same else found[0] if len(found) == 1 else None


def _merged(
    old: tuple[Element, ...], new: tuple[Element, ...], *, adds: bool
) -> Iterator[tuple[Element, ...]]:
    """The old elements with the new ones in the places of those they replace."""
    elements = list(old)
    for element in new:
        place = _PLACES.get(type(element))
        if place is None or not place(elements, element, adds):
            return
    yield tuple(elements)


def _place_group(elements: list[Element], new: Element, adds: bool) -> bool:
    if not adds:
        elements[:] = [e for e in elements if not isinstance(e, (Group, Trend))]
    elements.append(new)
    return True


def _place_value(elements: list[Element], new: Element, adds: bool) -> bool:
    del adds
    assert isinstance(new, Value)  # noqa: S101
    columns = {hit.col for hit in new.hits}
    elements[:] = [e for e in elements if not (isinstance(e, Value) and e.hits[0].col in columns)]
    elements.append(new)
    return True


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
        if isinstance(element, Agg) and not adds and len(element.nouns) == 1:
            fit = tuple(r for r in new.refs if r.col and r.col.measurable)
            if fit:
                elements[i] = replace(element, nouns=(replace(new, refs=fit),))
                return True
    return False


def _ignore(elements: list[Element], new: Element, adds: bool) -> bool:
    del elements, new, adds
    return True


_PLACES: dict[type, Callable[[list[Element], Element, bool], bool]] = {
    Group: _place_group,
    Trend: _place_group,
    Value: _place_value,
    During: _place_instead,
    Order: _place_instead,
    Top: _place_instead,
    ChartAs: _place_instead,
    Compare: _place_beside,
    Contains: _place_beside,
    Agg: _place_measure,
    Count: _place_measure,
    Noun: _place_noun,
    Lead: _ignore,
}
