"""Clauses that say what is computed and how it is split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .elements import (
    RANKED,
    Agg,
    Count,
    CountNext,
    CountRows,
    Element,
    GrainTerm,
    Group,
    Noun,
    Rank,
)
from .lexicon import (
    AGGREGATES,
    APPEARS,
    COLUMN_WORDS,
    COUNTS,
    DISTINCT,
    GRAIN_ADJECTIVES,
    GRAINS,
    GROUPERS,
    ROW_WORDS,
)
from .linking import Ref
from .naming import AMOUNTS
from .sentence import Phrases, Sentence

Step = tuple[Element | None, int, float]
_AGGREGATES = Phrases(AGGREGATES)
_COUNTS = Phrases.of(COUNTS)
_GROUPERS = Phrases.of(GROUPERS)
_GRAINS = Phrases(GRAINS)
_NUMBER_OF = Phrases.of(("number of", "numbers of"))
_DISTINCT = Phrases.of(DISTINCT)
_OF = frozenset({"of", "the", "for", "in"})
_AND = frozenset({"and", ",", "the"})
_BY = frozenset({"in terms of", "according to"})


def aggregate(s: Sentence, i: int) -> Iterator[tuple[Agg, int, float]]:
    """`average, minimum and maximum age`, `total of the amount`."""
    yield from _after_its_noun(s, i)
    for some, end in _functions(s, i):
        start = s.skip(end, _OF)
        if s.low(start) in {"amount", "value", "values"} and s.low(start + 1) == "of":
            yield from _over(s, some, s.low(i), start + 2)
        yield from _over(s, some, s.low(i), start)
        for _, after in _NUMBER_OF.at(s.tokens, start) if set(some) <= {"avg", "median"} else ():
            yield from _over(s, some, s.low(i), after)


def _after_its_noun(s: Sentence, i: int) -> Iterator[tuple[Agg, int, float]]:
    """`whose price is the highest`."""
    for noun, end in s.nouns(i):
        start = s.skip(end, {"is", "are", "was", "were", "the"})
        for fn, after in _AGGREGATES.at(s.tokens, start)[:1] if start > end else []:
            fit = _columns(noun, (fn,)) if fn in {"min", "max"} else None
            if fit and s.low(i - 1) in {"whose", "where", "with"}:
                yield Agg((fn,), (fit,), "whose"), after, 1.0 + fit.refs[0].cost


def _functions(s: Sentence, i: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """As in "average", "average and maximum": each row of functions, and where it ends."""
    fns: list[str] = []
    end = i
    while found := _AGGREGATES.at(s.tokens, s.skip(end, _AND) if fns else end)[:1]:
        if fns and not {s.low(k) for k in range(end, found[0][1])} & {"and", ","}:
            return
        fns.append(found[0][0])
        end = found[0][1]
        yield tuple(fns), end


def _over(
    s: Sentence, fns: tuple[str, ...], word: str, start: int
) -> Iterator[tuple[Agg, int, float]]:
    for nouns, end in _noun_lists(s, start):
        fit = tuple(n for n in (_columns(noun, fns) for noun in nouns) if n)
        twice = any(noun.words in AGGREGATES for noun in fit[1:])  # a column called `average`
        if len(fit) == len(nouns) and not twice:
            yield Agg(fns, fit, word), end, 1.0 + sum(n.refs[0].cost for n in fit)


def _noun_lists(s: Sentence, i: int) -> Iterator[tuple[tuple[Noun, ...], int]]:
    for noun, end in s.nouns(i):
        yield (noun,), end
        after = s.skip(end, _AND)
        if after > end:
            for more, last in _noun_lists(s, after):
                yield (noun, *more), last


def _columns(noun: Noun, fns: tuple[str, ...]) -> Noun | None:
    """The noun narrowed to columns that can be aggregated so."""
    dates = set(fns) <= {"min", "max"}
    refs = tuple(
        r
        for r in noun.refs
        if r.col and (r.col.measurable or (dates and (r.col.temporal or r.col.numeric)))
    )
    return Noun(refs, noun.words, noun.distinct, noun.singular) if refs else None


def counting(s: Sentence, i: int) -> Iterator[tuple[Agg | Count, int, float]]:
    """`how many orders`, `number of distinct regions`, `total orders`."""
    for _, end in _COUNTS.at(s.tokens, i):
        for named, after in s.nouns(s.skip(end, {"the", "of"})):
            noun = _countable(named)
            yield Count(noun, "count"), after, 1.0 + noun.refs[0].cost
    if s.low(i) == "total":
        for noun, after in s.nouns(i + 1):
            tables = tuple(r for r in noun.refs if r.col is None)
            if tables:
                yield Count(Noun(tables, noun.words), "total"), after, 1.5 + tables[0].cost
            if tables and s.tokens[after - 1].stem in AMOUNTS:
                for amount in _amounts(s, tables, noun.words):
                    yield Agg(("sum",), (amount,), "total"), after, 1.5 + tables[0].cost


def _amounts(s: Sentence, tables: tuple[Ref, ...], words: str) -> Iterator[Noun]:
    """The sums that rows named for an amount may mean: "total sales" of a table with a price."""
    for ref in tables:
        for col in s.index.columns(ref.table):
            if col.additive and col.measurable:
                yield Noun((Ref(ref.table, col, ref.cost),), words)


def _countable(noun: Noun) -> Noun:
    """The noun with rows as likely as a number of that name: "how many sales" can mean both."""
    numbers = {r.table for r in noun.refs if r.col and r.col.measurable}
    refs = (
        Ref(r.table, None, noun.refs[0].cost) if r.col is None and r.table in numbers else r
        for r in noun.refs
    )
    return replace(noun, refs=tuple(refs))


def measures_at(s: Sentence, i: int) -> Iterator[tuple[Agg | Count, int, float]]:
    """Everything that is computed, named from a token on."""
    yield from aggregate(s, i)
    yield from counting(s, i)


def _measure(s: Sentence, i: int) -> Iterator[Step]:
    yield from measures_at(s, i)
    for _, end in _COUNTS.at(s.tokens, i):
        yield CountNext(), end, 0.6


def _count_rows(s: Sentence, i: int) -> Iterator[Step]:
    for _, end in _COUNTS.at(s.tokens, i):
        start = s.skip(end, {"the", "of", "data"})
        word = s.tokens[start].stem if start < len(s.tokens) else ""
        if word in ROW_WORDS or word in COLUMN_WORDS:
            yield CountRows(columns=word in COLUMN_WORDS), start + 1, 1.0


def _group(s: Sentence, i: int) -> Iterator[Step]:
    if s.low(i) in GRAINS and s.low(i + 1) == "by" and s.low(i + 2) == s.low(i):
        yield Group((GrainTerm(GRAINS[s.low(i)]),)), i + 3, 0.8  # "month by month"
    if s.low(i) in GRAIN_ADJECTIVES:
        yield Group((GrainTerm(GRAIN_ADJECTIVES[s.low(i)]),), "adjective"), i + 1, 1.0
    for word, end in _GROUPERS.at(s.tokens, i):
        for keys, after, cost in _keys(s, end):
            yield Group(keys, "by" if word in _BY else word), after, 1.0 + cost
    for word, end in _GROUPERS.at(s.tokens, i)[:1]:
        if word not in _BY | {"by"}:
            break
        start = s.skip(end, {"the", "their"})
        for measure, after, cost in measures_at(s, start):
            yield Rank(measure), after, cost


def _span(s: Sentence, i: int) -> Iterator[Step]:
    """As in "Which month", "the best year", "top 3 months": spans of time that are ranked."""
    for grain, end in _GRAINS.at(s.tokens, i)[:1]:
        yield Group((GrainTerm(grain),), RANKED), end, 1.5
    if s.tokens[i].stem != s.low(i) and s.tokens[i].stem in GRAINS:
        yield Group((GrainTerm(GRAINS[s.tokens[i].stem]),), RANKED), i + 1, 1.5


def _keys(s: Sentence, i: int) -> Iterator[tuple[tuple[Noun | GrainTerm, ...], int, float]]:
    for key, end, cost in _key(s, i):
        yield (key,), end, cost
        after = s.skip(end, {"and", ",", "by", "the", "per"})
        if after > end:
            for more, last, price in _keys(s, after):
                yield (key, *more), last, cost + price


def _key(s: Sentence, i: int) -> Iterator[tuple[Noun | GrainTerm, int, float]]:
    i = s.skip(i, {"the", "each"})
    for noun, end in s.nouns(i):
        yield noun, end, noun.refs[0].cost
        for grain, after in _GRAINS.at(s.tokens, end)[:1]:
            if dates := _dates(noun):
                yield GrainTerm(grain, dates), after, 0.2
    for grain, end in _GRAINS.at(s.tokens, i)[:1]:
        yield GrainTerm(grain), end, 0.3
        for noun, after in s.nouns(end + 1) if s.low(end) == "of" else []:
            if dates := _dates(noun):
                yield GrainTerm(grain, dates), after, 0.0


def _dates(noun: Noun) -> Noun | None:
    refs = tuple(r for r in noun.refs if r.col and r.col.temporal)
    return Noun(refs, noun.words) if refs else None


def _times(s: Sentence, i: int) -> Iterator[Step]:
    """`how many times does Ann appear`: the rows of the one table, as for "how many rows"."""
    for _, end in _COUNTS.at(s.tokens, i)[:1]:
        appears = any(s.low(k) in APPEARS for k in range(end + 1, len(s.tokens)))
        if s.low(end) == "times" and appears and len(s.index.tables) == 1:
            yield CountRows(), end + 1, 1.0
    counted = any(s.low(k) == "times" for k in range(i))
    if s.low(i) in APPEARS and counted:
        yield None, i + 1, 0.3


CLAUSES = (_measure, _count_rows, _times, _group, _span)
