"""Forms: what kinds of question there are, and which one a draft is. Each gives whole readings.

A form refuses (`UnreadableError`) a draft with an element it has no place for: what the user said
is either in the reading or there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .conditions import DateChoice, conditions_of
from .draft import Draft
from .elements import Agg, Noun
from .finishing import finished
from .form import Form
from .linking import Index
from .listing import listed
from .measuring import cut, implied, measured
from .placing import placed
from .query import (
    Condition,
    Measure,
    Query,
    UnreadableError,
)
from .ranking import ranked


def queries(draft: Draft, index: Index) -> Iterator[Query]:
    """The whole readings of a draft: one for each date it may mean."""
    dates = DateChoice()
    while dates.more():
        form = Form(replace(draft), index, dates)
        for query in readings(form):
            yield finished(form, query)


def readings(form: Form) -> Iterator[Query]:
    """The readings of the kind of question that a draft is."""
    d = form.draft
    if d.spans and not (d.ranked or _names_the_extreme(form)):
        raise UnreadableError("It names a span of time, but not what of it.")
    if d.places:
        yield from placed(form)
    elif d.rows or d.count_rows:
        yield from _rows(form)
    elif d.share:
        yield from _share(form)
    elif d.tops and d.groups and (d.aggs or d.counts) and not d.nouns:
        yield from cut(form)
    elif d.ranked or _names_the_extreme(form):
        yield from ranked(form)
    elif d.aggs or d.counts:
        yield from measured(form)
    elif d.groups or d.trend:
        yield from implied(form)
    else:
        yield from listed(form)


def _names_the_extreme(form: Form) -> bool:
    """As in "Which region has the highest sales": a maximum with something that has it."""
    d = form.draft
    if d.spans and (len(d.groups) > 1 or not d.lead):
        raise UnreadableError("It names a span of time, but not what of it.")
    extreme = [a for a in d.aggs if set(a.fns) <= {"min", "max"} and len(a.fns) == 1]
    split = len(d.groups) > len(d.spans)
    if d.charts or not extreme or len(d.aggs) != 1 or split or d.counts or d.trend:
        return False
    targets = [n for n in d.nouns if n.ref.col is None or not n.ref.col.measurable]
    if d.lead in {"which", "who"}:
        return True
    return d.lead in {"what", "list", "show", ""} and bool(targets) and _target_first(form)


def _target_first(form: Form) -> bool:
    """As in "the product with the highest price", not "the highest price of the products"."""
    kinds = [type(e) for e in form.draft.sequence]
    first = form.draft.sequence[kinds.index(Noun)]
    if kinds.index(Noun) > kinds.index(Agg):
        return False
    return isinstance(first, Noun)


def _rows(form: Form) -> Iterator[Query]:
    d = form.draft
    tables = set(d.tables) or set(form.index.tables)
    if len(tables) != 1 or d.aggs or d.counts or d.groups or d.ranked or d.column_nouns:
        raise UnreadableError("It is not clear which table's rows are meant.")
    base = tables.pop()
    if d.count_rows:
        if d.count_rows[0].columns:
            raise UnreadableError(_columns_told(form, base))
        yield Query(base, "value", (Measure("count", base),))
        return
    yield Query(base, "rows", limit=d.rows[0].count, tail=d.rows[0].tail)


def _columns_told(form: Form, base: str) -> str:
    names = [c.name for c in form.index.columns(base)]
    return f"'{base}' has {len(names)} columns: {', '.join(names)}."


def _share(form: Form) -> Iterator[Query]:
    d = form.draft
    if d.groups and (d.aggs or d.counts):
        for query in measured(form):
            yield _shared(query)
    elif d.groups:
        for query in implied(form):
            yield _shared(query)
    else:
        yield _part(form)


def _shared(query: Query) -> Query:
    if len(query.measures) != 1 or query.measures[0].fn not in {"sum", "count"}:
        raise UnreadableError("A share needs one total to be a share of.")
    return replace(query, share=True, shape="groups")


def _part(form: Form) -> Query:
    """As in "What percentage of orders are cancelled": rows that meet the filters, of all rows."""
    d = form.draft
    if len(d.tables) != 1 or d.column_nouns or d.aggs or d.counts or d.periods:
        raise UnreadableError("It is not clear what the share is of.")
    base = d.tables[0]
    conditions: list[Condition] = conditions_of(d, form.index, Query(base, "value"), form.dates)
    if not conditions or any(c.col.table != base for c in conditions):
        raise UnreadableError("It is not clear what the share is of.")
    d.values, d.compares, d.flags, d.contains, d.blanks = [], [], [], [], []
    return Query(base, "value", (Measure("count", base),), share=True, share_of=tuple(conditions))
