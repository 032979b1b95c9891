"""Ranked questions: the highest, the most, the top N of things by something."""

from __future__ import annotations

from collections.abc import Iterator

from .conditions import hinted
from .elements import Agg, Extreme, Most, Noun
from .form import Form
from .query import Col, Direction, Key, Measure, Query, Sort, UnreadableError


def ranked(form: Form) -> Iterator[Query]:
    """Readings of a superlative or a top list."""
    d = form.draft
    if (
        d.trend
        or d.share
        or len(d.extremes) + len(d.mosts) + len(d.mosts_of) > 1
        or len(d.tops) > 1
    ):
        raise UnreadableError("It has more than one superlative.")
    limit = d.tops[0].count if d.tops else _number(d.extremes)
    if limit is None and any(v.hits[0].inner for v in d.values) and _many(form):
        raise UnreadableError("It may ask for the highest of all, or of each.")
    for by, direction in _rankings(form):
        yield from _for_target(form, by, direction, limit)


def _many(form: Form) -> bool:
    return any(not n.singular for n in form.draft.nouns[:1])


def _number(extremes: list[Extreme]) -> int | None:
    marks = [h for e in extremes for h in e.hints if h.startswith("#")]
    return int(marks[0][1:]) if marks else None


def _rankings(form: Form) -> Iterator[tuple[Measure | Col, Direction]]:
    """What is ranked by: an aggregate of groups, or a column of rows."""
    d = form.draft
    if d.extremes:
        yield from _adjective(form, d.extremes[0])
    elif d.mosts:
        yield _most(form, d.mosts[0]), _direction(d.mosts[0].fn)
    elif d.mosts_of:
        for measure in form.measure(d.mosts_of[0].measure):
            yield measure, _direction(d.mosts_of[0].fn)
    elif d.tops:
        for by in _listed_by(form):
            yield by, d.tops[0].direction
    else:
        agg = d.aggs[0]
        if len(agg.nouns) != 1:
            raise UnreadableError("It has more than one superlative.")
        assert agg.nouns[0].ref.col is not None  # noqa: S101
        yield agg.nouns[0].ref.col, _direction(agg.fns[0])


def _direction(fn: str) -> Direction:
    return "descending" if fn == "max" else "ascending"


def _adjective(form: Form, extreme: Extreme) -> Iterator[tuple[Measure | Col, Direction]]:
    d = form.draft
    named = [n.ref.col for n in d.column_nouns if n.ref.col and hinted(n.ref.col, extreme.hints)]
    tables = d.tables[:1] or [n.ref.table for n in d.nouns[:1]] or list(form.index.tables)
    columns = named or [
        c for table in tables for c in form.index.columns(table) if _meant(c, extreme)
    ]
    if not columns:
        raise UnreadableError(f"No column says what '{extreme.word}' means.")
    if "date" in extreme.hints and any(_is_number(n.ref.col, named) for n in d.column_nouns):
        raise UnreadableError(f"It is not clear of what '{extreme.word}' is said.")
    columns = _first_meant(columns, extreme)
    for col in dict.fromkeys(columns):
        turned = hinted(col, tuple(h for h in extreme.hints if h.startswith("-")))
        yield col, _direction({"max": "min", "min": "max"}[extreme.fn] if turned else extreme.fn)


def _is_number(col: Col | None, named: list[Col]) -> bool:
    """A number, as in "which clerk started earliest", that is not what it is ranked by."""
    return col is not None and col.measurable and col not in named


def _first_meant(columns: list[Col], extreme: Extreme) -> list[Col]:
    """ "Largest" is said of an area before a population: of the first hint that columns bear."""
    if not extreme.ordered:
        return columns
    by_hint = ([c for c in columns if hinted(c, (hint,))] for hint in extreme.hints)
    return next((found for found in by_hint if found), columns)


def _meant(col: Col, extreme: Extreme) -> bool:
    """An adjective of time means any date; the others the columns of their hints."""
    if col.temporal:
        return "date" in extreme.hints or hinted(col, extreme.hints)
    return hinted(col, extreme.hints) and (col.measurable or "year" in col.label)


def _most(form: Form, most: Most) -> Measure | Col:
    col = most.noun.ref.col
    if col is None or not col.measurable:
        return form.count(most.noun)
    return col


def _listed_by(form: Form) -> Iterator[Measure | Col]:
    """As in "Top 5 products by sales": by a measure, or by a column named after `by`."""
    d = form.draft
    if d.ranks:
        yield from form.measure(d.ranks[0].measure)[:1]
        return
    others = [g for g in d.groups if g not in d.spans]
    named = [k for g in others for k in g.keys if isinstance(k, Noun) and g.word == "by"]
    if len(others) == 1 and len(named) == 1:
        col = named[0].ref.col
        d.groups = d.spans
        yield col or Measure("count", named[0].ref.table)
        return
    if d.aggs and not others:
        agg = d.aggs[0]
        d.aggs = []
        yield from form.measure(agg)[:1]
        return
    numbers = [n.ref.col for n in d.nouns if n.ref.col and n.ref.col.measurable]
    if len(numbers) == 1 and not others:
        yield numbers[0]  # "the top 3 salaries"
        return
    raise UnreadableError("It asks for the top, but not by what.")


