"""What a question about a change says besides: two periods or values, rows, and dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ..rules.dates import MONTHS, QUARTERS, UNITS, day_at, period_at
from ..rules.linking import Hit
from ..rules.query import Col
from ..rules.sentence import Phrases, Sentence
from ..rules.wordlists import phrases, words
from .periods import Back, Mention, Named, Span, unit_of

_FILL: Final = words("in during for on the of month at , that those it they was were is are")
_COMPARED: Final = Phrases.of(
    phrases(
        """compared to; compared with; in comparison to; in comparison with; relative to; versus;
        vs; than; against; as compared to; when compared to; when compared with; from"""
    )
)
_BY: Final = Phrases.of(phrases("by; across; per; split by; broken down by; for each"))
_YEAR_BACK: Final = Phrases.of(
    phrases(
        """a year earlier; a year ago; a year before; one year earlier; one year ago;
        the year before; year before"""
    )
)
_SAME: Final = words("period time month quarter week")
_YEAR_OF: Final = Phrases.of(
    phrases(
        """last year; the previous year; previous year;
        a year earlier; a year ago; a year before; the year before"""
    )
)
_JUST_BEFORE: Final = Phrases.of(phrases("period before; time before; previous period; before"))
_PREVIOUS: Final = words("previous prior preceding")
_OVER: Final = words("over on to")


@dataclass
class Rest:
    """What was read; the names of the sides are those of the question's order."""

    after: Mention | None = None
    before: Mention | None = None
    cell: Hit | None = None
    """A value whose rows alone count, or that is compared with `other`."""
    other: Hit | None = None
    by: list[Col] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    """Words that say none of this."""


def read(s: Sentence) -> Rest:
    """All that the words say, each word taken once."""
    rest, i = Rest(), 0
    while i < len(s.tokens):
        i = _range(s, i, rest) or _over(s, i, rest) or _compared(s, i, rest) or _side(s, i, rest)
    return rest


def _range(s: Sentence, i: int, rest: Rest) -> int:
    """`from Q1 to Q2`, `between 2023 and 2024`; 0 where it is none."""
    joiner = {"from": {"to", "until", "into"}, "between": {"and"}}.get(s.low(i))
    if not joiner or rest.after or rest.before:
        return 0
    for first, end in _mentions(s, s.skip(i + 1, _FILL)):
        if s.low(end) not in joiner:
            continue
        for second, last in _mentions(s, s.skip(end + 1, _FILL)):
            rest.before, rest.after = first, second
            if s.low(i) == "between":
                rest.before, rest.after = _in_order(first, second)
            return last
    return _between_values(s, i + 1, rest) if s.low(i) == "between" else 0


def _between_values(s: Sentence, i: int, rest: Rest) -> int:
    """`between the North and the South`."""
    for first, end in _cell(s, s.skip(i, _FILL)) if rest.cell is None else ():
        for second, last in _cell(s, s.skip(end + 1, _FILL)) if s.low(end) == "and" else ():
            rest.other, rest.cell = first, second
            return last
    return 0


def _in_order(first: Mention, second: Mention) -> tuple[Mention, Mention]:
    turned = isinstance(first, Span) and isinstance(second, Span) and first.start > second.start
    return (second, first) if turned else (first, second)


def _over(s: Sentence, i: int, rest: Rest) -> int:
    """`year over year`, `month on month`."""
    unit = UNITS.get(s.tokens[i].stem)
    if not unit or s.low(i + 1) not in _OVER or UNITS.get(s.low(i + 2)) != unit or rest.before:
        return 0
    if rest.after is None:
        rest.after = Back(unit)
    else:
        rest.before = Back(unit)
    return i + 3


def _compared(s: Sentence, i: int, rest: Rest) -> int:
    """`compared to last year`, `than in the South`."""
    for _, end in _COMPARED.at(s.tokens, i)[:1]:
        start = s.skip(end, _FILL)
        if rest.before or rest.other:
            return 0
        for mention, last in _earlier(s, start, rest.after):
            rest.before = mention
            return last
        for hit, last in _cell(s, start):
            rest.other = hit
            return last
    return 0


