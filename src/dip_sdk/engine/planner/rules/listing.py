"""Questions for rows: lists of columns, of things, of groups with enough of something."""

from __future__ import annotations

from collections.abc import Iterator

from .elements import Compare, Noun
from .form import Form
from .lexicon import ADJECTIVES, AGGREGATES, GLUE
from .query import (
    Col,
    Key,
    Measure,
    Query,
    UnreadableError,
)
from .words import name_words

_SUPERLATIVE = {w for w in (*ADJECTIVES, *AGGREGATES) if w.endswith("est")}


def listed(form: Form) -> Iterator[Query]:
    d = form.draft
    if d.ranks or (d.group_compares and not d.nouns):
        raise UnreadableError("It is not clear what is asked for.")
    counted = [c for c in d.compares if c.noun and c.noun.ref.col is None]
    if counted or d.group_compares:
        yield from _with_enough(form, counted)
        return
    columns = [n.ref.col for n in d.column_nouns if n.ref.col]
    if any(not n.joined and n.before not in GLUE - {"for"} for n in d.column_nouns[1:]):
        raise UnreadableError("It names a column after what it shows; it is not clear why.")
    of_things = d.tables or any(v.hits[0].inner for v in d.values)
    if of_things and any(_like_a_superlative(n) for n in d.column_nouns):
        raise UnreadableError("It may ask for the highest of all, or of each.")
    if not columns and not d.tables:
        raise UnreadableError("It does not say what to show.")
    if d.lead == "how much" or _plain_total(form, columns):
        yield from _total(form, columns)
        return
    for base in _bases(form, columns):
        yield _list_of(form, base, columns)


def _like_a_superlative(noun: Noun) -> bool:
    """As in "the lowest point of all states", where a column is called lowest point."""
    return noun.singular and noun.words.split()[0] in _SUPERLATIVE


def _plain_total(form: Form, columns: list[Col]) -> bool:
    """As in "Sales in 2024": a bare measure that adds up, of no named thing, is its total."""
    one = len(columns) == 1 and columns[0].measurable and columns[0].additive is True
    drawn = any(c.chart.mark in {"histogram", "scatter"} for c in form.draft.charts)
    return one and not drawn and not form.draft.tables and form.draft.lead != "which"


def _total(form: Form, columns: list[Col]) -> Iterator[Query]:
    if len(columns) != 1 or not columns[0].measurable:
        raise UnreadableError("It is not clear what shall be added up.")
    col = columns[0]
    if col.additive is not False:
        yield Query(col.table, "value", (Measure("sum", col.table, col),))
    if form.draft.lead in {"what", "list", "show"} or col.additive is False:
        yield Query(col.table, "list", columns=(col,))


def _bases(form: Form, columns: list[Col]) -> list[str]:
    """Tables whose rows the list may show: every column is reached from it without doubt."""
    named = form.draft.tables
    candidates = [c.table for c in columns] or named[:1]
    for table in dict.fromkeys(named + candidates if columns else candidates):
        if all(form.index.graph.paths(table, c.table, unique=True) for c in columns):
            return [table]
    raise UnreadableError("Its columns lie in tables that no join brings together.")


def _list_of(form: Form, base: str, columns: list[Col]) -> Query:
    d = form.draft
    shown = tuple(dict.fromkeys(columns))
    if not shown and (d.lead in {"which", "who", "what", "list"} or _own_named(form, base)):
        name = form.index.name_column(base)
        shown = (name,) if name else ()
    single = len(shown) == 1 and not d.tables and not form.index.unique(shown[0])
    distinct = any(n.distinct for n in d.nouns) or (single and not shown[0].measurable)
    if distinct and not shown:
        name = form.index.name_column(base)
        shown = (name,) if name else ()
    return Query(base, "list" if shown else "rows", columns=shown, distinct=distinct)


def _own_named(form: Form, table: str) -> bool:
    """The table has a column of its own name: "the airline" is that column."""
    return any(name_words(c.name) == name_words(table) for c in form.index.columns(table))


def _with_enough(form: Form, counted: list[Compare]) -> Iterator[Query]:
    """As in "Which airlines have at least 10 flights": groups by what they count to."""
    d = form.draft
    if len(counted) + len(d.group_compares) != 1 or not d.nouns:
        raise UnreadableError("It compares more than one count.")
    first = counted[0].noun if counted else None
    base = first.ref.table if first else form.measure(d.group_compares[0].measure)[0].table
    keys = [form.entity(t) for t in d.tables if t != base]
    named = [Key(n.ref.col) for n in d.column_nouns if n.ref.col]
    if keys and named:
        keys = form.named_keys(keys, named)
    keys = keys or named
    if not keys:
        raise UnreadableError("It compares a total, but names no groups to compare.")
    if form.index.name_column(base) in {k.col for k in keys}:
        raise UnreadableError("It counts things and shows their own names.")
    yield Query(base, "list", keys=tuple(keys), show_measure=False)
