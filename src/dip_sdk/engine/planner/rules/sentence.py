"""A sentence: the tokens of a question with the look-ups that clauses are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from .dates import period_at
from .elements import Noun
from .lexicon import DISTINCT
from .linking import MAX_NAME, MAX_VALUE, Hit, Index, Ref
from .namewords import MAGNITUDE_WORDS, MEASURE_UNITS
from .query import Period
from .recurring import recurring_at
from .words import Token, fold, tokenize

T = TypeVar("T")


class Phrases(Generic[T]):
    """Phrases of the lexicon, found by their first word."""

    def __init__(self, table: Mapping[str, T]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = defaultdict(list)
        for phrase, meaning in table.items():
            words = tuple(phrase.split())
            self._by_first[words[0]].append((words, meaning))
        for found in self._by_first.values():
            found.sort(key=lambda item: -len(item[0]))

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Phrases[str]:
        return Phrases({phrase: phrase for phrase in phrases})

    def at(self, tokens: tuple[Token, ...], i: int) -> list[tuple[T, int]]:
        """Meanings of the phrases that start at a token, each with where it ends; longest first."""
        if i >= len(tokens) or tokens[i].quoted:
            return []
        return [
            (meaning, i + len(words))
            for words, meaning in self._by_first.get(tokens[i].low, ())
            if tuple(t.low for t in tokens[i : i + len(words)]) == words
        ]


_DISTINCT = Phrases.of(DISTINCT)
_TOGETHER = Phrases.of(("as well as", "along with", "together with"))
DETERMINERS = frozenset({"the", "a", "an", "all", "our", "their", "its", "of", "my", "each", "his"})


def conjoined(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Words that say no more than "and", as one: `the name as well as the age`."""
    kept: list[Token] = []
    i = 0
    while i < len(tokens):
        ends = [end for _, end in _TOGETHER.at(tokens, i)[:1]]
        kept.append(replace(tokens[i], low="and", stem="and") if ends else tokens[i])
        i = ends[0] if ends else i + 1
    return tuple(kept)


def full_names(tokens: tuple[Token, ...], index: Index) -> tuple[Token, ...]:
    """`names` of what has a first and a last name, and no other, as those two."""
    names = index.names
    if names.get("name") or not (names.get("firstname") and names.get("lastname")):
        return tokens
    kept: list[Token] = []
    for i, token in enumerate(tokens):
        called = i and (tokens[i - 1].low in _PARTS or index.refs(tokens[i - 1 : i + 1]))
        if token.stem != "name" or token.quoted or called:
            kept.append(token)
            continue
        if kept and kept[-1].low == "full":
            kept.pop()
        kept += _BOTH_NAMES
    return tuple(kept)


_PARTS = frozenset({"first", "last", "given", "family", "middle", "user"})
_BOTH_NAMES = list(tokenize("first name and last name"))


