"""A form: a draft being read, with what every kind of question needs: measures and keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .conditions import DateChoice
from .draft import Draft
from .elements import Agg, Count, GrainTerm, Noun
from .filters import is_flag, is_year
from .linking import Index
from .query import (
    Col,
    Key,
    Measure,
    UnreadableError,
)
from .words import name_words, stem

COUNTING = frozenset({"number", "count", "total"})


def _holds_counts(col: Col) -> bool:
    """Numbers of things, such as `goals` and `number of staff`: each row tells how many.

    A column of unknown kind in the singular (`locomotive`) may number the things instead.
    """
    if name_words(col.name)[0] in COUNTING or col.additive is not None:
        return col.additive is not False or name_words(col.name)[0] in COUNTING
    last = re.findall(r"[a-z]+", col.label.casefold())[-1:]
    return not last or stem(last[0]) != last[0]


@dataclass
class Form:
    """A draft being read as one kind of question."""

    draft: Draft
    index: Index
    dates: DateChoice

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
        if ref.col and is_flag(self.index, ref.col) and not self.draft.charts:
            raise UnreadableError(f"'{ref.col.label}' says yes or no; it is not counted.")
        if ref.col is None:
            return Measure("count", ref.table)
        if ref.col.measurable and not noun.distinct:
            if _holds_counts(ref.col) or "medals" in noun.words:
                return Measure("sum", ref.table, ref.col)
            raise UnreadableError(f"'{ref.col.label}' is a measure, not something to count.")
        if ref.col.temporal and not noun.distinct:
            raise UnreadableError(f"'{ref.col.label}' is a date, not something to count.")
        if (ref.table, ref.col.name) in self.index.figures and not noun.distinct:
            raise UnreadableError(f"'{ref.col.label}' holds figures as text; it is not counted.")
        plain = not noun.distinct and self._may_be_rows(noun, ref.col)
        return Measure("count_distinct", ref.table, ref.col, plain=plain)

    def _may_be_rows(self, noun: Noun, col: Col) -> bool:
        """A few values repeat; or the table is called so too: `jobs`, by `job title`, of `jobs`."""
        said = {stem(word) for word in noun.words.split()}
        called = said != set(name_words(col.name)) and said <= set(self.index.words(col.table))
        return called or self.index.mostly_unique(col)

    def keys(self, base: str) -> list[Key]:
        groups = sorted(self.draft.groups, key=lambda group: group.word == "again")
        found = [self._key(k, base) for group in groups for k in group.keys]
        repeated = [k for group in groups if group.word == "again" for k in group.keys]
        for key in [self._key(k, base) for k in repeated]:
            if found.count(key) > 1:
                found.remove(key)
        if len(set(found)) != len(found):
            raise UnreadableError("The question groups by the same thing twice.")
        if len(found) > 2:
            raise UnreadableError("It groups by more than two things.")
        return found

    def times(self, table: str) -> list[Col]:
        """The columns of a table that say when its rows happened."""
        return [c for c in self.index.columns(table) if c.temporal or is_year(c)]

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
        return Key(shown, identity=None if identity in (None, shown) else identity, thing=True)

    def named_keys(self, keys: list[Key], named: list[Key]) -> list[Key]:
        """As in "The name and number of students of each course": the columns name the group."""
        group = {k.identity.table if k.identity else k.col.table for k in keys}
        if len(keys) != 1 or any(n.col.table not in group for n in named):
            raise UnreadableError("It shows columns that its groups do not have.")
        if all(n.col == keys[0].col for n in named):
            return keys
        identity = keys[0].identity or keys[0].col
        if not self.index.unique(identity) and named[0].col != identity:
            raise UnreadableError("It shows columns that its groups do not have.")
        thing = keys[0].thing
        return [
            replace(n, identity=None if n.col == identity else identity, thing=thing) for n in named
        ]

    def trend_key(self, base: str) -> Key:
        grains = [k.grain for g in self.draft.groups for k in g.keys if isinstance(k, GrainTerm)]
        if grains:
            raise UnreadableError("It asks for two trends at once.")
        return self._grain_key(GrainTerm("auto"), base)
