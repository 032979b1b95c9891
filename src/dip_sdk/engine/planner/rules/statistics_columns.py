"""The columns a statistical question names, where no other reading of its words is left."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..base import View
from .linking import Index
from .namewords import MONTH_NAMES
from .query import Col
from .sentence import Sentence
from .statistics_describing import BLAND, PICKING, Span, described
from .statistics_ledger import describes
from .words import Token, name_words, phrase_key, stem, tokenize

LONGEST = 12
"""Words of a column's name."""
FEW = 12
"""A column of at most so many different values may be one of categories."""


@dataclass(frozen=True)
class Named:
    """The columns that a question names, and its other words."""

    columns: tuple[Col, ...]
    """In the order they are named, each once."""
    strange: tuple[str, ...]
    """Words that name none of them."""
    described: tuple[str, ...]
    """Words that were taken to describe them."""


def columns_named(text: str, sentence: Sentence, common: frozenset[str]) -> Named | None:
    """The columns; None where a word may mean several.

    What a name in brackets abbreviates is no word of its own. `common` are words of statistics:
    alone they name no column.
    """
    text, marked = _marked(_unabbreviated(text, sentence.index), sentence.index)
    tokens = tokenize(re.sub(r"[\"'\u201c\u201d`()/,;:]", " ", text))
    bare = Sentence(tokens, sentence.index, sentence.today, sentence.sunday)
    spans: list[Span] = []
    i = 0
    while i < len(tokens):
        quoted = marked.get(tokens[i].low)
        end, columns, full = (i + 1, [quoted], True) if quoted else _longest(bare, i, common)
        beside = bool(spans) and spans[-1].end == i
        if len(columns) > 1 or (beside and columns and columns[0] != spans[-1].col):
            return None
        spans += [Span(i, end, col, full) for col in columns]
        i = end
    about = described(tokens, spans, sentence.index)
    named = about.union(*(range(span.start, span.end) for span in spans))
    return Named(
        tuple(dict.fromkeys(span.col for span in spans)),
        tuple(token.low for k, token in enumerate(tokens) if k not in named),
        tuple(tokens[k].low for k in sorted(about)),
    )


_BRACKETED = re.compile(r"((?:[\w-]+\s+){1,6})\(([\w .%#-]+)\)")
_DESCRIBED = re.compile(r"(\"[^\"]+\"|'[^']+')\s+(?:[\w-]+\s+){1,3}(columns?\b)")
"""As in "the 'neg' sentiment score column": what stands between only says what it holds."""
_SMALL = frozenset({"of", "the", "in", "on", "a", "an"})


def _unabbreviated(text: str, index: Index) -> str:
    """The text without the words that a column's name in brackets stands for: "health points (HP)".

    What stands before such a name describes it, back to a word that asks or computes something. A
    description that holds a value of the data may pick rows: it stays.
    """
    names = {name.casefold() for c in index.cols.values() for name in (c.name, c.label)}

    def shorter(found: re.Match[str]) -> str:
        before = found[1].split()
        kept = len(before) - _described([w.casefold() for w in before], index)
        return " ".join((*before[:kept], found[2])) if found[2].casefold() in names else found[0]

    def bare(found: re.Match[str]) -> str:
        return f"{found[1]} {found[2]}" if found[1][1:-1].casefold() in names else found[0]

    return _DESCRIBED.sub(bare, _BRACKETED.sub(shorter, text))


_QUOTED = re.compile(r"\"([^\"]+)\"|'([^']+)'|`([^`]+)`|\u201c([^\u201d]+)\u201d")


def _marked(text: str, index: Index) -> tuple[str, dict[str, Col]]:
    """The text with a mark for each column that is quoted as it is written, and what they mark."""
    names: dict[str, list[Col]] = {}
    for col in index.cols.values():
        names.setdefault(col.name.casefold(), []).append(col)
    marked: dict[str, Col] = {}

    def mark(found: re.Match[str]) -> str:
        (name,) = filter(None, found.groups())
        columns = names.get(name.strip().casefold(), [])
        if len(columns) != 1:
            return found[0]
        marked[f"quotedcolumn{len(marked)}"] = columns[0]
        return list(marked)[-1]

    return _QUOTED.sub(mark, text), marked


