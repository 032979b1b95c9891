"""Clauses that say what is ranked, compared and ordered, and how."""

from __future__ import annotations

from collections.abc import Iterator

from .elements import (
    Element,
    Extreme,
    Most,
    MostNext,
    MostOf,
    Noun,
    Order,
    Rows,
    Top,
)
from .lexicon import (
    ADJECTIVES,
    AGGREGATES,
    APPEARS,
    COMMON,
    DIRECTIONS,
    GRAINS,
    MOST,
    ROW_WORDS,
    SORTERS,
    TOPS,
)
from .linking import Ref
from .measures import measures_at
from .query import Direction
from .sentence import Phrases, Sentence

Step = tuple[Element | None, int, float]

_AGGREGATES = Phrases(AGGREGATES)
_GRAINS = Phrases(GRAINS)
_AGED = frozenset({"young", "youngest", "old", "oldest"})
_AGES = ADJECTIVES["oldest"][1]
_NUMBER_OF = Phrases.of(("number of", "numbers of"))
_MOST = Phrases(MOST)
_COMMON = Phrases(COMMON)
_ADJECTIVES = Phrases(ADJECTIVES)
_MORE = {
    **dict.fromkeys(("more", "higher", "greater", "larger", "bigger"), "max"),
    **dict.fromkeys(("fewer", "less", "lower", "smaller"), "min"),
}
_SORTERS = Phrases.of(SORTERS)
_DIRECTIONS: Phrases[str] = Phrases(DIRECTIONS)
_EVERYTHING = Phrases.of(
    (
        *("information about", "information on", "information of", "details about", "details of"),
        *("data about", "data on", "columns of", "everything about"),
    )
)
_RANKS: dict[str, Direction] = {"max": "descending", "min": "ascending"}
DEFAULT_TOP = 10


def _comparative(superlative: str) -> str:
    """`taller` of `tallest`, `more expensive` of `most expensive`."""
    first, _, rest = superlative.partition(" ")
    usual = first.removesuffix("st") + "r"
    first = {"most": "more", "least": "less", "best": "better", "worst": "worse"}.get(first, usual)
    return f"{first} {rest}".strip()


_COMPARED = Phrases({_comparative(word): meant for word, meant in ADJECTIVES.items()})


def _extreme(s: Sentence, i: int) -> Iterator[Step]:
    for (fn, hints), end in _ADJECTIVES.at(s.tokens, i)[:1]:
        word = " ".join(t.low for t in s.tokens[i:end])
        yield Extreme(fn, hints, word), end, 1.0
    yield from _compared(s, i)
    yield from _often(s, i)
    yield from _common(s, i)
    for fn, end in _AGGREGATES.at(s.tokens, i)[:1]:
        for measure, after, cost in measures_at(s, end) if fn in {"min", "max"} else ():
            yield MostOf(fn, measure), after, cost
    for fn, end in _MOST.at(s.tokens, i)[:1]:
        for noun, after in s.nouns(end):
            yield Most(fn, noun), after, 1.0 + noun.refs[0].cost
        if s.cells(end):
            yield MostNext(fn), end, 0.6


def _compared(s: Sentence, i: int) -> Iterator[Step]:
    """`who is taller, Ann or Bo`: the superlative among the few that are named."""
    if not _one_or_other(s):
        return
    for (fn, hints), end in _COMPARED.at(s.tokens, i)[:1]:
        if s.low(end) != "than":
            yield Extreme(fn, hints, " ".join(t.low for t in s.tokens[i:end])), end, 1.0
    for fn in [_MORE[s.low(i)]] if s.low(i) in _MORE else ():
        counted = [end for _, end in _NUMBER_OF.at(s.tokens, i + 1)]
        for noun, end in s.nouns(counted[0] if counted else i + 1):
            yield Most(fn, noun), end, 1.0 + noun.refs[0].cost
        for measure, end, cost in measures_at(s, i + 1):
            yield MostOf(fn, measure), end, cost


def _often(s: Sentence, i: int) -> Iterator[Step]:
    """`which maker is listed the most`, `appears most often`: in most rows of the one table."""
    start = s.skip(i + 1, {"the"})
    ends = _MOST.at(s.tokens, start)[:1] if s.low(i) in APPEARS else []
    if len(s.index.tables) == 1 and ends and ends[0][1] - start <= 2:
        fn, end = ends[0]
        end = s.skip(end, {"often", "frequently", "times"})
        if end == len(s.tokens) or s.low(end) in {"on", "in", "of", ".", ",", "according", "to"}:
            (table,) = s.index.tables
            yield Most(fn, Noun((Ref(table, None, 0.0),), table)), end, 1.0


def _common(s: Sentence, i: int) -> Iterator[Step]:
    """`the most common colour`, `which colour is most common`: that of most rows."""
    for fn, end in _COMMON.at(s.tokens, i)[:1]:
        named = [noun for noun, _ in s.nouns(end)]
        named += [noun for k in range(i) for noun, after in s.nouns(k) if after <= i]
        tables = dict.fromkeys(t for noun in named[:1] for t in _holding(s, noun))
        if tables:
            rows = Noun(tuple(Ref(table, None, 0.0) for table in tables), "rows")
            yield Most(fn, rows, common=True), end, 1.0


