"""Rows by their place in the table: "the last song on the list", "who is listed after Ada"."""

from __future__ import annotations

from collections.abc import Iterator

from ....types.dataset import ROW_NUMBER
from .elements import Element, Place
from .filters import cells_named
from .form import Form
from .query import Col, Condition, Query, UnreadableError
from .sentence import Phrases, Sentence

Step = tuple[Element | None, int, float]

_LISTS = ("list", "chart", "table")
_ON_LIST = tuple(
    f"{at} {the} {what}" for at in ("on", "in", "of") for the in ("the", "this") for what in _LISTS
)
_LISTED = Phrases.of(("listed", *_ON_LIST))
_ENDS = Phrases(
    {
        **{f"at the {word}": tail for word, tail in (("top", False), ("bottom", True))},
        **dict.fromkeys(("first", "top"), False),
        **dict.fromkeys(("last", "bottom"), True),
    }
)
_BESIDE = Phrases(
    {
        **dict.fromkeys(("after", "below", "following"), False),
        **dict.fromkeys(("before", "above", "preceding", "previous to", "prior to"), True),
    }
)
_NEXT = Phrases.of(("next", "previous"))
_DIRECTLY = frozenset({"directly", "right", "just", "immediately", "listed"})


def _end(s: Sentence, i: int) -> Iterator[Step]:
    """`first ... on the list`, `at the top of the table`, `listed last`."""
    for tail, end in _ENDS.at(s.tokens, i)[:1]:
        if not s.number(end) and _of_a_list(s, i):
            yield Place(tail), end, 1.0
    for _, end in _LISTED.at(s.tokens, i)[:1]:
        yield None, end, 0.05


def _of_a_list(s: Sentence, i: int) -> bool:
    """The question speaks of a list somewhere, or says "listed" here or later."""
    if s.low(i - 1) == "listed" or "listed" in {t.low for t in s.tokens[i:]}:
        return True
    return any(end - k > 1 for k in range(len(s.tokens)) for _, end in _LISTED.at(s.tokens, k))


def _beside(s: Sentence, i: int) -> Iterator[Step]:
    """`listed after Ada`, `the next driver after Bo`."""
    start = s.skip(i, _DIRECTLY)
    for before, end in _BESIDE.at(s.tokens, start)[:1]:
        near = any(_NEXT.at(s.tokens, k) or s.low(k) == "listed" for k in range(end))
        for value, after in cells_named(s, end) if near else ():
            if len(value.hits[0].cells) == 1:
                yield Place(before, value), after, 1.0 + value.hits[0].cost
    for _, end in _NEXT.at(s.tokens, i)[:1]:
        if any(_BESIDE.at(s.tokens, k) for k in range(end, len(s.tokens))):
            yield None, end, 0.05


CLAUSES = (_end, _beside)


def placed(form: Form) -> Iterator[Query]:
    """The row at one end of a table, or beside the row of a cell; or how many lie beyond it."""
    d = form.draft
    tables = {*d.tables, *(n.ref.table for n in d.nouns), *(c.noun.ref.table for c in d.counts)}
    tables |= {p.beside.hits[0].col.table for p in d.places if p.beside}
    if len(tables) > 1 or len(d.places) != 1 or d.ranked or d.aggs or d.groups or d.trend:
        raise UnreadableError("It asks for a place in a table, and for more.")
    base = next(iter(tables or form.index.tables))
    place = d.places[0]
    beyond = (_beyond(base, place),) if place.beside else ()
    if d.counts and not (len(d.counts) == 1 and beyond):
        raise UnreadableError("It asks for a place in a table, and for more.")
    if d.counts:
        counted = (form.count(d.counts[0].noun),)
        yield Query(base, "value", counted, conditions=beyond)
        return
    columns = _shown(form, base, place)
    yield Query(base, "list", columns=columns, conditions=beyond, limit=1, tail=place.last)


def _shown(form: Form, base: str, place: Place) -> tuple[Col, ...]:
    columns = [n.ref.col for n in form.draft.nouns if n.ref.col]
    name = form.index.name_column(base)
    person = form.draft.lead == "who" and not any(c.type == "text" for c in columns)
    if place.beside and (person or not columns):
        columns = [place.beside.hits[0].col]
    elif not columns and name:
        columns = [name]
    if not columns:
        raise UnreadableError("It does not say what to show.")
    return tuple(dict.fromkeys(columns))


def _beyond(base: str, place: Place) -> Condition:
    """Rows after (or before) the one row that holds the cell."""
    assert place.beside is not None  # noqa: S101
    hit = place.beside.hits[0]
    rows = Col(base, ROW_NUMBER, "integer", label=base)
    own = Query(base, "list", columns=(rows,), conditions=(Condition(hit.col, "in", hit.cells),))
    said = f"{'before' if place.last else 'after'} {hit.cells[0]}"
    return Condition(rows, "<" if place.last else ">", inner=own, phrase=f"a place {said}")
