"""Happenings: a verb with a time means the column that tells when, as in "released in 2008"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .elements import During, Element, Noun
from .filters import is_year
from .lexicon import GRAINS
from .linking import Index, Ref
from .query import Col
from .sentence import Phrases, Sentence
from .words import name_words, stem

_VERBS: Final[dict[str, str]] = {
    "admitted": "admission admitted",
    "born": "birth birthdate birthday born dob",
    "bought": "bought purchase purchased",
    "built": "build built completed construction",
    "came out": "launch launched release released",
    "closed": "close closed closing",
    "created": "created creation",
    "delivered": "delivered delivery",
    "died": "death died",
    "enrolled": "enrolled enrollment enrolment",
    "established": "established establishment founded foundation founding inception",
    "founded": "established establishment founded foundation founding inception",
    "hired": "hire hired hiring",
    "joined": "join joined joining",
    "launched": "launch launched release released",
    "made": "made manufacture production release released",
    "opened": "open opened opening",
    "ordered": "order ordered",
    "produced": "manufacture produced production release released",
    "published": "publication publish published release released",
    "purchased": "bought purchase purchased",
    "registered": "registered registration",
    "released": "launch launched release released",
    "shipped": "ship shipment shipped shipping",
    "signed": "sign signed signing",
    "sold": "sale sold",
    "started": "start started",
}
"""Verbs, each with the words that a date of it may be called by."""
_ANEW: Final = frozenset({"came out", "launched", "made", "produced", "published", "released"})
"""Verbs of how things begin: of rows that are such things, a bare `year` tells it too."""
_BARE: Final = frozenset({"date", "day", "time", "year"})

_EVENTS: Final = Phrases.of(_VERBS)


def _happened(s: Sentence, i: int) -> Iterator[tuple[Element | None, int, float]]:
    for verb, end in _EVENTS.at(s.tokens, i)[:1] if i else []:
        refs = tuple(_dates(s.index, verb))
        for period, after in s.periods(end) if refs else []:
            yield During(period, Noun(refs, verb)), after, 1.0
        if len(refs) == 1 and any(t.stem in GRAINS for t in s.tokens):
            yield None, end, 0.3


def _dates(index: Index, verb: str) -> Iterator[Ref]:
    """The columns that tell when it happened: called after it, or the one bare date there is."""
    said = {stem(word) for word in _VERBS[verb].split()}
    for table in index.tables:
        dated = [c for c in index.columns(table) if c.temporal or is_year(c)]
        found = [c for c in dated if said & set(name_words(c.name))]
        if not found and verb in _ANEW and len(dated) == 1 and _is_of_things(index, dated[0]):
            found = dated
        yield from (Ref(table, col, 0.0) for col in found)


def _is_of_things(index: Index, when: Col) -> bool:
    """A date called no more than that, of a table with few rows or one for each thing."""
    if not set(name_words(when.name)) <= _BARE | set(index.words(when.table)):
        return False
    names = [c for c in index.columns(when.table) if c.type == "text"]
    return any(index.unique(c) or index.mostly_unique(c) for c in names)


CLAUSES = (_happened,)
