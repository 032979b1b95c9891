"""Chart requests: "draw a bar chart of ...", "..., rank by the y-axis in descending order"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from .elements import ChartAs, Count, Element, GrainTerm, Group, Noun, Order
from .lexicon import CHARTS, COUNTS, DIRECTIONS, GRAINS
from .query import Chart, Col, Direction, Key, Measure, Query, Sort, UnreadableError
from .sentence import Phrases, Sentence
from .wordlists import meanings, phrases, words

Step: TypeAlias = tuple[Element | None, int, float]
Axis = Literal["", "x", "y"]

_VERBS: Final = words(
    "bar chart create display draw generate give graph list make plot present produce provide "
    "return show tell use visualise visualize"
) - {"bar"}
_ASKED: Final = words("a an by can could i i'd in like on please the to want would you and , ?")
_OBJECTS: Final = words(
    "comparison data it me out result results that the them these this those us"
)
_BY: Final = words("as by in into on through using via with")
_DRAWN: Final = words("chart charts diagram graph histogram plot")
_ABOUT: Final = words(
    "about by comparing displaying for of presenting showing shows that to show the"
)
_MARKS: Final = Phrases(CHARTS)
_OWN: Final = Phrases(
    meanings(
        """
        bar: histogram; stacked: stacked bar; grouped: grouped bar
        line: trend line; line; grouped line: grouping line
        pie: pie; scatter: scatter plot; scatter: scatterplot
        """
    )
)
"""Pictures that need no word such as "chart" behind them."""

_NAMED_AXES: Final = Phrases(
    meanings(
        """
        x: x axis; x; the x axis; bar; bars; the bar; the bars; names; x-axis
        y: y axis; y; the y axis; total number; the total number; y-axis
        """
    )
)
_SORTING: Final = words("arrange display list order rank ranked show sort sorted ordered")
_BETWEEN: Final = words("by in from of on order please the to via axis, ,") | {"and"}
_FRAMES: Final = Phrases.of(
    phrases(
        """
        the distribution of; distribution of; the comparison of; comparison of; about;
        a comparison of; the comparison about; comparison about; the change of; change of
        """
    )
)
_PARTS: Final = Phrases.of(
    phrases("the proportion of; proportion of; the share of; share of; the percentage of")
)
_RELATED: Final = Phrases.of(
    phrases(
        """
        the correlation between; correlation between; the relationship between;
        relationship between; the relation between
        """
    )
)
_AGAINST: Final = words("over versus vs against")
_AGAIN: Final = Phrases.of(
    phrases("and group by attribute; group by attribute; and group by; and grouped by")
)
_COLOURED: Final = Phrases.of(
    phrases(
        """
        colored by; coloured by; stacked by; and color by; color by; colour by; and group by;
        grouped by; group by
        """
    )
)
_OPPOSITE: Final[Mapping[str, Direction]] = {"low": "descending", "high": "ascending"}


def _picture(s: Sentence, i: int) -> Iterator[Step]:
    """`draw a bar chart of`, `plot them as bar chart`, `visualize by a pie chart`."""
    start = s.skip(i, _ASKED) if i == 0 or s.low(i) in {".", ","} else i
    verb = s.skip(start, {"."} | _VERBS)
    said = verb > start
    end = s.skip(verb, _OBJECTS) if said else verb
    by = s.skip(end, _BY)
    said = said or by > end or i == 0
    for mark, after in _marks(s, s.skip(by, {"a", "an", "the"})):
        if said:
            yield ChartAs(Chart(mark)), s.skip(after, _ABOUT), 1.0


def _marks(s: Sentence, i: int) -> Iterator[tuple[str, int]]:
    for mark, end in _MARKS.at(s.tokens, i)[:1]:
        if s.low(end) in _DRAWN:
            yield mark, end + 1
    for mark, end in _OWN.at(s.tokens, i)[:1]:
        yield mark, end
    if s.low(i) in _DRAWN:
        yield "", i + 1


def _axis_order(s: Sentence, i: int) -> Iterator[Step]:
    """`rank by the y-axis in descending order`, `display from low to high by the total number`."""
    start = s.skip(i, _ASKED)
    verb = s.low(start) in _SORTING
    at, axis, way = start + verb, "", None
    while at < len(s.tokens):
        at = s.skip(at, _BETWEEN) if not _direction(s, at) else at
        if not axis and (found := _NAMED_AXES.at(s.tokens, at)[:1]):
            axis, at = found[0]
        elif way is None and (told := _direction(s, at)):
            way, at = told
        else:
            break
    end = s.skip(at, {"order", "please"})
    while end > i and s.low(end - 1) in {",", "and", "by", "the", "in"}:
        end -= 1
    if verb and not axis:
        yield from _noun_order(s, start + 1)
    orders = verb and s.low(start) not in {"display", "list", "show"}
    if axis and (way or orders):
        yield Order(way, axis="x" if axis == "x" else "y"), end, 1.0
    elif way and verb and start > i:
        yield Order(way), end, 1.2


def _noun_order(s: Sentence, i: int) -> Iterator[Step]:
    """`rank continent from low to high`, `list by the name in asc`."""
    for noun, end in s.nouns(s.skip(i, {"by", "the"})):
        told = _direction(s, s.skip(end, _BETWEEN)) or _direction(s, end)
        if told:
            yield Order(told[0], noun), s.skip(told[1], {"order"}), 1.0 + noun.refs[0].cost


def _direction(s: Sentence, i: int) -> tuple[Direction, int] | None:
    start = s.skip(i, {"in"})
    for way, end in Phrases(DIRECTIONS).at(s.tokens, i) or Phrases(DIRECTIONS).at(s.tokens, start):
        return ("ascending" if way == "ascending" else "descending"), end
    low, to, high = (s.low(k) for k in range(i, i + 3))
    if to == "to" and {low, high} == {"low", "high"}:
        return _OPPOSITE[high], i + 3
    return None


def _frame(s: Sentence, i: int) -> Iterator[Step]:
    """`the distribution of`, `the comparison about`: words around what is drawn."""
    for _, end in _FRAMES.at(s.tokens, i):
        yield None, end, 0.3
    for _, end in _NAMED_AXES.at(s.tokens, i):
        if s.low(end - 1) == "axis":
            yield None, end, 0.3
    for _, end in _RELATED.at(s.tokens, i) if _drawn_as(s, "scatter") else ():
        yield None, end, 0.3
    for _, end in _PARTS.at(s.tokens, i) if _drawn_as(s, "pie") else ():
        yield None, end, 0.3


def _drawn_as(s: Sentence, mark: str) -> bool:
    return any(s.low(k) == mark for k in range(len(s.tokens)))


def _split(s: Sentence, i: int) -> Iterator[Step]:
    """`over the job`, `versus price`, `colored by region`, `bin date by weekday`."""
    if s.low(i) in _AGAINST:
        yield None, i + 1, 0.3
        for noun, end in s.nouns(i + 1):
            yield Group((noun,), "over"), end, 1.2 + noun.refs[0].cost
    for word, end in (*_COLOURED.at(s.tokens, i), *_AGAIN.at(s.tokens, i)):
        for noun, after in s.nouns(s.skip(end, {"attribute", "by", "the"})):
            yield Group((noun,), AGAIN if "group" in word else "by"), after, 1.0 + noun.refs[0].cost
    if s.low(i) == "bin" or (s.low(i) == "and" and s.low(i + 1) == "bin"):
        yield from _bin(s, i + 1 + (s.low(i) == "and"))


AGAIN = "again"
"""The word of a group that may say once more what was said."""


def _bin(s: Sentence, i: int) -> Iterator[Step]:
    for noun, end in s.nouns(i):
        dates = tuple(r for r in noun.refs if r.col and r.col.temporal)
        if not dates or s.low(end) not in {"by", "into"}:
            continue
        for grain, after in Phrases(GRAINS).at(s.tokens, s.skip(end + 1, {"the"}))[:1]:
            yield Group((GrainTerm(grain, Noun(dates, noun.words)),), AGAIN), after, 1.0


def _amount(s: Sentence, i: int) -> Iterator[Step]:
    """As in "the amount of country": of a thing that is no number, how many."""
    start = s.skip(i, {"the"})
    counts = [end for _, end in Phrases.of(COUNTS).at(s.tokens, start)[:1]]
    if s.low(start) == "amount" and s.low(start + 1) == "of":
        counts.append(start + 2)
    for end in counts:
        for noun, after in s.nouns(s.skip(end, {"the"})):
            things = tuple(r for r in noun.refs if r.col and not r.col.measurable)
            if things and s.low(start) == "amount":
                yield Count(replace(noun, refs=things), "count"), after, 1.0 + things[0].cost


CLAUSES: tuple[Callable[[Sentence, int], Iterator[Step]], ...] = (
    _picture,
    _axis_order,
    _frame,
    _split,
    _amount,
)


def ordered_by_axis(query: Query, order: Order) -> Query:
    """The reading in the order of an axis: x is its first key or column, y what is measured."""
    way: Direction = order.direction or "ascending"
    if order.axis == "x" and query.keys:
        return replace(query, sort=Sort(way, col=query.keys[0].col))
    if order.axis == "y" and query.measures:
        return replace(query, sort=Sort(way, measure=query.measures[0]))
    if query.measures or len(query.columns) < 2:
        raise UnreadableError("There is no such axis to order by.")
    return replace(query, sort=Sort(way, col=query.columns[order.axis == "y"]))


def counted_by_itself(query: Query) -> Query:
    """As in "the number of countries by country": within each there is one; its rows are meant."""
    keys = {key.col for key in query.keys}
    measures = tuple(
        Measure("count", m.table) if m.fn == "count_distinct" and m.col in keys else m
        for m in query.measures
    )
    return replace(query, measures=measures)


def drawable(query: Query) -> Query:
    """A chart of how many there are of a thing shows how many of each."""
    counted = [m.col for m in query.measures if m.fn == "count_distinct" and m.col]
    if query.keys or query.columns or len(counted) != 1 or len(query.measures) != 1:
        return query
    count = Measure("count", counted[0].table)
    return replace(query, shape="groups", measures=(count,), keys=(Key(counted[0]),))


def shown_by(query: Query) -> set[Col | None]:
    """The columns that a chart is split by or counts: naming one once more is no filter."""
    return {key.col for key in query.keys} | {m.col for m in query.measures}
