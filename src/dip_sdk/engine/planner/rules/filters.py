"""Clauses that say which rows: cells, comparisons with numbers, periods, texts, empty cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from .elements import (
    Blank,
    Compare,
    Contains,
    During,
    Either,
    Element,
    GroupCompare,
    Lacking,
    Noun,
    Value,
)
from .lexicon import (
    ADJECTIVES,
    AGGREGATES,
    COMPARATIVES,
    COMPARISONS,
    GLUE,
    LACKING,
    MOST,
    NEGATIONS,
    ROW_WORDS,
    SUFFIXES,
    VERBS,
)
from .linking import Hit, Index
from .measures import measures_at
from .query import Col
from .sentence import DETERMINERS, Phrases, Sentence

Step = tuple[Element | None, int, float]

_COMPARISONS = Phrases(COMPARISONS)
_COMPARATIVES = Phrases(COMPARATIVES)
_SUFFIXES = Phrases(SUFFIXES)
_NEGATIONS = Phrases.of(NEGATIONS)
_LACKING = Phrases.of(LACKING)
_IS = frozenset({"is", "are", "was", "were", "of", "being", "that", "value", "equals"})
_NAMED = frozenset({"is", "are", "was", "were", "of", "named", "called", "equals", "=", "being"})
_OR = frozenset({",", "and", "or", "nor"})
_TEXTS = Phrases(
    {
        "contains": "contains",
        "containing": "contains",
        "contain": "contains",
        "that contains": "contains",
        "starting with": "starts",
        "starts with": "starts",
        "start with": "starts",
        "beginning with": "starts",
        "ending with": "ends",
        "ends with": "ends",
        "end with": "ends",
    }
)
_AGAINST = frozenset({"vs", "versus", ".", "the"})
NAMED_COST = -0.5
INNER_COST = 0.5
"""What a question inside a question costs beyond its own words."""
_AGGREGATES = Phrases(AGGREGATES)
SUPERLATIVES = Phrases.of((*ADJECTIVES, *AGGREGATES, *MOST))
_INTO = frozenset({"in", "to", "by", "for", "with", "on", "at", "from"})
_EXCEPT = frozenset({"except", "except for", "excluding", "other than"})
_BLANK = frozenset({"missing", "empty", "null", "blank", "unknown"})


def is_flag(index: Index, col: Col) -> bool:
    """A column that only says yes or no."""
    return col.type == "boolean" or (col.table, col.name) in index.flags


def _value(s: Sentence, i: int) -> Iterator[Step]:
    negated, start = _negation(s, i)
    if not negated and s.low(i) in _IS:
        return
    if s.low(i) == "both":
        for value, end in (*cells_named(s, i + 1), *_name_then_cells(s, i + 1)):
            if len(set(value.hits[0].cells)) > 1:
                yield replace(value, each=True), end, 1.0 + value.hits[0].cost
    before = s.low(i - 1)
    if before in {"the", "a", "an"}:
        before = s.low(i - 2)
    start = s.skip(start, {"the", "a", "an"}) if negated else start
    for value, end in (*cells_named(s, start), *_name_then_cells(s, start)):
        cost = 1.0 + value.hits[0].cost
        yield replace(value, negated=value.negated or negated, preposition=before), end, cost


def _rivals(s: Sentence, i: int) -> Iterator[Step]:
    """`remote vs in-person`, `between men and women`: a group for each of those named."""
    between = s.low(i) == "between"
    for hits, end in s.cells(s.skip(i + between, {"the"})):
        after = s.skip(end, {"and", "the"} if between else _AGAINST)
        for more, last in s.cells(after) if after > end else []:
            if both := _together(hits, more):
                yield Value(both, rivals=True), last, 1.0 + both[0].cost


def _by(s: Sentence, i: int) -> Iterator[Step]:
    """`albums by Joni`: whose they are, where no column is called so that could group them."""
    if i and s.low(i) == "by" and not s.nouns(i + 1):
        for value, end in cells_named(s, i + 1):
            yield replace(value, preposition="by"), end, 1.0 + value.hits[0].cost


def _negation(s: Sentence, i: int) -> tuple[bool, int]:
    found = _NEGATIONS.at(s.tokens, i)
    return (True, found[0][1]) if found else (False, i)


def cells_named(s: Sentence, i: int) -> Iterator[tuple[Value, int]]:
    """`North`, `North and South`, `the north region`."""
    for hits, end in _cell_lists(s, i):
        last = s.tokens[end - 1]
        plural = last.low != last.stem and not last.quoted and last.stem not in ROW_WORDS
        yield Value(hits, plural=plural), end
        for noun, after in s.nouns(s.skip(end, {"is", "was", "are"})):
            fit = _fitting(s.index, hits, noun)
            if fit:
                yield Value(_sure(fit)), after


def _name_then_cells(s: Sentence, i: int) -> Iterator[tuple[Value, int]]:
    """`region North`, `region is not North`, `the maker named Ford`."""
    for noun, end in s.nouns(i):
        start = s.skip(end, _NAMED)
        negated, start = _negation(s, start) if start >= end else (False, start)
        if not negated:
            negated, start = _negation(s, end) if _NEGATIONS.at(s.tokens, end) else (False, start)
        start = s.skip(start, {"the", "a", "an"} | _NAMED)
        for hits, after in _cell_lists(s, start):
            fit = _fitting(s.index, hits, noun)
            if fit:
                yield Value(_sure(fit), negated=negated), after


def _sure(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Cells whose column or thing is named beside them: surer than any other reading of them."""
    return tuple(replace(hit, cost=hit.cost + NAMED_COST) for hit in hits)