@dataclass(frozen=True)
class Sentence:
    """A tokenized question over an index, on a day."""

    tokens: tuple[Token, ...]
    index: Index
    today: date
    sunday: bool = False
    inner: Callable[[Sentence, int, int], tuple[Hit, ...]] = lambda sentence, i, end: ()
    """What may be matched with the answer of the question that a span is."""

    def low(self, i: int) -> str:
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def skip(self, i: int, words: Iterable[str]) -> int:
        """The first token from `i` that is none of these words."""
        while i < len(self.tokens) and self.tokens[i].low in words and not self.tokens[i].quoted:
            i += 1
        return i

    def nouns(self, i: int) -> list[tuple[Noun, int]]:
        """Tables and columns named from a token on (a determiner before them skipped)."""
        start = self.skip(i, {"the", "a", "an", "all", "our", "their", "its", "of the"})
        distinct = False
        for _, end in _DISTINCT.at(self.tokens, start)[:1]:
            start, distinct = end, True
        found = self._nouns_from.get(start, [])
        return [(replace(noun, distinct=True), end) for noun, end in found] if distinct else found

    @cached_property
    def _nouns_from(self) -> dict[int, list[tuple[Noun, int]]]:
        found: dict[int, list[tuple[Noun, int]]] = defaultdict(list)
        for i, token in enumerate(self.tokens):
            if token.quoted or token.low in DETERMINERS:
                continue
            for end in range(min(len(self.tokens), i + MAX_NAME), i, -1):
                span = self.tokens[i:end]
                refs = self._refs(i, end) if span[-1].low not in DETERMINERS else []
                refs = refs or self.turned(span) or self._compound(i, end)
                if refs:
                    words = " ".join(t.low for t in span)
                    single = span[-1].low == span[-1].stem
                    found[i].append((Noun(tuple(refs), words, singular=single), end))
        return found

    def turned(self, span: tuple[Token, ...]) -> list[Ref]:
        """`type of chest pain`, `level of education`: a column's name, its head first."""
        lows = [t.low for t in span]
        if len(span) < 3 or lows.count("of") != 1 or lows[-1] in DETERMINERS:
            return []
        k = lows.index("of")
        refs = self.index.refs((*span[k + 1 :], *span[:k])) if k else []
        most = 0.5 if lows[0] == "name" else 0.3
        return [replace(r, cost=r.cost + 0.1) for r in refs if r.col and r.cost <= most]

    def _compound(self, i: int, end: int) -> list[Ref]:
        """`population density`, `shop locations`: called after its table, or a number beside it."""
        for k in range(i + 1, end):
            first = self._refs(i, k)
            if found := _called_after(first, self._refs(k, end)) if first else []:
                return found
        return []

    def _refs(self, i: int, end: int) -> list[Ref]:
        """What a span may name, looked up once."""
        known = self._looked_up
        if (i, end) not in known:
            known[i, end] = self.index.refs(self.tokens[i:end])
        return known[i, end]

    @cached_property
    def _looked_up(self) -> dict[tuple[int, int], list[Ref]]:
        return {}

    def cells(self, i: int) -> list[tuple[tuple[Hit, ...], int]]:
        """Cells named from a token on, the longest span first."""
        return self._cells_from.get(i, [])

    @cached_property
    def _cells_from(self) -> dict[int, list[tuple[tuple[Hit, ...], int]]]:
        found: dict[int, list[tuple[tuple[Hit, ...], int]]] = defaultdict(list)
        for i in range(len(self.tokens)):
            for end in range(min(len(self.tokens), i + MAX_VALUE), i, -1):
                hits = self.index.hits(self.tokens[i:end])
                if hits:
                    found[i].append((tuple(hits), end))
        return found

    def number(self, i: int) -> tuple[float, int] | None:
        """A number at a token, with a magnitude or a unit after it."""
        if not 0 <= i < len(self.tokens) or self.tokens[i].number is None:
            return None
        value, end = float(self.tokens[i].number or 0), i + 1
        if (word := self.low(end)) in MAGNITUDE_WORDS:
            value, end = value * MAGNITUDE_WORDS[word], end + 1
        return value, end

    def after_unit(self, i: int) -> int:
        """Past the unit words that may follow a number: `kg`, `dollars`, `years old`."""
        while i < len(self.tokens) and (
            self.tokens[i].stem in MEASURE_UNITS or self.tokens[i].stem in {"dollar", "euro", "old"}
        ):
            i += 1
        return i

    def periods(self, i: int) -> list[tuple[Period, int]]:
        found = period_at(self.tokens, i, self.today, sunday=self.sunday)
        return found or recurring_at(self.tokens, i)

    def quoted(self, i: int) -> str | None:
        if 0 <= i < len(self.tokens) and self.tokens[i].quoted:
            return fold(self.tokens[i].text)
        return None


def _called_after(first: list[Ref], last: list[Ref]) -> list[Ref]:
    named = {r.table for r in first if r.col}
    tables = {r.table for r in first if r.col is None} - named
    numbers = {r.table for r in first if r.col and r.col.measurable}
    return [
        replace(r, cost=r.cost + 0.3)
        for r in last
        if r.col and (r.table in tables or (r.col.measurable and r.table in numbers))
        if r.col not in {f.col for f in first}
    ]
