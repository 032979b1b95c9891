"""What to ask next: questions made from the reading and the tables, each vetted by the planner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ..render.numbers import is_label, plural
from ..types.dataset import Table, TableColumn
from ..types.plan import AnswerStep, Reading
from ..types.values import Column
from .names import KEYS, words
from .planner.base import View
from .planner.rules.namewords import ADDITIVE
from .told import Told, opened
from .when import UNITS, unit_of

MOST_TRIED = 12
"""Questions that are put to the planner to find enough that it can answer."""
MOST_TABLES = 3
FEWEST, MOST_VALUES = 2, 60
"""Distinct values of a column worth splitting by."""

PLACES = frozenset({"latitude", "longitude", "lat", "lon", "lng", "month", "day", "week", "hour"})


@dataclass(frozen=True)
class _Idea:
    """A question worth asking, in wordings of which the first answerable is offered."""

    kind: str
    wordings: tuple[str, ...]


def suggest(
    view: View,
    answer: AnswerStep,
    columns: Sequence[Column],
    answerable: Callable[[str], bool],
    limit: int = 3,
) -> tuple[str, ...]:
    """What to ask after this answer: at most `limit` questions, of different kinds first.

    Every one is `answerable`; none was asked before in this session.
    """
    told = Told.of(answer, columns, 0, ())
    tables = [t for name in answer.reading.sources if (t := view.table(name))]
    if not tables:
        return first_questions(view, answerable, limit)
    parts = [_Parts.of(view, table) for table in tables]
    return _offered(view, _next(told.reading, told.scope, parts), answerable, limit)


def first_questions(
    view: View, answerable: Callable[[str], bool], limit: int = 6
) -> tuple[str, ...]:
    """What to ask of these tables at all: at most `limit` answerable questions."""
    largest = sorted(view.tables, key=lambda table: -table.rows)[:MOST_TABLES]
    each = [_first(_Parts.of(view, table)) for table in largest]
    turns = ((n, idea) for turn in zip_longest(*each) for n, idea in enumerate(turn) if idea)
    ideas = [_Idea(f"{idea.kind} of {n}", idea.wordings) for n, idea in turns]
    return _offered(view, ideas, answerable, limit)


@dataclass(frozen=True)
class _Parts:
    """What a table's columns can do in a question, in words."""

    rows: str
    """What its rows are: "orders"."""
    measures: tuple[str, ...]
    """"total amount", "average age"."""
    groups: tuple[str, ...]
    time: str
    """The words for a trend: "month", "year", or "" when there is no date."""

    @classmethod
    def of(cls, view: View, table: Table) -> _Parts:
        visible = [column for column in table.visible if not _is_key(column)]
        own = words(table.name)
        numbers = [c for c in visible if _is_measure(c) and words(c.name) != own]
        texts = [c for c in visible if c.type == "text"]
        groups = [c for c in texts[:8] if _splits(view, table, c)]
        return cls(
            rows=_spoken(table.name),
            measures=tuple(_measured(column) for column in numbers[:4]),
            groups=tuple(_spoken(column.name) for column in groups),
            time=_time(visible),
        )


def _next(reading: Reading, scope: str, parts: Sequence[_Parts]) -> Iterator[_Idea]:
    """After an answer: split it otherwise, see it over time, rank it, turn it round, share it."""
    used = " ".join((*reading.groups, *reading.filters)).casefold()
    asked = set(words(used))
    groups = [g for p in parts for g in p.groups if not set(words(g)) <= asked]
    measure = reading.measure if reading.aggregate else ""
    measure = measure or next((m for p in parts for m in p.measures), f"number of {parts[0].rows}")
    time = next((p.time for p in parts if p.time), "")
    yield from _split(measure, scope, groups[:1])
    if reading.shape == "trend" and reading.groups:
        yield from _around_a_trend(measure, scope, reading.groups[0])
    elif time:
        yield _idea("trend", f"What is the {measure} by {time}", scope)
    yield from _turned(reading, measure, scope)
    yield from _ranked(measure, scope, groups[1:2] or groups[:1])
    yield from _split(measure, scope, groups[1:3])
    others = (m for p in parts for m in p.measures if m != measure)
    by = f" by {reading.groups[0]}" if reading.groups else ""
    for other in others:
        yield _idea("measure", f"What is the {other}{by}", scope)


def _split(measure: str, scope: str, groups: Sequence[str]) -> Iterator[_Idea]:
    for group in groups:
        yield _idea("split", f"What is the {measure} by {group}", scope)


