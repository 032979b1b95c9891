"""Conditions: the filters of a draft on the columns they are of, given what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .draft import PLACES, Draft
from .elements import Compare, During, Either, Noun, Value, slots
from .filters import is_year
from .linking import Index
from .namewords import ORIGIN, TARGET
from .query import Col, Condition, Measure, Period, Query, UnreadableError
from .telling import rows_called
from .words import name_words

MAX_DATES = 4
NONE = "none"
"""The operator of a condition that no row of another table belongs to it."""
NO_TOTAL = "no total"
"""The operator of a condition that leaves out rows that add up the others; empty cells stay."""
_USUAL = {"avg": "average", "median": "median"}
_SAID = {
    ">": "above",
    ">=": "at least",
    "<": "below",
    "<=": "at most",
    "=": "is",
    "<>": "is not",
    "in": "is",
}


@dataclass
class DateChoice:
    """Which of several dates is meant: each in turn, the same one throughout a reading."""

    pick: int = -1
    most: int = 1

    def more(self) -> bool:
        """Go to the next date; False when none is left."""
        self.pick += 1
        return self.pick < min(self.most, MAX_DATES)

    def one(self, columns: list[Col]) -> Col:
        """The date of this turn."""
        self.most = max(self.most, len(columns))
        if self.pick >= len(columns):
            raise UnreadableError("It could mean several dates.")
        return columns[self.pick]


def conditions_of(draft: Draft, index: Index, query: Query, dates: DateChoice) -> list[Condition]:
    """The filters of the rows; raises `UnreadableError` where one has no clear column."""
    found = [
        *(c for v in draft.values for c in (_both(v) if v.each else (_value(v),))),
        *(_flag(index, ref.col, wanted) for ref, wanted in draft.flags if ref.col),
        *_compares(draft, index, query),
        *_texts(draft),
        *_lacking(draft, index),
        *(_during(p, draft, index, query, dates) for p in draft.periods),
    ]
    if draft.eithers and (found or len(draft.eithers) > 1):
        raise UnreadableError("It is not clear how far its 'or' reaches.")
    found += [_either(e, draft, index, query, dates) for e in draft.eithers]
    _each_column_once(found)
    _ranges_meet(found)
    _of_one_thing(found, query)
    return found


def _value(value: Value) -> Condition:
    hit = value.hits[0]
    words = set(name_words(hit.col.name))
    elsewhere = {"from": TARGET, "to": ORIGIN, "into": ORIGIN}.get(value.preposition, frozenset())
    if words & elsewhere:
        raise UnreadableError("'from' and 'to' say another column.")
    cells = tuple(sorted(set(hit.cells)))
    said = " or ".join(dict.fromkeys(cell.strip() for cell in hit.cells))
    phrase = f"{hit.col.label} is {'not ' if value.negated else ''}{said}"
    if hit.inner:
        op = "not in" if value.negated else "in"
        return Condition(hit.col, op, phrase=phrase, inner=hit.inner)
    return Condition(hit.col, "not in" if value.negated else "in", cells, phrase=phrase)


def _both(value: Value) -> Iterator[Condition]:
    """As in "both English and French": a row for each."""
    hit = value.hits[0]
    for cell in hit.cells:
        one = replace(value, hits=(replace(hit, cells=(cell,)),))
        yield replace(_value(one), apart=True)


def _flag(index: Index, col: Col, wanted: bool) -> Condition:
    phrase = f"{col.label} is {'true' if wanted else 'not true'}"
    if col.type == "boolean":
        return Condition(col, "=", (wanted,), phrase=phrase)
    cell = index.flags[col.table, col.name]
    return Condition(col, "in" if wanted else "not in", (cell,), phrase=phrase)


def _compares(draft: Draft, index: Index, query: Query) -> Iterator[Condition]:
    for compare in draft.compares:
        if compare.noun and compare.noun.ref.col is None:
            continue
        col = _compared(compare, draft, index, query)
        if col.identifier and compare.op not in {"=", "in"} and not is_year(col):
            raise UnreadableError(f"'{col.label}' names things; it has no more or less.")
        if compare.than:
            yield _than_usual(compare, col, draft)
            continue
        joint = " or " if compare.op == "in" else " and "
        naming = col.identifier or is_year(col)  # 2014 and 20311 are names, not amounts
        said = joint.join(f"{n:.15g}" if naming else f"{n:,.15g}" for n in compare.numbers)
        verb = "between" if compare.op == "between" else _SAID[compare.op]
        yield Condition(col, compare.op, compare.numbers, phrase=f"{col.label} {verb} {said}")


def _than_usual(compare: Compare, col: Col, draft: Draft) -> Condition:
    """As in "above the average": of all rows, so nothing else may say which rows."""
    if draft.values or draft.periods or draft.flags or len(draft.compares) > 1:
        raise UnreadableError("It is not clear of which rows the average is meant.")
    inner = Query(col.table, "value", (Measure(compare.than, col.table, col),))
    phrase = f"{col.label} {_SAID[compare.op]} the {_USUAL[compare.than]}"
    return Condition(
        replace(col, name=col.number or col.name), compare.op, phrase=phrase, inner=inner
    )


def _compared(compare: Compare, draft: Draft, index: Index, query: Query) -> Col:
    if compare.noun:
        assert compare.noun.ref.col is not None  # noqa: S101
        return compare.noun.ref.col
    columns = [c for c in index.columns(query.base) if c.measurable]
    if compare.hints:
        columns = [c for c in columns if hinted(c, compare.hints)]
    elif query.measures and query.measures[0].col:
        columns = [query.measures[0].col]
    elif draft.column_nouns:
        columns = [n.ref.col for n in draft.column_nouns if n.ref.col and n.ref.col.measurable]
    elif len(columns) > 1:
        columns = [c for c in columns if c.additive]
    if len(columns) != 1:
        raise UnreadableError("It is not clear which column is compared with the number.")
    return columns[0]


def hinted(col: Col, hints: tuple[str, ...]) -> bool:
    """A column is one of those that an adjective may mean: by its whole name or its last word."""
    words = name_words(col.name)
    return any(hint.lstrip("-") in (" ".join(words), words[-1], words[0]) for hint in hints)


def _texts(draft: Draft) -> Iterator[Condition]:
    for each in draft.contains:
        col = each.noun.ref.col
        assert col is not None  # noqa: S101
        said = {"contains": "contains", "starts": "starts with", "ends": "ends with"}[each.how]
        yield Condition(col, each.how, (each.text,), phrase=f"{col.label} {said} '{each.text}'")
    for blank in draft.blanks:
        col = blank.noun.ref.col
        assert col is not None  # noqa: S101
        state = "empty" if blank.empty else "not empty"
        yield Condition(col, f"is {state}", phrase=f"{col.label} is {state}")


def _lacking(draft: Draft, index: Index) -> Iterator[Condition]:
    for lacking in draft.lacking:
        table = lacking.noun.ref.table
        told = index.identity(table) or index.columns(table)[0]
        yield Condition(told, NONE, phrase=f"no {rows_called(table)}")


def _during(
    during: During, draft: Draft, index: Index, query: Query, dates: DateChoice
) -> Condition:
    found = [] if during.noun else _dated(during.period, draft, index, query)
    col = during.noun.ref.col if during.noun else dates.one(found)
    assert col is not None  # noqa: S101
    if is_year(col) and not whole_years(during.period):
        raise UnreadableError(f"'{col.label}' holds years, not days.")
    period = during.period
    if len(found) > 1:
        period = replace(period, phrase=f"{period.phrase} by {col.label}")
    return Condition(col, "during", period=period)


def whole_years(period: Period) -> bool:
    """A span that begins and ends with a year."""
    return not period.parts[0] and all(
        d is None or (d.month, d.day) == (1, 1) for d in (period.start, period.end)
    )


def _dated(period: Period, draft: Draft, index: Index, query: Query) -> list[Col]:
    keyed = [k.col for k in query.keys if k.grain]
    table = draft.lacking[0].noun.ref.table if draft.lacking else query.base
    columns = [c for c in index.columns(table) if c.temporal]
    years = [c for c in index.columns(table) if is_year(c)] if whole_years(period) else []
    found = keyed[:1] or columns or years
    if not found:
        found = _dated_nearby(period, index, query.base)
    if not found:
        raise UnreadableError("There is no date to tell the period by.")
    return found


def _dated_nearby(period: Period, index: Index, base: str) -> list[Col]:
    """The dates of tables that a row belongs to."""
    return [
        col
        for table in index.tables
        if table != base and index.graph.paths(base, table, unique=True)
        for col in index.columns(table)
        if col.temporal or (is_year(col) and whole_years(period))
    ]


def _either(
    either: Either, draft: Draft, index: Index, query: Query, dates: DateChoice
) -> Condition:
    """One of two filters of the same rows."""
    parts = []
    for part in either.parts:
        alone = replace(draft, eithers=[], lacking=[])
        setattr(alone, PLACES[type(part)], [part])
        parts += conditions_of(alone, index, query, dates)
    if len(parts) != len(either.parts) or any(_elsewhere(part, query) for part in parts):
        raise UnreadableError("Its 'or' joins filters of different tables.")
    names = [noun.words for noun in slots(either) if isinstance(noun, Noun)]
    if len(set(names)) < len(names) and len({part.col for part in parts}) > 1:
        raise UnreadableError("One word of its 'or' would mean two columns.")
    said = [
        f"{part.col.label} {part.period.phrase}" if part.period else part.phrase for part in parts
    ]
    return Condition(parts[0].col, "either", phrase=" or ".join(said), either=tuple(parts))


def _elsewhere(part: Condition, query: Query) -> bool:
    return part.col.table != query.base or part.apart or part.inner is not None


def _of_one_thing(found: list[Condition], query: Query) -> None:
    """As in "a singer above 40 and a singer below 30": two things of a kind, not one."""
    if len(found) > 1 and any(c.inner and c.inner.base == query.base for c in found):
        raise UnreadableError("It speaks of two things of one kind.")


def _ranges_meet(found: list[Condition]) -> None:
    """Above 40 and below 30 can't both be true of a row: two things are meant."""
    for low in (c for c in found if c.op in {">", ">="} and c.values):
        for high in (c for c in found if c.op in {"<", "<="} and c.values):
            if low.col == high.col and float(low.values[0]) >= float(high.values[0]):
                raise UnreadableError("It asks for two ranges of one column that never meet.")


def _each_column_once(found: list[Condition]) -> None:
    """Two cells of one column can't both be true of a row: that is another kind of question."""
    cells = [c.col for c in found if c.op == "in" and not c.inner and not c.apart]
    if len(set(cells)) != len(cells):
        raise UnreadableError("It asks for two different values of one column at once.")
