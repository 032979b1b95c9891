"""Names written without a break: `custjoindate` is customer join date, `paperid` paper id."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from .namewords import ABBREVIATIONS, ADDITIVE, AVERAGED, GENERIC, IDENTIFIERS, ORIGIN, TARGET
from .wordlists import words
from .words import name_words, stem

_PLAIN = words(
    """
    account address airport author average balance bank birth birthdate birthday body capacity car
    card category channel city close code company country county created currency customer daily
    date day delivery description discount district email employee end event exchange fare fee file
    first flight fuel full group head high home hour index industry invoice item join journal key
    last left level line list login loss low make manager max method middle min model month name
    open order owner paper park pay payment percent phone plan point post price product purchase
    quarter reason region review right sale sales sector segment service ship short site size
    source staff start state status step store street sub success supplier symbol tax team ticker
    time title town track trade transaction type unit update updated user value vendor week weight
    year zip zone
    """
)
_KNOWN = _PLAIN | ADDITIVE | AVERAGED | GENERIC | IDENTIFIERS | ORIGIN | TARGET
_SHORTEST = 2
_LONGEST = 40


class Segments:
    """Splits the names of some tables by the words that those names and all names are made of."""

    def __init__(self, names: Iterable[str]) -> None:
        listed = [name.casefold() for name in names]
        self._prefix = _shared(listed)
        own = {part for name in listed for part in name_words(self._bare(name)) if len(part) > 3}
        self._words = _KNOWN | set(ABBREVIATIONS) | own

    def _bare(self, name: str) -> str:
        return name.removeprefix(self._prefix)

    def words(self, identifier: str) -> tuple[str, ...]:
        """The stems of a name; those of its parts where it is one unbroken run of letters."""
        low = identifier.casefold()
        if not low.isalpha() or identifier != low or len(low) > _LONGEST:
            return name_words(identifier)
        parts = self._split(self._bare(low))
        if len(parts) < 2 and self._bare(low) == low:
            return name_words(identifier)
        return tuple(stem(ABBREVIATIONS.get(part, part)) for part in parts) or name_words(low)

    def _split(self, text: str) -> tuple[str, ...]:
        """The fewest known words that make up a text; itself where none do."""
        best: list[tuple[str, ...] | None] = [(), *[None] * len(text)]
        for end in range(1, len(text) + 1):
            for start in range(end - _SHORTEST + 1):
                before, word = best[start], text[start:end]
                if before is None or not (word in self._words or stem(word) in self._words):
                    continue
                known = best[end]
                if known is None or len(known) > len(before) + 1:
                    best[end] = (*before, word)
        return best[-1] or ((text,) if text else ())


def _shared(names: list[str]) -> str:
    """The letters that all of several names begin with, and are longer than."""
    if len(names) < 3:
        return ""
    first, last = min(names), max(names)
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    prefix = "".join(letter for letter, _ in alike)
    return prefix if 2 <= len(prefix) <= 4 and prefix not in _KNOWN | set(ABBREVIATIONS) else ""
