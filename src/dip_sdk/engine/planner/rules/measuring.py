"""Questions for measures: totals, averages and counts, with or without groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .elements import Agg, Count, GrainTerm, Noun
from .form import Form
from .query import (
    Col,
    Key,
    Measure,
    Query,
    Shape,
    Sort,
    UnreadableError,
)


def measured(form: Form) -> Iterator[Query]:
    d = form.draft
    elements: list[Agg | Count] = [*d.aggs, *d.counts]
    measures = [m for e in elements for m in form.measure(e)]
    measures = _in_order(measures)
    base = measures[0].table
    if any(m.table != base for m in measures):
        raise UnreadableError("Its measures lie in different tables.")
    keys = form.keys(base)
    named = [Key(n.ref.col) for n in d.column_nouns if n.ref.col]
    if named and keys:
        keys = form.named_keys(keys, named)
    elif named:
        keys = _beside(form, named)
    if d.trend:
        keys = [form.trend_key(base), *keys]
    if d.ranks:
        raise UnreadableError("It is ranked, but nothing says how many to show.")
    shape: Shape = "value" if not keys else "trend" if d.trend or keys[0].grain else "groups"
    yield Query(base, shape, tuple(measures), tuple(keys))


def cut(form: Form) -> Iterator[Query]:
    """As in "Total amount by product, top 3": the groups with the highest measure."""
    top = form.draft.tops[0]
    for query in measured(form):
        order = Sort(top.direction, measure=query.measures[0])
        yield replace(query, shape="top", sort=order, limit=top.count)


def implied(form: Form) -> Iterator[Query]:
    """As in "Sales by region": the measure is named, how it is aggregated follows from its kind."""
    d = form.draft
    wanted = [n for n in d.nouns if n.ref.col is None or n.ref.col.measurable]
    things = [table for g in d.groups for k in g.keys if (table := _thing(k))]
    if d.nouns and not wanted and len(things) == len(d.groups) == 1 and not d.trend:
        yield _of_each(form, things[0])
        return
    if len(wanted) != 1 or len(d.nouns) != len(wanted):
        raise UnreadableError("It names groups, but not one thing to measure.")
    noun = wanted[0]
    col, base = noun.ref.col, noun.ref.table
    keys = form.keys(base)
    if d.trend and not any(k.grain for k in keys):
        keys = [form.trend_key(base), *keys]
    shape: Shape = "trend" if keys[0].grain else "groups"
    for fn in _implied_functions(col):
        yield Query(base, shape, (Measure(fn, base, col),), tuple(keys))


def _thing(key: Noun | GrainTerm) -> str:
    """The table whose things a key names, if it does."""
    return key.ref.table if isinstance(key, Noun) and key.ref.col is None else ""


def _of_each(form: Form, table: str) -> Query:
    """As in "The name and city of each customer": their columns, a row for each of them."""
    columns = [n.ref.col for n in form.draft.nouns if n.ref.col]
    if not all(form.index.graph.paths(table, c.table, unique=True) for c in columns):
        raise UnreadableError("Its columns lie in tables that no join brings together.")
    return Query(table, "list", columns=tuple(dict.fromkeys(columns)))


def _beside(form: Form, named: list[Key]) -> list[Key]:
    """As in "Show the country and the number of singers": a column beside a measure is its key."""
    if form.draft.lead not in {"list", "show", "what", "which", ""} or len(named) > 2:
        raise UnreadableError("A column stands beside a measure; it is not clear how.")
    if any(k.col.measurable for k in named):
        raise UnreadableError("One column is aggregated, another is not.")
    if form.draft.lead in {"what", ""} and isinstance(form.draft.sequence[-1], Noun):
        raise UnreadableError("A column stands beside a measure; it is not clear how.")
    if any(_names_rows(form, noun) for noun in form.draft.column_nouns if noun.before == "of"):
        raise UnreadableError("Each row would be a group of its own: there is nothing to add up.")
    return [replace(k, thing=k.col.table in form.draft.tables) for k in named]


def _names_rows(form: Form, noun: Noun) -> bool:
    """As in "average sales of games": no group for each title, but all of these rows."""
    col = noun.ref.col
    return col is not None and (form.index.unique(col) or form.index.mostly_unique(col))


def _in_order(measures: list[Measure]) -> list[Measure]:
    if len(set(measures)) != len(measures):
        raise UnreadableError("It asks for the same measure twice.")
    return measures


def _implied_functions(col: Col | None) -> tuple[str, ...]:
    if col is None:
        return ("count",)
    return {True: ("sum",), False: ("avg",), None: ("sum", "avg")}[col.additive]
