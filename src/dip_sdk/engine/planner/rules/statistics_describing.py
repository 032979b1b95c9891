"""Words that only describe a column in a statistical question: "serum cholesterol", "weight in kg".

Such a word stands right beside a column that is named in full, computes nothing, picks no rows and
is nowhere in the data. The answer says that it was taken for a description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .linking import Index
from .namewords import DEMONYMS, UNIT_NAMES
from .query import Col
from .statistics_ledger import describes
from .wordlists import words
from .words import Token, name_words, phrase_key, stem

PICKING: Final = words(
    """
    active actual adjusted adult alive among amongst best big boy bottom boy child closed current
    dead deceased divorced domestic during each early eastern either elderly employed estimated
    every except excluding expected external female few first following foreign former four
    future girl gross half healthy heavy high hot immediate inactive international internal invalid
    junior large last late latest lead left light little local long losing low lower lowest main
    major male man many married middle minor most national native near negative neither net new
    newest next nobody northern old older oldest only open other outer own past paid per poor
    positive predicted previous private projected public recent remaining retired rich right rural
    same second senior short sick single small some southern surviving tall third three top two
    unadjusted unemployed unique unmarried unpaid upper urban valid various western when where
    which white who whose winning within without woman worst young younger youngest
    """
)
"""Words that pick rows, or make another quantity of a column: they are no mere description."""
BLAND: Final = words(
    "amount category classification column degree group level number point score value"
)
"""Words that may stand within a description, without being one."""
_PICKED = re.compile(r"(est|less)$|^(non|pre|post|un)")
_ARTICLES: Final = frozenset({"the", "a", "an"})


@dataclass(frozen=True)
class Span:
    """Where a column is named."""

    start: int
    end: int
    col: Col
    full: bool
    """By its whole name, rather than by a part of it."""


def described(tokens: Sequence[Token], spans: Sequence[Span], index: Index) -> set[int]:
    """The tokens that only describe the columns they stand beside."""
    named = {i for span in spans for i in range(span.start, span.end)}
    found = {i for span in spans for i in _beside(tokens, span, index)}
    return found - named


def may_describe(word: str, index: Index) -> bool:
    """The word picks no rows, computes nothing and is nowhere in the data."""
    bare = re.sub(r"['\u2019]s?$", "", word)
    if not bare.isalpha() or len(bare) < 3 or not describes(bare):
        return False
    if {bare, stem(bare)} & PICKING or bare in DEMONYMS or _PICKED.search(bare):
        return False
    if phrase_key(bare) in index.values:
        return False
    names = (name for col in index.cols.values() for name in (col.name, col.label))
    return all(stem(bare) not in name_words(name) for name in names)


def _beside(tokens: Sequence[Token], span: Span, index: Index) -> Iterator[int]:
    """One word before a column, its unit behind it, and the thing whose column it is."""
    if span.full and span.start and may_describe(tokens[span.start - 1].low, index):
        yield span.start - 1
    end = span.end
    for i in _unit(tokens, end, span.col):
        yield i
        end = i + 1
    low = [t.low for t in tokens[end : end + 3]]
    if len(low) == 3 and low[0] == "of" and low[1] in _ARTICLES:
        thing = tokens[end + 2]
        if thing.low == thing.stem and may_describe(thing.low, index):
            yield end + 2


def _unit(tokens: Sequence[Token], i: int, col: Col) -> list[int]:
    """`measured in kilograms` behind `weight_kg`."""
    start = i
    if i < len(tokens) and tokens[i].low in {"measured", "expressed", "recorded", "given"}:
        i += 1
    if i + 1 >= len(tokens) or tokens[i].low != "in":
        return []
    units = {UNIT_NAMES.get(word, word) for word in name_words(col.name)[1:]}
    return list(range(start, i + 2)) if tokens[i + 1].stem in units else []
