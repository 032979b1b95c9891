"""What is said to have changed: a column that is totalled or averaged, or the rows of a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ....types.operations.drivers import How
from ..rules.linking import MAX_NAME, MAX_VALUE, Index, Ref
from ..rules.namewords import CONCEPTS
from ..rules.query import Col
from ..rules.sentence import DETERMINERS, Sentence
from ..rules.words import Token, name_words, readable
from .grammar import Tokens

_HOW: Final[dict[str, How]] = {
    "average": "mean", "mean": "mean", "avg": "mean", "total": "sum", "sum": "sum",
    "overall": "sum", "number": "count", "count": "count",
}  # fmt: skip
_NEAR = 0.1
"""Names that cost about the same are equally likely meant."""


@dataclass(frozen=True)
class Measure:
    """A column of a table and what is made of it; the count of a table's rows has no column."""

    table: str
    how: How
    col: Col | None = None

    @property
    def told(self) -> str:
        if self.col is None:
            return f"the number of rows of {readable(self.table)}"
        return f"the {'average' if self.how == 'mean' else 'total'} {self.col.label}"


@dataclass(frozen=True)
class Found:
    """What words may measure, and the words that come after them."""

    measures: tuple[Measure, ...]
    words: str
    """The words that name it."""
    rest: Tokens
    loose: bool = False
    """The words do not name the column itself: "sales" of an amount."""


def measured(tokens: Tokens, s: Sentence) -> Found:
    """The measures that the first words may name; none where nothing bears them."""
    i, how = _how(tokens)
    i = _skip(tokens, i)
    for end in range(min(len(tokens), i + MAX_NAME), i, -1):
        span = tokens[i:end]
        if span[-1].low in DETERMINERS or not (refs := s.index.refs(span)):
            continue
        if made := _measures(refs, how, span, s.index):
            words = " ".join(t.text for t in span)
            loose = not any(m.col is None or _named(m.col, span) for m in made)
            return Found(made, words, tokens[end:], loose)
    return _after_its_value(tokens, i, s) or Found((), " ".join(t.text for t in tokens[i:]), ())


def _after_its_value(tokens: Tokens, i: int, s: Sentence) -> Found | None:
    """`Desk sales`: the measure of the rows that a value tells."""
    for end in range(min(len(tokens) - 1, i + MAX_VALUE), i, -1):
        if not s.index.hits(tokens[i:end]):
            continue
        if (found := measured((*tokens[:i], *tokens[end:]), s)).measures:
            return replace(found, rest=(*found.rest, *tokens[i:end]))
    return None


def _how(tokens: Tokens) -> tuple[int, How | None]:
    """`the average price`, `number of orders`, and the same words where they begin a name."""
    i = _skip(tokens, 0)
    how = _HOW.get(tokens[i].low) if i < len(tokens) - 1 else None
    if how is None or (how == "count" and tokens[i + 1].low != "of"):
        return i, None
    return i + 1, how


def _skip(tokens: Tokens, i: int) -> int:
    while i < len(tokens) and tokens[i].low in DETERMINERS:
        i += 1
    return i


def _measures(
    refs: list[Ref], how: How | None, span: tuple[Token, ...], index: Index
) -> tuple[Measure, ...]:
    tables = [r for r in refs if r.col is None]
    columns = [r for r in refs if r.col and r.col.measurable]
    if how == "count":
        keys = [replace(r, col=None) for r in refs if r.col and index.unique(r.col)]
        return tuple(Measure(r.table, "count") for r in _nearest(tables or keys))
    if not columns:
        columns = [found for r in tables for found in _concept(span, r.table, index)]
    if columns:
        return tuple(m for r in _nearest(columns) for m in _of_column(r, how))
    return tuple(Measure(r.table, "count") for r in _nearest(tables)) if how != "mean" else ()


def _of_column(ref: Ref, how: How | None) -> list[Measure]:
    """A total or an average by its name; both where that does not tell."""
    if ref.col is None:
        return []
    if how is not None:
        return [Measure(ref.table, how, ref.col)]
    meant: dict[bool | None, tuple[How, ...]] = {
        True: ("sum",), False: ("mean",), None: ("sum", "mean"),
    }  # fmt: skip
    return [Measure(ref.table, each, ref.col) for each in meant[ref.col.additive]]


def _concept(span: tuple[Token, ...], table: str, index: Index) -> list[Ref]:
    """`sales` of a table `sales` is its amount rather than a number of rows."""
    for group in CONCEPTS.get("".join(t.joined for t in span), ()):
        fit = [
            Ref(table, col, 0.5)
            for col in index.columns(table)
            if col.measurable and " ".join(name_words(col.name)) in group
        ]
        if fit:
            return fit
    return []


def _nearest(refs: list[Ref]) -> list[Ref]:
    least = min((r.cost for r in refs), default=0.0)
    near = [replace(r, cost=0.0) for r in refs if r.cost <= least + _NEAR]
    return list(dict.fromkeys(near))


def _named(col: Col, span: tuple[Token, ...]) -> bool:
    own = "".join(name_words(col.name)) + "".join(name_words(col.label))
    return all(t.joined in own for t in span if t.low not in {"of", "the"})
