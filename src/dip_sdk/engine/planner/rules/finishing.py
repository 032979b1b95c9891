"""Finishing a reading: its filters, order and chart; and the last doubts that refuse it."""

from __future__ import annotations

from dataclasses import replace

from ....types.dataset import ROW_NUMBER
from .charting import counted_by_itself, drawable, ordered_by_axis, shown_by
from .compile import says_itself
from .conditions import NO_TOTAL, conditions_of, hinted
from .elements import Compare, Order
from .filters import is_year
from .form import Form
from .joins import Hop
from .output import shown
from .query import (
    Chart,
    Col,
    Condition,
    Direction,
    Having,
    Key,
    Measure,
    Query,
    Sort,
    UnreadableError,
)
from .words import stem

_TOTALS = (
    *("total", "grand total", "all", "overall", "sum"),
    *("gesamt", "insgesamt", "summe", "somme", "totaal", "totale"),
)
"""Cells, as they are looked up, of rows that add up the others."""


def finished(form: Form, query: Query) -> Query:
    """The reading with its filters, order and chart; or a refusal."""
    d = form.draft
    query = replace(shown(form, query), only=d.only)
    if _drawn(form):
        d.flags = [flag for flag in d.flags if flag[0].col not in shown_by(query)]
    found = conditions_of(d, form.index, query, form.dates)
    query = replace(query, conditions=(*query.conditions, *found))
    query = replace(query, having=(*query.having, *_having(form, query)))
    if d.ranks and query.shape != "top":
        raise UnreadableError("It is ranked, but nothing says how many to show.")
    query = counted_by_itself(drawable(query) if _drawn(form) else query)
    if d.orders:
        query = _ordered(form, query)
    if d.charts:
        if not (query.keys and query.measures) and not query.columns:
            raise UnreadableError("There is nothing to draw a chart of.")
        query = replace(query, chart=Chart(d.charts[-1].chart.mark))
    if d.verbs:
        _verbs_are_safe(form, query)
    _all_tables_used(form, query)
    _tells_something(query)
    return _without_totals(form, query)


def _drawn(form: Form) -> bool:
    return bool(form.draft.charts or any(order.axis for order in form.draft.orders))


def _having(form: Form, query: Query) -> list[Having]:
    found = []
    for each in form.draft.group_compares:
        found += [Having(m, each.op, each.number) for m in form.measure(each.measure)]
    for compare in form.draft.compares:
        if compare.noun and compare.noun.ref.col is None:
            found.append(_counted(compare, query))
    if found and not query.keys:
        raise UnreadableError("It compares a total, but names no groups to compare.")
    return found


def _counted(compare: Compare, query: Query) -> Having:
    assert compare.noun is not None  # noqa: S101
    if compare.noun.ref.table != query.base or compare.op == "between":
        raise UnreadableError("What is counted is not what is asked for.")
    return Having(Measure("count", query.base), compare.op, compare.numbers[0])


def _ordered(form: Form, query: Query) -> Query:
    order = form.draft.orders[-1]
    if len(form.draft.orders) > 1 or query.ties:
        raise UnreadableError("The order asked for has more than one reading.")
    if order.axis:
        return ordered_by_axis(query, order)
    if order.grain:
        return replace(query, sort=_sort_by_span(query, order))
    if order.measure:
        wanted = form.measure(order.measure)[0]
        return replace(query, sort=Sort(order.direction or "descending", measure=wanted))
    if order.hints:
        return replace(query, sort=_sort_by_age(form, query, order))
    if order.noun is None:
        return replace(query, sort=_sort_by_first(query, order))
    col = order.noun.ref.col
    if col is None:
        raise UnreadableError("It can be ordered by a column, not by a table.")
    query = _telling_apart(query, col)
    keyed = {k.col for k in query.keys}
    if query.measures and col not in keyed:
        fitting = [m for m in query.measures if m.col == col]
        if len(fitting) != 1:
            raise UnreadableError(f"'{col.label}' is not in the answer to order by.")
        return replace(query, sort=Sort(order.direction or "ascending", measure=fitting[0]))
    return replace(query, sort=Sort(order.direction or "ascending", col=col))


def _telling_apart(query: Query, col: Col) -> Query:
    """Groups in the order of what tells them apart are shown by that, not by their name."""
    keys = tuple(Key(col) if k.identity == col else k for k in query.keys)
    return replace(query, keys=keys) if len(keys) == 1 else query


def _sort_by_age(form: Form, query: Query, order: Order) -> Sort:
    """As in "youngest first": by the one age there is, or the one date that tells it."""
    own = [c for c in form.index.columns(query.base) if hinted(c, order.hints)]
    if len(own) != 1 or query.measures:
        raise UnreadableError("It is ordered by age, but no one column tells it.")
    turned = hinted(own[0], tuple(h for h in order.hints if h.startswith("-")))
    ways: tuple[Direction, Direction] = ("ascending", "descending")
    return Sort(ways[(order.direction == "descending") != turned], col=own[0])


def _sort_by_span(query: Query, order: Order) -> Sort:
    spans = [key for key in query.keys if key.grain == order.grain]
    if len(spans) != 1:
        raise UnreadableError(f"'{order.grain}' is not in the answer to order by.")
    return Sort(order.direction or "ascending", col=spans[0].col)


