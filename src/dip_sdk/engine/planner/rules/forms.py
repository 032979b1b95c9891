"""Forms: what kinds of question there are, and how a draft fills one. Each gives whole readings.

A form refuses (`UnreadableError`) a draft with an element it has no place for: what the user said
is either in the reading or there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .conditions import DateChoice, conditions_of
from .draft import Draft
from .elements import Agg, Compare, Count, GrainTerm, Noun, Order
from .filters import is_flag, is_year
from .joins import Hop
from .linking import Index
from .query import (
    Chart,
    Col,
    Condition,
    Direction,
    Having,
    Key,
    Measure,
    Query,
    Shape,
    Sort,
    UnreadableError,
)
from .ranking import ranked
from .words import name_words


def queries(draft: Draft, index: Index) -> Iterator[Query]:
    """The whole readings of a draft: one for each date it may mean."""
    dates = DateChoice()
    while dates.more():
        form = Form(replace(draft), index, dates)
        for query in form.readings():
            yield form.finished(query)


@dataclass
class Form:
    """A draft being read as one kind of question."""

    draft: Draft
    index: Index
    dates: DateChoice

    def readings(self) -> Iterator[Query]:
        d = self.draft
        if d.spans and not (d.ranked or self._names_the_extreme()):
            raise UnreadableError("It names a span of time, but not what of it.")
        if d.rows or d.count_rows:
            yield from self._rows()
        elif d.share:
            yield from self._share()
        elif d.tops and d.groups and (d.aggs or d.counts) and not d.nouns:
            yield from self._cut()
        elif d.ranked or self._names_the_extreme():
            yield from ranked(self)
        elif d.aggs or d.counts:
            yield from self._measured()
        elif d.groups or d.trend:
            yield from self._implied()
        else:
            yield from self._listed()

    # what every form shares -----------------------------------------------------------------

    def finished(self, query: Query) -> Query:
        """The reading with its filters, order and chart; or a refusal."""
        d = self.draft
        found = conditions_of(d, self.index, query, self.dates)
        query = replace(query, conditions=(*query.conditions, *found))
        query = replace(query, having=(*query.having, *self._having(query)))
        if d.orders:
            query = self._ordered(query)
        if d.charts:
            if not (query.keys and query.measures) and not query.columns:
                raise UnreadableError("There is nothing to draw a chart of.")
            query = replace(query, chart=Chart(d.charts[-1].chart.mark))
        if d.verbs:
            self._verbs_are_safe(query)
        self._all_tables_used(query)
        _tells_something(query)
        return query

    def measure(self, element: Agg | Count) -> list[Measure]:
        if isinstance(element, Count):
            return [self.count(element.noun)]
        return [
            Measure(fn, noun.ref.table, noun.ref.col)
            for fn in element.fns
            for noun in element.nouns
        ]

    def count(self, noun: Noun) -> Measure:
        ref = noun.ref
        if ref.col and is_flag(self.index, ref.col):
            raise UnreadableError(f"'{ref.col.label}' says yes or no; it is not counted.")
        if ref.col is None:
            return Measure("count", ref.table)
        if ref.col.measurable and not noun.distinct:
            if ref.col.additive or name_words(ref.col.name)[0] in {"number", "count", "total"}:
                return Measure("sum", ref.table, ref.col)
            raise UnreadableError(f"'{ref.col.label}' is a measure, not something to count.")
        if ref.col.temporal and not noun.distinct:
            raise UnreadableError(f"'{ref.col.label}' is a date, not something to count.")
        if (ref.table, ref.col.name) in self.index.figures and not noun.distinct:
            raise UnreadableError(f"'{ref.col.label}' holds figures as text; it is not counted.")
        return Measure("count_distinct", ref.table, ref.col)

    def keys(self, base: str) -> list[Key]:
        found = [self._key(k, base) for group in self.draft.groups for k in group.keys]
        if len(set(found)) != len(found):
            raise UnreadableError("The question groups by the same thing twice.")
        if len(found) > 2:
            raise UnreadableError("It groups by more than two things.")
        return found

    def _key(self, term: Noun | GrainTerm, base: str) -> Key:
        if isinstance(term, GrainTerm):
            return self._grain_key(term, base)
        col = term.ref.col
        if col is None:
            return self.entity(term.ref.table)
        if col.measurable and not is_year(col) and not self._few(col):
            raise UnreadableError(f"'{col.label}' is a measure, not something to group by.")
        return Key(col, "day" if col.type.startswith("timestamp") else "")

    def _few(self, col: Col) -> bool:
        return col.additive is None or (col.type == "integer" and not col.additive)

    def _grain_key(self, term: GrainTerm, base: str) -> Key:
        if term.noun and term.noun.ref.col:
            return Key(term.noun.ref.col, term.grain)
        years = [c for c in self.index.columns(base) if is_year(c)]
        dates = [c for c in self.index.columns(base) if c.temporal]
        if not dates and term.grain == "year" and len(years) == 1:
            return Key(years[0])
        if not dates:
            raise UnreadableError("There is no date to count by.")
        return Key(self.dates.one(dates), term.grain)

    def entity(self, table: str) -> Key:
        """Grouping by the things of a table: by what tells them apart, shown by their name."""
        name, identity = self.index.name_column(table), self.index.identity(table)
        if name is None and identity is None:
            raise UnreadableError(f"Nothing names the rows of '{table}'.")
        shown = name or identity
        assert shown is not None  # noqa: S101
        return Key(shown, identity=None if identity in (None, shown) else identity)

    def _having(self, query: Query) -> list[Having]:
        found = []
        for each in self.draft.group_compares:
            found += [Having(m, each.op, each.number) for m in self.measure(each.measure)]
        for compare in self.draft.compares:
            if compare.noun and compare.noun.ref.col is None:
                found.append(self._counted(compare, query))
        if found and not query.keys:
            raise UnreadableError("It compares a total, but names no groups to compare.")
        return found

    def _counted(self, compare: Compare, query: Query) -> Having:
        assert compare.noun is not None  # noqa: S101
        if compare.noun.ref.table != query.base or compare.op == "between":
            raise UnreadableError("What is counted is not what is asked for.")
        return Having(Measure("count", query.base), compare.op, compare.numbers[0])

    def _ordered(self, query: Query) -> Query:
        order = self.draft.orders[-1]
        if len(self.draft.orders) > 1 or query.ties:
            raise UnreadableError("The order asked for has more than one reading.")
        if order.measure:
            wanted = self.measure(order.measure)[0]
            return replace(query, sort=Sort(order.direction or "descending", measure=wanted))
        if order.noun is None:
            return replace(query, sort=self._sort_by_first(query, order))
        col = order.noun.ref.col
        if col is None:
            raise UnreadableError("It can be ordered by a column, not by a table.")
        if query.measures and col not in {k.col for k in query.keys}:
            fitting = [m for m in query.measures if m.col == col]
            if len(fitting) != 1:
                raise UnreadableError(f"'{col.label}' is not in the answer to order by.")
            return replace(query, sort=Sort(order.direction or "ascending", measure=fitting[0]))
        return replace(query, sort=Sort(order.direction or "ascending", col=col))

    def _sort_by_first(self, query: Query, order: Order) -> Sort:
        direction: Direction = order.direction or "descending"
        if query.measures:
            return Sort(direction, measure=query.measures[0])
        if not query.columns:
            raise UnreadableError("The order is asked for, but not by what.")
        return Sort(direction, col=query.columns[0])

    def _all_tables_used(self, query: Query) -> None:
        """A table that was named must be part of the reading."""
        used = {query.base, *(c.table for c in query.columns), *(k.col.table for k in query.keys)}
        used |= {m.table for m in query.measures} | {c.col.table for c in query.conditions}
        used |= {h.measure.table for h in query.having}
        used |= {h.to_table for h in self._hops(query)}
        for table in self.draft.tables:
            if table not in used:
                raise UnreadableError(f"It names '{table}', which the rest does not use.")

    def _verbs_are_safe(self, query: Query) -> None:
        """A verb says nothing new only where its things are related in exactly one way."""
        d = self.draft
        cells = [index_key for v in d.values for index_key in v.hits[0].cells]
        doubtful = any(len(self.index.places(cell)) > 1 for cell in cells)
        named = bool(d.tables or any(c.noun.ref.col is None for c in d.counts))
        if doubtful or not named or self.dates.most > 1:
            raise UnreadableError("A verb may mean more than one relation of these tables.")
        related = {c.col.table for c in query.conditions} | {k.col.table for k in query.keys}
        if not query.conditions and related <= {query.base}:
            raise UnreadableError("A verb stands in the question, but nothing is related by it.")
        for table in related:
            ways = self.index.graph.paths(query.base, table, unique=False)
            between = {h.to_table for h in ways[0][:-1]} if ways else set()
            if len(ways) > 1 or not between <= set(d.tables):
                raise UnreadableError("A verb may mean more than one relation of these tables.")

    def _hops(self, query: Query) -> list[Hop]:
        cols = [*query.columns, *(k.col for k in query.keys), *(c.col for c in query.conditions)]
        return [
            hop
            for col in cols
            for path in self.index.graph.paths(query.base, col.table, unique=False)[:1]
            for hop in path
        ]

    # the kinds of question --------------------------------------------------------------------

    def _names_the_extreme(self) -> bool:
        """ "Which region has the highest sales": a maximum with something that has it."""
        d = self.draft
        if d.spans and (len(d.groups) > 1 or not d.lead):
            raise UnreadableError("It names a span of time, but not what of it.")
        extreme = [a for a in d.aggs if set(a.fns) <= {"min", "max"} and len(a.fns) == 1]
        split = len(d.groups) > len(d.spans)
        if not extreme or len(d.aggs) != 1 or split or d.counts or d.trend:
            return False
        targets = [n for n in d.nouns if n.ref.col is None or not n.ref.col.measurable]
        if d.lead in {"which", "who"}:
            return True
        return d.lead in {"what", "list", "show", ""} and bool(targets) and self._target_first()

    def _target_first(self) -> bool:
        """ "the product with the highest price", not "the highest price of the products"."""
        kinds = [type(e) for e in self.draft.sequence]
        first = self.draft.sequence[kinds.index(Noun)]
        if kinds.index(Noun) > kinds.index(Agg):
            return False
        return isinstance(first, Noun)

    def _rows(self) -> Iterator[Query]:
        d = self.draft
        tables = set(d.tables) or set(self.index.tables)
        if len(tables) != 1 or d.aggs or d.counts or d.groups or d.ranked or d.column_nouns:
            raise UnreadableError("It is not clear which table's rows are meant.")
        base = tables.pop()
        if d.count_rows:
            if d.count_rows[0].columns:
                raise UnreadableError(self._columns_told(base))
            yield Query(base, "value", (Measure("count", base),))
            return
        yield Query(base, "rows", limit=d.rows[0].count, tail=d.rows[0].tail)

    def _columns_told(self, base: str) -> str:
        names = [c.name for c in self.index.columns(base)]
        return f"'{base}' has {len(names)} columns: {', '.join(names)}."

    def _measured(self) -> Iterator[Query]:
        d = self.draft
        elements: list[Agg | Count] = [*d.aggs, *d.counts]
        measures = [m for e in elements for m in self.measure(e)]
        measures = self._in_order(measures)
        base = measures[0].table
        if any(m.table != base for m in measures):
            raise UnreadableError("Its measures lie in different tables.")
        keys = self.keys(base)
        named = [Key(n.ref.col) for n in d.column_nouns if n.ref.col]
        if named and keys:
            keys = self._named_keys(keys, named)
        elif named:
            keys = self._beside(named)
        if d.trend:
            keys = [self._trend_key(base), *keys]
        if d.ranks:
            raise UnreadableError("It is ranked, but nothing says how many to show.")
        shape: Shape = "value" if not keys else "trend" if d.trend or keys[0].grain else "groups"
        yield Query(base, shape, tuple(measures), tuple(keys))

    def _cut(self) -> Iterator[Query]:
        """ "Total amount by product, top 3": the groups with the highest measure."""
        top = self.draft.tops[0]
        for query in self._measured():
            order = Sort(top.direction, measure=query.measures[0])
            yield replace(query, shape="top", sort=order, limit=top.count)

    def _in_order(self, measures: list[Measure]) -> list[Measure]:
        if len(set(measures)) != len(measures):
            raise UnreadableError("It asks for the same measure twice.")
        return measures

    def _beside(self, named: list[Key]) -> list[Key]:
        """ "Show the country and the number of singers": a column beside a measure is its key."""
        if self.draft.lead not in {"list", "show", "what", "which", ""} or len(named) > 2:
            raise UnreadableError("A column stands beside a measure; it is not clear how.")
        if any(k.col.measurable for k in named):
            raise UnreadableError("One column is aggregated, another is not.")
        if self.draft.lead in {"what", ""} and isinstance(self.draft.sequence[-1], Noun):
            raise UnreadableError("A column stands beside a measure; it is not clear how.")
        return named

    def _named_keys(self, keys: list[Key], named: list[Key]) -> list[Key]:
        """ "The name and number of students of each course": the columns name the group."""
        group = {k.identity.table if k.identity else k.col.table for k in keys}
        if len(keys) != 1 or any(n.col.table not in group for n in named):
            raise UnreadableError("It shows columns that its groups do not have.")
        if all(n.col == keys[0].col for n in named):
            return keys
        identity = keys[0].identity or keys[0].col
        if not self.index.unique(identity) and named[0].col != identity:
            raise UnreadableError("It shows columns that its groups do not have.")
        return [replace(n, identity=None if n.col == identity else identity) for n in named]

    def _trend_key(self, base: str) -> Key:
        grains = [k.grain for g in self.draft.groups for k in g.keys if isinstance(k, GrainTerm)]
        if grains:
            raise UnreadableError("It asks for two trends at once.")
        return self._grain_key(GrainTerm("auto"), base)

    def _implied(self) -> Iterator[Query]:
        """ "Sales by region": the measure is named, how it is aggregated follows from its kind."""
        d = self.draft
        wanted = [n for n in d.nouns if n.ref.col is None or n.ref.col.measurable]
        if len(wanted) != 1 or len(d.nouns) != len(wanted):
            raise UnreadableError("It names groups, but not one thing to measure.")
        noun = wanted[0]
        col, base = noun.ref.col, noun.ref.table
        keys = self.keys(base)
        if d.trend and not any(k.grain for k in keys):
            keys = [self._trend_key(base), *keys]
        shape: Shape = "trend" if keys[0].grain else "groups"
        for fn in self._implied_functions(col):
            yield Query(base, shape, (Measure(fn, base, col),), tuple(keys))

    def _implied_functions(self, col: Col | None) -> tuple[str, ...]:
        if col is None:
            return ("count",)
        return {True: ("sum",), False: ("avg",), None: ("sum", "avg")}[col.additive]

    def _listed(self) -> Iterator[Query]:
        d = self.draft
        if d.ranks or (d.group_compares and not d.nouns):
            raise UnreadableError("It is not clear what is asked for.")
        counted = [c for c in d.compares if c.noun and c.noun.ref.col is None]
        if counted or d.group_compares:
            yield from self._with_enough(counted)
            return
        columns = [n.ref.col for n in d.column_nouns if n.ref.col]
        if not columns and not d.tables:
            yield from self._unnamed()
            return
        if d.lead == "how much" or self._plain_total(columns):
            yield from self._total(columns)
            return
        for base in self._bases(columns):
            yield self._list_of(base, columns)

    def _unnamed(self) -> Iterator[Query]:
        raise UnreadableError("It does not say what to show.")

    def _plain_total(self, columns: list[Col]) -> bool:
        """ "Sales in 2024": a bare measure that adds up, of no named thing, is its total."""
        one = len(columns) == 1 and columns[0].measurable and columns[0].additive is True
        drawn = any(c.chart.mark in {"histogram", "scatter"} for c in self.draft.charts)
        return one and not drawn and not self.draft.tables and self.draft.lead != "which"

    def _total(self, columns: list[Col]) -> Iterator[Query]:
        if len(columns) != 1 or not columns[0].measurable:
            raise UnreadableError("It is not clear what shall be added up.")
        col = columns[0]
        if col.additive is not False:
            yield Query(col.table, "value", (Measure("sum", col.table, col),))
        if self.draft.lead in {"what", "list", "show"} or col.additive is False:
            yield Query(col.table, "list", columns=(col,))

    def _bases(self, columns: list[Col]) -> list[str]:
        """Tables whose rows the list may show: every column is reached from it without doubt."""
        named = self.draft.tables
        candidates = [c.table for c in columns] or named[:1]
        for table in dict.fromkeys(named + candidates if columns else candidates):
            if all(self.index.graph.paths(table, c.table, unique=True) for c in columns):
                return [table]
        raise UnreadableError("Its columns lie in tables that no join brings together.")

    def _list_of(self, base: str, columns: list[Col]) -> Query:
        d = self.draft
        shown = tuple(dict.fromkeys(columns))
        if not shown and (d.lead in {"which", "who", "what", "list"} or self._own_named(base)):
            name = self.index.name_column(base)
            shown = (name,) if name else ()
        single = len(shown) == 1 and not d.tables and not self.index.unique(shown[0])
        distinct = any(n.distinct for n in d.nouns) or (single and not shown[0].measurable)
        if distinct and not shown:
            name = self.index.name_column(base)
            shown = (name,) if name else ()
        return Query(base, "list" if shown else "rows", columns=shown, distinct=distinct)

    def _own_named(self, table: str) -> bool:
        """The table has a column of its own name: "the airline" is that column."""
        return any(name_words(c.name) == name_words(table) for c in self.index.columns(table))

    def _with_enough(self, counted: list[Compare]) -> Iterator[Query]:
        """ "Which airlines have at least 10 flights": groups by what they count to."""
        d = self.draft
        if len(counted) + len(d.group_compares) != 1 or not d.nouns:
            raise UnreadableError("It compares more than one count.")
        first = counted[0].noun if counted else None
        base = first.ref.table if first else self.measure(d.group_compares[0].measure)[0].table
        keys = [self.entity(t) for t in d.tables if t != base]
        named = [Key(n.ref.col) for n in d.column_nouns if n.ref.col]
        if keys and named:
            keys = self._named_keys(keys, named)
        keys = keys or named
        if not keys:
            raise UnreadableError("It compares a total, but names no groups to compare.")
        yield Query(base, "list", keys=tuple(keys), show_measure=False)

    def _share(self) -> Iterator[Query]:
        d = self.draft
        if d.groups and (d.aggs or d.counts):
            for query in self._measured():
                yield self._shared(query)
        elif d.groups:
            for query in self._implied():
                yield self._shared(query)
        else:
            yield self._part()

    def _shared(self, query: Query) -> Query:
        if len(query.measures) != 1 or query.measures[0].fn not in {"sum", "count"}:
            raise UnreadableError("A share needs one total to be a share of.")
        return replace(query, share=True, shape="groups")

    def _part(self) -> Query:
        """ "What percentage of orders are cancelled": rows that meet the filters, of all rows."""
        d = self.draft
        if len(d.tables) != 1 or d.column_nouns or d.aggs or d.counts or d.periods:
            raise UnreadableError("It is not clear what the share is of.")
        base = d.tables[0]
        conditions: list[Condition] = conditions_of(d, self.index, Query(base, "value"), self.dates)
        if not conditions or any(c.col.table != base for c in conditions):
            raise UnreadableError("It is not clear what the share is of.")
        d.values, d.compares, d.flags, d.contains, d.blanks = [], [], [], [], []
        return Query(
            base, "value", (Measure("count", base),), share=True, share_of=tuple(conditions)
        )


def _tells_something(query: Query) -> None:
    """A list that shows only what its filter already says is no answer."""
    fixed = {c.col for c in query.conditions if c.op == "in" and len(c.values) == 1}
    shown = set(query.columns) | {k.col for k in query.keys}
    if shown and not query.measures and shown <= fixed:
        raise UnreadableError("It asks for what it already says.")