def _for_target(
    form: Form, by: Measure | Col, direction: Direction, limit: int | None
) -> Iterator[Query]:
    d = form.draft
    spans = d.spans
    if len(d.groups) > len(spans) or d.counts or (d.aggs and not _is_own(form, by)):
        raise UnreadableError("A superlative beside other measures is not covered.")
    own = [] if d.extremes else [by]
    shown = [n for n in d.nouns if n.ref.col not in own]
    if spans:
        yield from _spans(form, shown, by, direction, limit)
        return
    if not shown and limit is None and d.lead not in {"who", "which"}:
        raise UnreadableError("It is not clear what has the highest value.")
    table = by.table
    tables = {n.ref.table for n in shown if n.ref.col is None}
    if len(tables) > 1 or (table in tables and any(n.ref.table != table for n in shown)):
        raise UnreadableError("A superlative of one thing inside another is not covered.")
    later = [n for n in shown if n.ref.col][1:]
    if any(not n.joined for n in later):
        raise UnreadableError("A superlative of one thing inside another is not covered.")
    targets = [n for n in shown if n.ref.col is None] or shown
    few = _named_few(form)
    if not targets and few and isinstance(by, Measure):
        yield _grouped(form, [Key(few)], by, direction, limit)
        return
    if not targets:
        yield _row_level(form, table, [], by, direction, limit)
        return
    yield from _ranked_things(form, targets, shown, by, direction, limit)


def _spans(
    form: Form, shown: list[Noun], by: Measure | Col, direction: Direction, limit: int | None
) -> Iterator[Query]:
    """As in "Which month has the highest sales": spans of time by a total of each."""
    if any(n.ref.table != by.table or n.ref.col for n in shown):
        raise UnreadableError("It is not clear what has the highest value.")
    keys = form.keys(by.table)
    if isinstance(by, Measure):
        yield _grouped(form, keys, by, direction, limit)
        return
    fns = {True: ("sum",), False: (_row_fn(direction), "avg"), None: ("sum", "avg")}
    for fn in fns[by.additive if by.measurable else False]:
        yield _grouped(form, keys, Measure(fn, by.table, by), direction, limit)


def _is_own(form: Form, by: Measure | Col) -> bool:
    return len(form.draft.aggs) == 1 and isinstance(by, Col) and _agg_col(form.draft.aggs[0]) == by


def _agg_col(agg: Agg) -> Col | None:
    return agg.nouns[0].ref.col


def _ranked_things(
    form: Form,
    targets: list[Noun],
    shown: list[Noun],
    by: Measure | Col,
    direction: Direction,
    limit: int | None,
) -> Iterator[Query]:
    columns = [n.ref.col for n in shown if n.ref.col]
    entity = next(
        (n.ref.table for n in targets if n.ref.col is None and n.ref.table != by.table), ""
    )
    own = all(n.ref.table == by.table for n in shown)
    if isinstance(by, Col) and own and (form.draft.tables or _one_row_each(form, columns)):
        yield _row_level(form, by.table, columns, by, direction, limit)
        return
    keys = _keys(form, entity, columns)
    if isinstance(by, Col):
        for fn in {True: ("sum",), False: (_row_fn(direction),), None: ("sum", _row_fn(direction))}[
            by.additive if by.measurable else False
        ]:
            yield _grouped(form, keys, Measure(fn, by.table, by), direction, limit)
        return
    yield _grouped(form, keys, by, direction, limit)


def _row_fn(direction: Direction) -> str:
    return "max" if direction == "descending" else "min"


def _one_row_each(form: Form, columns: list[Col]) -> bool:
    return any(form.index.unique(c) for c in columns)


def _keys(form: Form, entity: str, columns: list[Col]) -> list[Key]:
    if entity and columns:
        if any(c.table != entity for c in columns):
            raise UnreadableError("It shows columns of another table than it ranks.")
        identity = form.index.identity(entity)
        return [Key(c, identity=None if c == identity else identity) for c in columns]
    if entity:
        return [form.entity(entity)]
    if not columns or len(columns) > 2:
        raise UnreadableError("It is not clear what is ranked.")
    return [Key(c) for c in columns]


def _row_level(
    form: Form,
    table: str,
    columns: list[Col],
    by: Measure | Col,
    direction: Direction,
    limit: int | None,
) -> Query:
    if isinstance(by, Measure):
        raise UnreadableError("It is not clear what is counted for what.")
    shown = tuple(columns)
    if not shown:
        few = _named_few(form)
        name = few if few and few.table == table else form.index.name_column(table)
        if name is None and form.draft.lead == "who":
            raise UnreadableError("Nothing in the table names a person.")
        shown = (name,) if name else ()
    if form.draft.ranks or (form.draft.tops and shown):
        shown = (*shown, by)
    return Query(
        base=table,
        shape="top",
        columns=shown,
        sort=Sort(direction, col=by),
        limit=limit or 1,
        ties=limit is None,
    )


def _named_few(form: Form) -> Col | None:
    """As in "Who is taller, Ann or Bo": the column of those that are named."""
    few = [v.hits[0].col for v in form.draft.values if len(v.hits[0].cells) > 1]
    return few[0] if len(few) == 1 else None


def _grouped(
    form: Form, keys: list[Key], by: Measure, direction: Direction, limit: int | None
) -> Query:
    return Query(
        base=by.table,
        shape="top",
        measures=(by,),
        keys=tuple(keys),
        sort=Sort(direction, measure=by),
        limit=limit or 1,
        ties=limit is None,
        show_measure=bool(form.draft.tops),
    )