def _fitting(index: Index, hits: tuple[Hit, ...], noun: Noun) -> tuple[Hit, ...]:
    """The hits in a column that the noun names, or that names the rows of its table."""
    costs = {(r.table, r.col.name): r.cost for r in noun.refs if r.col}
    named = [index.own_name(r.table) for r in noun.refs if r.col is None]
    costs |= {(col.table, col.name): 0.0 for col in named if col}
    return tuple(
        replace(hit, cost=hit.cost + costs[hit.col.table, hit.col.name])
        for hit in hits
        if (hit.col.table, hit.col.name) in costs
    )


def _cell_lists(s: Sentence, i: int) -> Iterator[tuple[tuple[Hit, ...], int]]:
    """One cell, or several of one column joined by commas, `and` or `or`."""
    for hits, end in s.cells(i):
        yield hits, end
        after = s.skip(end, _OR)
        if after == end:
            continue
        for more, last in _cell_lists(s, s.skip(after, {"the"})):
            both = _together(hits, more)
            if both:
                yield both, last


def _together(first: tuple[Hit, ...], second: tuple[Hit, ...]) -> tuple[Hit, ...]:
    cells = {hit.col: hit.cells for hit in second}
    return tuple(
        Hit(hit.col, (*hit.cells, *cells[hit.col]), hit.cost) for hit in first if hit.col in cells
    )


def _compare(s: Sentence, i: int) -> Iterator[Step]:
    yield from _noun_compared(s, i)
    for op, numbers, end in _comparison(s, i):
        bare = s.after_unit(end)
        yield Compare(op, numbers), bare, 1.2
        for noun, after in s.nouns(end):
            if refs := tuple(r for r in noun.refs if r.col is None or r.col.numeric):
                yield Compare(op, numbers, replace(noun, refs=refs)), after, 1.0 + refs[0].cost
    for (op, hints), start in _COMPARATIVES.at(s.tokens, i)[:1]:
        if found := s.number(start):
            yield Compare(op, (found[0],), hints=hints), s.after_unit(found[1]), 1.0
    yield from _number_of(s, i)
    yield from _compared_after(s, i)


def _compared_after(s: Sentence, i: int) -> Iterator[Step]:
    """`under age 40`, `above the average age`: the column stands between, or at the end."""
    for op, start in _COMPARISONS.at(s.tokens, i)[:1]:
        usual = _AGGREGATES.at(s.tokens, s.skip(start, {"the"}))[:1]
        for fn, after in usual if op in {">", "<", ">=", "<="} else ():
            for noun, end in s.nouns(after) if fn in {"avg", "median"} else ():
                if refs := tuple(r for r in noun.refs if r.col and r.col.measurable):
                    same = replace(noun, refs=refs)
                    yield Compare(op, (), same, than=fn), end, 1.0 + refs[0].cost
        for noun, end in s.nouns(start):
            refs = tuple(r for r in noun.refs if r.col and r.col.numeric)
            if refs and (found := s.number(s.skip(end, {"of"}))):
                column = replace(noun, refs=refs)
                yield Compare(op, (found[0],), column), s.after_unit(found[1]), 1.0 + refs[0].cost


def _noun_compared(s: Sentence, i: int) -> Iterator[Step]:
    """`amount above 100`, `year 2014`."""
    for noun, end in s.nouns(i):
        refs = tuple(r for r in noun.refs if r.col and r.col.numeric)
        if not refs:
            continue
        start = s.skip(end, _IS | {"has", "have"})
        compared = _comparison(s, start)
        found = s.number(start)
        if found and not compared and start - end <= 1:
            compared = [("=", (found[0],), found[1])]
        for op, numbers, after in compared:
            column = replace(noun, refs=refs)
            yield Compare(op, numbers, column), s.after_unit(after), 1.0 + refs[0].cost