def _sort_by_first(query: Query, order: Order) -> Sort:
    direction: Direction = order.direction or "descending"
    if query.measures:
        return Sort(direction, measure=query.measures[0])
    if not query.columns:
        raise UnreadableError("The order is asked for, but not by what.")
    return Sort(direction, col=query.columns[0])


def _all_tables_used(form: Form, query: Query) -> None:
    """A table that was named must be part of the reading."""
    used = {query.base, *(c.table for c in query.columns), *(k.col.table for k in query.keys)}
    used |= {m.table for m in query.measures} | {c.col.table for c in query.conditions}
    used |= {h.measure.table for h in query.having}
    used |= {h.to_table for h in _hops(form, query)}
    for table in form.draft.tables:
        if table not in used:
            raise UnreadableError(f"It names '{table}', which the rest does not use.")


def _verbs_are_safe(form: Form, query: Query) -> None:
    """A verb says nothing new only where its things are related in exactly one way."""
    d = form.draft
    cells = [cell for v in d.values if v.hits[0].cost >= 0 for cell in v.hits[0].cells]
    said = [stem(verb.word) for verb in d.verbs if verb.tables]
    said += [noun.ref.table for noun in d.nouns if noun.ref.col is None]
    if len(set(said)) < len(said):
        raise UnreadableError("Things or their relation stand twice, and only one is clear.")
    doubtful = any(len(form.index.things(cell)) > 1 for cell in cells)
    named = bool(d.tables or any(c.noun.ref.col is None for c in d.counts))
    named = named or (len(form.index.tables) == 1 and bool(d.values))
    if doubtful or not named or form.dates.most > 1:
        raise UnreadableError("A verb may mean more than one relation of these tables.")
    related = {c.col.table for c in query.conditions} | {k.col.table for k in query.keys}
    dated = [k.col for k in query.keys if k.col.temporal or is_year(k.col)]
    when = len(dated) == len(query.keys) == 1 == len(form.times(query.base))
    if not query.conditions and related <= {query.base} and not when:
        raise UnreadableError("A verb stands in the question, but nothing is related by it.")
    _relates_others(form, query)
    for table in related:
        paths = form.index.graph.paths(query.base, table, unique=False)
        ways = [path for path in paths if not path or not says_itself(path, query)]
        between = {h.to_table for h in ways[0][:-1]} if ways else set()
        unsaid = {t for t in between - set(d.tables) if not form.index.graph.bridge(t)}
        if len(ways) > 1 or unsaid:
            raise UnreadableError("A verb may mean more than one relation of these tables.")


def _relates_others(form: Form, query: Query) -> None:
    """What a verb relates is not said of the things themselves: "states that border Iowa"."""
    d = form.draft
    own = {form.index.name_column(query.base), form.index.identity(query.base)}
    for condition in query.conditions:
        itself = condition.col.name == ROW_NUMBER or condition.col in own
        if itself and condition.col.table == query.base and query.base in d.tables:
            raise UnreadableError("A verb stands between things that are the same.")
    used = {query.base, *(c.col.table for c in query.conditions)}
    used |= {k.col.table for k in query.keys} | {m.table for m in query.measures}
    used |= {h.to_table for h in _hops(form, query)}
    for verb in d.verbs:
        if verb.tables and not used & set(verb.tables):
            raise UnreadableError(f"It says '{verb.word}', which the rest does not use.")


def _hops(form: Form, query: Query) -> list[Hop]:
    cols = [*query.columns, *(k.col for k in query.keys), *(c.col for c in query.conditions)]
    return [
        hop
        for col in cols
        for path in form.index.graph.paths(query.base, col.table, unique=False)[:1]
        for hop in path
    ]


def _without_totals(form: Form, query: Query) -> Query:
    """A row that holds a total of the others is not one of them: "Total", "All regions".

    It is left out, and the reading says so, wherever it would be added up, counted or ranked.
    """
    named = {(c.col.table, c.col.name) for c in query.conditions}
    adding = any(m.fn not in {"count", "count_distinct"} for m in query.measures)
    adding = adding or query.shape == "top"
    told = [*(k.col for k in query.keys), *(m.col for m in query.measures if m.col)]
    touched = {col.name for col in told if col.table == query.base}
    found: dict[str, list[str]] = {}
    for key in _TOTALS if query.measures or adding else ():
        for (table, column), cells in form.index.values.get(key, {}).items():
            counted = adding or column in touched
            if counted and table == query.base and (table, column) not in named:
                found.setdefault(column, []).extend(cells)
    left_out = (_no_total(form.index.cols[query.base, c], cells) for c, cells in found.items())
    return replace(query, conditions=(*query.conditions, *left_out))


def _no_total(col: Col, cells: list[str]) -> Condition:
    said = " or ".join(cell.strip() for cell in cells)
    return Condition(col, NO_TOTAL, tuple(cells), phrase=f"{col.label} is not {said}")


def _tells_something(query: Query) -> None:
    """A list that shows only what its filter already says is no answer."""
    fixed = {c.col for c in query.conditions if c.op == "in" and len(c.values) == 1}
    shown = set(query.columns) | {k.col for k in query.keys}
    if shown and not query.measures and shown <= fixed:
        raise UnreadableError("It asks for what it already says.")