def _described(said: list[str], index: Index) -> int:
    """How many of the last words describe what follows them."""
    taken = 0
    for count, word in enumerate(reversed(said), start=1):
        if word in _SMALL or stem(word) in BLAND:
            continue
        if not describes(word) or {word, stem(word)} & PICKING or phrase_key(word) in index.values:
            break
        taken = count
    return taken


def cells_named(strange: tuple[str, ...], columns: tuple[Col, ...], index: Index) -> bool:
    """Words that are values ask for their rows alone, but for the groups of a column that is named.

    One value of a column picks rows; several of one that is named only say what is in it.
    """
    held: dict[tuple[str, str], set[str]] = {}
    for word in strange:
        for place in index.values.get(phrase_key(word), {}):
            held.setdefault(place, set()).add(word)
    named = {(c.table, c.name) for c in columns}
    told = [words for place, words in held.items() if place in named and len(words) > 1]
    explained: set[str] = set().union(*told)
    return any(not words <= explained for words in held.values())


_WHOLE = 0.3
"""What a name costs at most that is a column's whole name."""


def _longest(s: Sentence, i: int, common: frozenset[str]) -> tuple[int, list[Col], bool]:
    """Where the longest name from a token on ends, the columns it may mean equally well, and
    whether it is their whole name."""
    for end in range(min(len(s.tokens), i + LONGEST), i, -1):
        span = s.tokens[i:end]
        if all(t.low in common or t.stem in common for t in span):
            continue
        refs = s.index.refs(span) or s.turned(span)
        refs = [r for r in refs if r.col and _own_words(span, r.col)]
        if refs:
            least = min(r.cost for r in refs)
            near = [r.col for r in refs if r.col and r.cost <= least + 0.1]
            return end, list(dict.fromkeys(near)), least <= _WHOLE
        if shortened := [c for c in s.index.cols.values() if _abbreviates(c, span)]:
            return end, shortened, True
    return i + 1, [], False


def _own_words(span: tuple[Token, ...], col: Col) -> bool:
    """The span is made of the column's own words, rather than words like them."""
    names = {*name_words(col.name), *name_words(col.label)}
    own = "".join(name_words(col.name)) + "".join(name_words(col.label))
    own += "".join(MONTH_NAMES.get(word, "") for word in names)
    return all(t.joined in own for t in span if t.low not in {"of", "the"})


def _abbreviates(col: Col, span: tuple[Token, ...]) -> bool:
    """`Sp_Atk` is short for "special attack"."""
    words = name_words(col.name)
    said = [t.low for t in span]
    if len(words) != len(said) or len(words) < 2 or words == tuple(t.stem for t in span):
        return False
    return all(w == t or _short_for(w, t) for w, t in zip(words, said, strict=True))


def _short_for(short: str, word: str) -> bool:
    """Its beginning, or its first letter and later consonants."""
    if not 2 <= len(short) < len(word):
        return False
    if word.startswith(short):
        return True
    letters = iter(word)
    skeleton = not re.search(r"[aeiou]", short[1:])
    return skeleton and short[0] == word[0] and all(letter in letters for letter in short)


def categorical(col: Col, index: Index, view: View) -> bool:
    """It sorts rows into few groups: text, yes or no, or few whole numbers."""
    if col.type in {"text", "boolean"}:
        known = index.counts.get((col.table, col.name))
        return col.type == "boolean" or (known is not None and known <= 4 * FEW)
    return few(col, view)


def few(col: Col, view: View) -> bool:
    """Whole numbers of which there are few: 0 and 1, classes, years of a survey."""
    if col.type != "integer":
        return False
    distinct = view.distinct(col.table, col.name)
    return distinct is not None and distinct.complete and len(distinct.values) <= FEW


def plain_number(col: Col) -> bool:
    """It holds numbers as numbers."""
    return col.number == col.name