def _than_usual(s: Sentence, i: int) -> Iterator[Step]:
    """`salary above the average`, `price higher than the average price`."""
    for noun, end in s.nouns(i):
        refs = tuple(r for r in noun.refs if r.col and r.col.measurable)
        start = s.skip(end, _IS)
        for op, at in _COMPARISONS.at(s.tokens, start)[:1] if refs else []:
            for fn, after in _AGGREGATES.at(s.tokens, s.skip(at, {"the", "that", "of"}))[:1]:
                said = [last for again, last in s.nouns(after) if again.refs == noun.refs]
                if fn in {"avg", "median"} and op in {">", "<", ">=", "<="}:
                    same = replace(noun, refs=refs)
                    yield Compare(op, (), same, than=fn), max(said, default=after), 1.0


def _one_of(s: Sentence, i: int) -> Iterator[Step]:
    """`year 2014 or 2015`: one of several numbers."""
    for noun, end in s.nouns(i):
        refs = tuple(r for r in noun.refs if r.col and r.col.numeric)
        numbers, after = _numbers(s, s.skip(end, _NAMED)) if refs else ((), end)
        if len(numbers) > 1:
            yield Compare("in", numbers, replace(noun, refs=refs)), after, 1.0 + refs[0].cost


def _numbers(s: Sentence, i: int) -> tuple[tuple[float, ...], int]:
    found: list[float] = []
    while (number := s.number(i)) and (not found or s.low(i - 1) in _OR):
        found.append(number[0])
        i = s.skip(number[1], _OR)
    return tuple(found), i


def _number_of(s: Sentence, i: int) -> Iterator[Step]:
    """`with 3 cylinders`: a bare number before a numeric column is equality."""
    found = s.number(i)
    if not found or s.low(i - 1) in {"top", "bottom", "first", "last", "than"}:
        return
    for noun, end in s.nouns(found[1]):
        refs = tuple(r for r in noun.refs if r.col and r.col.numeric)
        if refs and s.low(i - 1) in {"with", "have", "has", "had", "having"}:
            yield Compare("=", (found[0],), replace(noun, refs=refs)), end, 1.0 + refs[0].cost


def _comparison(s: Sentence, i: int) -> list[tuple[str, tuple[float, ...], int]]:
    """An operator and its number(s)."""
    if s.low(i) == "between":
        first = s.number(i + 1)
        second = s.number(first[1] + 1) if first and s.low(first[1]) == "and" else None
        if first and second and first[0] <= second[0]:
            return [("between", (first[0], second[0]), second[1])]
    for op, start in _COMPARISONS.at(s.tokens, i):
        if found := s.number(start):
            return [(op, (found[0],), found[1])]
    found = s.number(i)
    for op, end in _SUFFIXES.at(s.tokens, found[1])[:1] if found else []:
        return [(op, (found[0],), end)] if found else []
    return []


def _group_compare(s: Sentence, i: int) -> Iterator[Step]:
    for measure, end, cost in measures_at(s, i):
        for op, numbers, after in _comparison(s, s.skip(end, _IS)):
            if len(numbers) == 1:
                yield GroupCompare(measure, op, numbers[0]), s.after_unit(after), cost


def _during(s: Sentence, i: int) -> Iterator[Step]:
    for period, end in s.periods(i):
        yield During(period), end, 1.0
    for noun, end in s.nouns(i):
        refs = tuple(r for r in noun.refs if r.col and (r.col.temporal or is_year(r.col)))
        if not refs:
            continue
        start = s.skip(end, {"is", "was", "were", "are", "being"})
        for period, after in s.periods(start):
            yield During(period, replace(noun, refs=refs)), after, 1.0 + refs[0].cost


def is_year(col: Col) -> bool:
    """A number column that holds years."""
    return col.type == "integer" and "year" in col.label.lower().split()


def _contains(s: Sentence, i: int) -> Iterator[Step]:
    for noun, end in s.nouns(i):
        refs = tuple(r for r in noun.refs if r.col and r.col.type == "text")
        for how, start in _TEXTS.at(s.tokens, end)[:1] if refs else []:
            at = s.skip(start, {"the", "word", "letter", "string", "text", "substring", "a"})
            text = s.quoted(at)
            if text:
                yield Contains(replace(noun, refs=refs), text, how), at + 1, 1.0 + refs[0].cost


def _blank(s: Sentence, i: int) -> Iterator[Step]:
    for noun, end in s.nouns(i):
        refs = tuple(r for r in noun.refs if r.col)
        start = s.skip(end, {"is", "are"})
        empty = s.low(start) != "not"
        if refs and start > end and s.low(start + (not empty)) in _BLANK:
            yield Blank(replace(noun, refs=refs), empty), start + 1 + (not empty), 1.0
    if s.low(i) == "missing":
        for noun, end in s.nouns(i + 1):
            if refs := tuple(r for r in noun.refs if r.col):
                yield Blank(replace(noun, refs=refs)), end, 1.0


