"""What the answer shall show, said apart: "List the department name, id and the number"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from .elements import Agg, Count, Element, Noun, Output
from .form import Form
from .measures import measures_at
from .query import Col, Key, Query, Shape, UnreadableError
from .sentence import Phrases, Sentence

Item: TypeAlias = Noun | Agg | Count | None
"""A column, a number that is computed, or the count."""
_STARTS = Phrases.of(
    (
        *("list", "only list", "return", "only return", "show", "only show", "show me", "give"),
        *("give me", "also return", "also show", "include", "display", "report", "output"),
    )
)
_COUNTED = Phrases.of(("the number", "the count", "number", "count", "counts", "its count"))
_AND = frozenset({"and", ",", "the", "their", "its", "with", "along", "also", "both"})


def _output(s: Sentence, i: int) -> Iterator[tuple[Element, int, float]]:
    """A sentence of its own after the question, that names what to show of it."""
    if i < 2 or s.low(i - 1) not in {".", ","}:
        return
    for _, start in _STARTS.at(s.tokens, i)[:2]:
        for items, end, cost in _items(s, s.skip(start, _AND)):
            if end == len(s.tokens) or s.low(end) == ".":
                yield Output(items), end, cost


def _items(s: Sentence, i: int) -> Iterator[tuple[tuple[Item, ...], int, float]]:
    for item, end, cost in _item(s, i):
        yield (item,), end, cost
        after = s.skip(end, _AND)
        if after > end:
            for more, last, price in _items(s, after):
                yield (item, *more), last, cost + price


def _item(s: Sentence, i: int) -> Iterator[tuple[Item, int, float]]:
    yield from measures_at(s, i)
    for noun, end in s.nouns(i):
        yield noun, end, 1.0 + noun.refs[0].cost
    for _, end in _COUNTED.at(s.tokens, i)[:1]:
        yield None, end, 1.0


def shown(form: Form, query: Query) -> Query:
    """The reading with the columns that were asked for apart."""
    if not form.draft.outputs:
        return query
    if len(form.draft.outputs) > 1:
        raise UnreadableError("It says twice what to show.")
    items = form.draft.outputs[0].items
    named = [_column(form, item) for item in items if isinstance(item, Noun)]
    if query.keys:
        return _of_groups(form, query, named)
    if any(not isinstance(item, Noun) for item in items) or query.measures:
        raise UnreadableError("It asks to show a number that the question does not compute.")
    if not all(form.index.graph.paths(query.base, c.table, unique=True) for c in named):
        raise UnreadableError("Its columns lie in tables that no join brings together.")
    return replace(query, columns=tuple(dict.fromkeys(named)), shape=_shape(query))


def _shape(query: Query) -> Shape:
    return "list" if query.shape == "rows" else query.shape


def _column(form: Form, noun: Noun) -> Col:
    col = noun.ref.col or form.index.name_column(noun.ref.table)
    if col is None:
        raise UnreadableError(f"Nothing names the rows of '{noun.ref.table}'.")
    return col


def _of_groups(form: Form, query: Query, named: list[Col]) -> Query:
    items = form.draft.outputs[0].items
    wanted = [m for item in items if isinstance(item, (Agg, Count)) for m in form.measure(item)]
    if any(m.table != query.base for m in wanted):
        raise UnreadableError("Its measures lie in different tables.")
    computed = {m.col for m in query.measures if m.col}
    counted = None in items
    if counted and not any(m.fn.startswith("count") for m in query.measures):
        raise UnreadableError("It asks to show a number that the question does not compute.")
    measures = (*query.measures, *(m for m in wanted if m not in query.measures))
    summed = computed & set(named)
    named = [col for col in named if col not in computed]
    if named and [k.col for k in query.keys] != named:
        keys = form.named_keys(list(query.keys), [Key(col) for col in named])
    else:
        keys = list(query.keys)
    said = bool(wanted or counted or summed)
    unsaid = {m for m in query.measures if m.col not in summed} - set(wanted)
    if len(measures) > 1 and unsaid:
        raise UnreadableError("It is not clear which numbers to show.")
    return replace(query, keys=tuple(keys), measures=measures, show_measure=said)


CLAUSES = (_output,)