def _holding(s: Sentence, noun: Noun) -> list[str]:
    """The tables whose rows hold what is named: of a table, the one that refers to it."""
    tables = [ref.table for ref in noun.refs if ref.col]
    for table in [ref.table for ref in noun.refs if ref.col is None]:
        referring = {hop.to_table for hop in s.index.graph.hops[table] if not hop.unique}
        tables += referring if len(referring) == 1 else ()
    return tables


def _one_or_other(s: Sentence) -> bool:
    """Two cells of one column with "or" between them end the question, or begin it."""
    for k in (k for k in range(1, len(s.tokens) - 1) if s.low(k) == "or"):
        before = {h.col for j in range(k) for hits, end in s.cells(j) if end == k for h in hits}
        for hits, end in s.cells(s.skip(k + 1, {"the"})) if before else ():
            ends = end == len(s.tokens) or s.low(end) == ","
            if ends and before & {hit.col for hit in hits}:
                return True
    return False


def _top(s: Sentence, i: int) -> Iterator[Step]:
    start = s.skip(i, {"the"})
    direction = TOPS.get(s.low(start))
    if direction and (number := _whole(s, start + 1)):
        yield Top(number, _direction(direction)), start + 2, 1.0
        for fn, end in _AGGREGATES.at(s.tokens, start + 2)[:1]:
            if fn == ("min" if _direction(direction) == "ascending" else "max"):
                yield Top(number, _direction(direction)), end, 0.9  # "top 2 highest"
    many = any(not noun.singular for noun, _ in s.nouns(start + 1))
    if direction and many and s.low(start) in {"top", "bottom"}:
        yield Top(DEFAULT_TOP, _direction(direction)), start + 1, 1.2
    if (number := _whole(s, start)) and start == i:
        for (fn, hints), end in _ADJECTIVES.at(s.tokens, start + 1)[:1]:
            word = " ".join(t.low for t in s.tokens[start + 1 : end])
            yield _counted(fn, hints, word, number), end, 1.0
        for fn, end in _AGGREGATES.at(s.tokens, start + 1)[:1]:
            if fn in _RANKS:
                yield Top(number, _RANKS[fn]), end, 1.0  # "the 2 highest"
        if _COMMON.at(s.tokens, start + 1):
            yield Top(number, "descending"), start + 1, 1.0
    if s.low(start) in {"first", "last"} and (number := _whole(s, start + 1)):
        end = start + 2
        if end < len(s.tokens) and s.tokens[end].stem in ROW_WORDS:
            yield Rows(number, s.low(start) == "last"), end + 1, 1.0
    yield from _all_rows(s, i)


def _all_rows(s: Sentence, i: int) -> Iterator[Step]:
    """As in "show the rows of sales": each as it stands."""
    start = s.skip(i, {"all", "the", "every", "of"})
    for _, end in _EVERYTHING.at(s.tokens, start)[:1]:
        yield Rows(None), end, 1.0
    leads = {s.low(at) for at in range(i)} <= {"show", "list", "display", "give", "me", "print"}
    if leads and start < len(s.tokens) and s.tokens[start].stem in ROW_WORDS:
        yield Rows(None), start + 1, 1.0


def _counted(fn: str, hints: tuple[str, ...], word: str, number: int) -> Element:
    return Extreme(fn, (*hints, f"#{number}"), word)


def _whole(s: Sentence, i: int) -> int | None:
    found = s.number(i)
    return int(found[0]) if found and found[0] >= 1 and found[0] == int(found[0]) else None


def _direction(word: str) -> Direction:
    return "ascending" if word == "ascending" else "descending"


def _order(s: Sentence, i: int) -> Iterator[Step]:
    for phrase, end in _SORTERS.at(s.tokens, i):
        told = "descending" if "descending" in phrase else "ascending" if "asc" in phrase else ""
        yield from _ordered_by(s, end, told)
    for way, end in _DIRECTIONS.at(s.tokens, i)[:1]:
        aged = _AGED & {t.low for t in s.tokens[i:end]}
        yield Order(_direction(way), hints=_AGES if aged else ()), end, 0.6
        if s.low(end) in {"of", "by"}:
            yield from _ordered_by(s, end + 1, way)


def _ordered_by(s: Sentence, i: int, told: str) -> Iterator[Step]:
    start = s.skip(i, {"the", "their"})
    for measure, end, cost in measures_at(s, start):
        way, after = _way(s, end, told)
        yield Order(way, measure=measure), after, cost
    for noun, end in s.nouns(start):
        way, after = _way(s, end, told)
        yield Order(way, noun), after, 1.0 + noun.refs[0].cost
    for grain, end in _GRAINS.at(s.tokens, start)[:1]:
        way, after = _way(s, end, told)
        yield Order(way, grain=grain), after, 1.0
    way, after = _way(s, i, told)
    if after > i:
        yield Order(way), after, 1.0


def _way(s: Sentence, i: int, told: str) -> tuple[Direction | None, int]:
    start = s.skip(i, {"in", ","}) if s.low(i) == "," else i
    for way, end in _DIRECTIONS.at(s.tokens, start)[:1]:
        return _direction(way), end
    return (_direction(told) if told else None), i


CLAUSES = (_extreme, _top, _order)