def _ranked(measure: str, scope: str, groups: Sequence[str]) -> Iterator[_Idea]:
    for group in groups:
        many = plural(2, group).partition(" ")[2]
        yield _idea("top", f"Which are the top 5 {many} by {measure}", scope)


def _turned(reading: Reading, measure: str, scope: str) -> Iterator[_Idea]:
    """The other end of the order, and each group's share of the whole."""
    if not reading.groups or reading.shape not in ("groups", "top"):
        return
    group = reading.groups[0]
    end = "highest" if reading.shape == "groups" or reading.order == "ascending" else "lowest"
    yield _idea("end", f"Which {group} has the {end} {measure}", scope)
    if reading.aggregate in ("sum", "count"):
        yield _idea("share", f"What share of the {measure} does each {group} have", scope)


def _around_a_trend(measure: str, scope: str, group: str) -> Iterator[_Idea]:
    """The peak of a trend, and the same over longer periods."""
    unit = unit_of(group)
    if unit:
        yield _idea("end", f"Which {unit} had the highest {measure}", scope)
        longer = UNITS[max(UNITS.index(unit) - 1, 0)]
        if longer != unit:
            yield _idea("trend", f"What is the {measure} by {longer}", scope)


def _first(parts: _Parts) -> Iterator[_Idea]:
    """Of a table: how many, how much, by what, when, and who leads."""
    measure = parts.measures[0] if parts.measures else f"number of {parts.rows}"
    yield from _split(measure, "", parts.groups[:1])
    if parts.time:
        yield _idea("trend", f"What is the {measure} by {parts.time}")
    yield _Idea("count", (f"How many {parts.rows} are there?", f"How many rows of {parts.rows}?"))
    for group in parts.groups[1:2] or parts.groups[:1]:
        yield _idea("end", f"Which {group} has the highest {measure}")
    for other in parts.measures[1:2]:
        yield _idea("measure", f"What is the {other}")
    yield from _ranked(measure, "", parts.groups[:1])


def _idea(kind: str, question: str, scope: str = "") -> _Idea:
    """With the scope of the answer first, without it where the planner cannot follow."""
    said = (f"{question}{scope}?", f"{question}?") if scope else (f"{question}?",)
    return _Idea(kind, tuple(opened(text) for text in said))


def _offered(
    view: View,
    ideas: Iterator[_Idea] | Sequence[_Idea],
    answerable: Callable[[str], bool],
    limit: int,
) -> tuple[str, ...]:
    """Answerable questions not asked before, one of each kind before a second of any."""
    asked = {_plain(past.question) for past in view.history}
    first: list[str] = []
    second: list[str] = []
    kinds: set[str] = set()
    tried = 0
    for idea in ideas:
        for text in idea.wordings:
            if tried == MOST_TRIED or len(first) == limit or _plain(text) in asked:
                continue
            tried += 1
            if answerable(text):
                (second if idea.kind in kinds else first).append(text)
                kinds.add(idea.kind)
                asked.add(_plain(text))
                break
    return tuple((*first, *second)[:limit])


def _plain(question: str) -> str:
    return " ".join(words(question))


def _spoken(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).strip() or name


def _is_key(column: TableColumn) -> bool:
    said = words(column.name)
    return bool(said) and (said[-1] in KEYS or (len(said) == 1 and said[0].endswith("id")))


def _is_measure(column: TableColumn) -> bool:
    as_column = Column(name=column.name, type=column.type)
    return as_column.numeric and not is_label(as_column) and not set(words(column.name)) & PLACES


def _measured(column: TableColumn) -> str:
    """A total only of what is plainly an amount: the total of lengths or scores says nothing."""
    folded = "total" if set(words(column.name)) & ADDITIVE else "average"
    name = _spoken(column.name)
    return name if set(words(name)) & {"total", "average"} else f"{folded} {name}"


def _time(columns: Sequence[TableColumn]) -> str:
    if any(Column(name=c.name, type=c.type).temporal for c in columns):
        return "month"
    return "year" if any(words(c.name) == ("year",) for c in columns) else ""


def _splits(view: View, table: Table, column: TableColumn) -> bool:
    """The column has few values, and fewer than rows; an unknown one is believed."""
    profile = next((p for p in table.profile or () if p.name == column.name), None)
    if profile is not None:
        count = profile.distinct
    else:
        found = view.distinct(table.name, column.name)
        if found is None:
            return True
        count = len(found.values) if found.complete else MOST_VALUES + 1
    return FEWEST <= count <= MOST_VALUES and (count < table.rows or table.rows <= FEWEST)