def _lacking(s: Sentence, i: int) -> Iterator[Step]:
    """`without any orders`, `who have not placed any orders`."""
    starts = [start for _, start in _LACKING.at(s.tokens, i)[:1]]
    starts += _undone(s, i)
    for start in starts:
        for noun, end in s.nouns(s.skip(start, {"any", "single", "a"})):
            tables = tuple(r for r in noun.refs if r.col is None)
            columns = tuple(r for r in noun.refs if r.col)
            if tables:
                yield Lacking(replace(noun, refs=tables)), end, 1.0 + tables[0].cost
            elif columns:
                yield Blank(replace(noun, refs=columns)), end, 1.0 + columns[0].cost
    if starts:
        for value, end in cells_named(s, s.skip(starts[0], {"any", "single", "a", "an"})):
            yield replace(value, negated=True), end, 1.0 + value.hits[0].cost


def _undone(s: Sentence, i: int) -> Iterator[int]:
    """Where the thing stands of `not placed any orders`, `never been used in any treatment`."""
    verb = s.skip(i + 1, {"yet", "ever", "been", "be"})
    if s.low(i) not in {"not", "never"} or s.low(verb) not in VERBS:
        return
    start = verb + 1
    if s.low(start) == "to" and s.low(start + 1) in VERBS:
        start += 2
        yield start
    start = s.skip(start, _INTO)
    if start > verb + 1 or s.low(start) in {"any", "a"}:
        yield start


def _either(s: Sentence, i: int) -> Iterator[Step]:
    """`with 8 cylinders or a weight above 3000`, `price below 5 or above 10`."""
    if s.low(i) == "either":
        i = s.skip(i + 1, GLUE - {","})
    for first, end, cost in _single(s, i):
        if s.low(end) != "or":
            continue
        start = s.skip(end + 1, GLUE - {","})
        starts = [start] if s.low(start) not in VERBS else [start, start + 1]
        for second, after, price in chain.from_iterable(_single(s, at) for at in starts):
            if parts := _apart(first, second):
                yield Either(parts), after, cost + price


def _single(s: Sentence, i: int) -> Iterator[tuple[Value | Compare | During | Blank, int, float]]:
    """One filter, without another `or` in it."""
    for clause in (_compare, _value, _during, _blank):
        for element, end, cost in clause(s, i):
            if isinstance(element, Value) and len(element.hits[0].cells) > 1:
                continue
            if isinstance(element, Value | Compare | During | Blank):
                yield element, end, cost


def _apart(
    first: Value | Compare | During | Blank, second: Value | Compare | During | Blank
) -> tuple[Value | Compare | During | Blank, ...]:
    """Both, the second of the same column where it names none; () where one names nothing."""
    if isinstance(first, Compare) and isinstance(second, Compare):
        if first.noun and not second.noun and not second.hints:
            second = replace(second, noun=first.noun)
        if not first.noun or not second.noun or first.than or second.than:
            return ()
    return (first, second)


def inner(s: Sentence, i: int) -> Iterator[Step]:
    """`the state with the largest city`, after a word that relates it to what is before."""
    relates = s.low(i - 1) in (GLUE - DETERMINERS) | VERBS | {"of", "by", "than", "has"}
    if i < 2 or not relates or not _may_be_a_thing(s, i):
        return
    verbs = [k for k in range(i + 2, len(s.tokens)) if s.low(k) in VERBS]
    for end in (len(s.tokens), *verbs):
        for hit in s.inner(s, i, end):
            yield Value((hit,), preposition=s.low(i - 1)), end, INNER_COST + hit.cost


def _except(s: Sentence, i: int) -> Iterator[Step]:
    """`except the states with a large city`: a question inside, whose things are left out."""
    for word, start in _NEGATIONS.at(s.tokens, i)[:1]:
        if i and word in _EXCEPT and _may_be_a_thing(s, start):
            for hit in s.inner(s, start, len(s.tokens)):
                yield Value((hit,), negated=True), len(s.tokens), INNER_COST + hit.cost


def _may_be_a_thing(s: Sentence, i: int) -> bool:
    start = s.skip(i, {"the", "a", "an", "all"})
    return bool(s.nouns(start) or SUPERLATIVES.at(s.tokens, start))


INNERS = (inner, _except)
"""Clauses that read a question inside the question."""
CLAUSES = (
    _by,
    _rivals,
    _either,
    _lacking,
    _than_usual,
    _one_of,
    inner,
    _except,
    _value,
    _compare,
    _group_compare,
    _during,
    _contains,
    _blank,
)