def _side(s: Sentence, i: int, rest: Rest) -> int:
    """A period, a value, a dimension; else a word to be passed over, or a strange one."""
    for mention, end in _mentions(s, i) if rest.after is None else ():
        rest.after = mention
        return end
    for _, start in _BY.at(s.tokens, i)[:1]:
        if end := _columns(s, start, rest):
            return end
    for hit, end in _cell(s, i) if rest.cell is None else ():
        rest.cell = hit
        return end
    if s.low(i) not in _FILL:
        rest.strange.append(s.tokens[i].text)
    return i + 1


def _columns(s: Sentence, i: int, rest: Rest) -> int:
    """`region, product and customer`; 0 where the first names none."""
    found = _column(s, i)
    if not found:
        return 0
    rest.by.append(found[0])
    more = s.skip(found[1], {",", "and"})
    return (more > found[1] and _columns(s, more, rest)) or found[1]


def _mentions(s: Sentence, i: int) -> Iterator[tuple[Mention, int]]:
    """Periods named from a token on, a written date first."""
    if found := day_at(s.tokens, i):
        yield Span(found[0].start, found[0].end), found[1]
        return
    word = s.low(i)
    if word in MONTHS:
        yield Named("month", MONTHS[word]), i + 1
    elif word[:1] == "q" and word[1:] in {"1", "2", "3", "4"}:
        yield Named("quarter", int(word[1:])), i + 1
    elif word in QUARTERS and s.low(i + 1) == "quarter":
        yield Named("quarter", QUARTERS[word]), i + 2
    else:
        for period, end in period_at(s.tokens, i, s.today, sunday=s.sunday):
            if period.start and period.end:
                yield Span(period.start, period.end), end
                return


def _earlier(s: Sentence, i: int, after: Mention | None) -> Iterator[tuple[Mention, int]]:
    """The period compared with: told by the other one, or by its own name."""
    for _, end in _YEAR_BACK.at(s.tokens, i)[:1]:
        yield Back("year"), end
    if s.low(i) == "same" and s.low(i + 1) in _SAME:
        for _, end in _YEAR_OF.at(s.tokens, s.skip(i + 2, {"in", "of"}))[:1]:
            yield Back("year"), end
    unit = UNITS.get(s.low(i + 1), "")
    if s.low(i) in _PREVIOUS and unit:
        yield Back(unit), i + 2
    if s.low(i + 1) in {"before", "earlier"} and (own := UNITS.get(s.low(i))):
        yield Back(own), i + 2
    if s.low(i) == "last" and unit == "year" and after is not None and not _a_year(after):
        yield Back("year"), i + 2
    for _, end in _JUST_BEFORE.at(s.tokens, i)[:1]:
        yield Back(""), end
    yield from _mentions(s, i)


def _a_year(mention: Mention) -> bool:
    return isinstance(mention, Span) and unit_of(mention) == "year"


def _cell(s: Sentence, i: int) -> Iterator[tuple[Hit, int]]:
    """A value that one column holds, with the column's name after it where that is said too."""
    for hits, end in s.cells(i)[:1]:
        if len(hits) == 1:
            (hit,) = hits
            named = _column(s, end)
            yield hit, named[1] if named and named[0] == hit.col else end


def _column(s: Sentence, i: int) -> tuple[Col, int] | None:
    """The column that the longest words from a token on name, where it is one alone."""
    for noun, end in s.nouns(i):
        columns = [r for r in noun.refs if r.col]
        least = min((r.cost for r in columns), default=0.0)
        near = {r.col for r in columns if r.cost <= least + 0.1}
        if len(near) == 1 and (col := near.pop()):
            return col, end
    return None


def column_named(s: Sentence) -> Col | None:
    """The column that all the words name: "regions", "product categories"."""
    found = _column(s, 0)
    return found[0] if found and found[1] == len(s.tokens) else None
